package io.skein.command.policy;

import io.skein.command.bus.AggregateRegistration;
import io.skein.command.bus.Commands;
import io.skein.eventlog.LogNames;
import io.skein.eventlog.LogPages;
import io.skein.kernel.policy.PolicyRules;
import javax.sql.DataSource;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Configuration(value = "commandPolicyConfiguration", proxyBeanMethods = false)
@EnableConfigurationProperties(PolicySettings.class)
class PolicyConfiguration {
    @Bean
    AggregateRegistration<Policy> commandPolicyRegistration() {
        return new AggregateRegistration<>(Policy.class, Policy.TYPE, Policy::new, 0);
    }

    @Bean
    PolicyLog commandPolicyLog(@Qualifier("commandDataSource") DataSource dataSource) {
        return new PolicyLog(new LogPages(dataSource, new LogNames()));
    }

    /** @throws IllegalArgumentException naming the key's field, if what is configured is no policy */
    @Bean
    ConfiguredPolicy commandConfiguredPolicy(PolicySettings settings, PolicyLog log, Commands commands) {
        PolicyRules rules = settings.rules();
        rules.complaint().ifPresent(complaint -> {
            throw new IllegalArgumentException("configuration skein.policy: " + complaint.detail());
        });
        return new ConfiguredPolicy(rules, log, commands);
    }
}
