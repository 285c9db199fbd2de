package io.skein.command.quarantine;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Configuration(value = "commandQuarantineConfiguration", proxyBeanMethods = false)
class QuarantineConfiguration {
    @Bean
    QuarantinedAgents commandQuarantinedAgents() {
        return new QuarantinedAgents();
    }
}
