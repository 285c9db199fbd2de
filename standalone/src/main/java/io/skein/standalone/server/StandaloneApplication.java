package io.skein.standalone.server;

import io.skein.command.CommandSide;
import io.skein.eventlog.LogCache;
import io.skein.projection.Projections;
import io.skein.query.QuerySide;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceTransactionManagerAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.JdbcClientAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.JdbcTemplateAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.health.DataSourceHealthContributorAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;

/** All three sides in one context, each with its own database role, meeting only in events, tables and topics. */
@SpringBootConfiguration(proxyBeanMethods = false)
@EnableAutoConfiguration(
        exclude = {
            DataSourceAutoConfiguration.class,
            DataSourceTransactionManagerAutoConfiguration.class,
            JdbcTemplateAutoConfiguration.class,
            JdbcClientAutoConfiguration.class,
            DataSourceHealthContributorAutoConfiguration.class
        })
@EnableConfigurationProperties(StandaloneDatabase.class)
@Import({CommandSide.class, Projections.class, QuerySide.class})
class StandaloneApplication {
    /** All sides follow one log in one process: each stretch of it is read once. */
    @Bean
    LogCache standaloneLogCache() {
        return new LogCache();
    }
}
