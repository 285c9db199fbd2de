package io.skein.command.intervention;

import io.skein.command.bus.Commands;
import io.skein.command.ingest.DeadLetters;
import java.time.Clock;
import javax.sql.DataSource;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Configuration(value = "commandInterventionConfiguration", proxyBeanMethods = false)
class InterventionConfiguration {
    @Bean
    Proposals commandProposals(
            @Qualifier("commandDataSource") DataSource dataSource,
            Commands commands,
            DeadLetters deadLetters,
            @Qualifier("commandClock") Clock clock) {
        return new Proposals(dataSource, commands, deadLetters, clock);
    }
}
