package io.skein.command.intervention;

import io.skein.command.bus.Commands;
import io.skein.command.ingest.DeadLetters;
import io.skein.command.quarantine.QuarantinedAgents;
import io.skein.eventlog.LogNames;
import io.skein.eventlog.LogPages;
import io.skein.eventlog.LogTail;
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

    @Bean
    InterventionProcess commandInterventionProcess(
            @Qualifier("commandDataSource") DataSource dataSource,
            @Qualifier("commandLogTail") LogTail tail,
            Commands commands,
            QuarantinedAgents quarantined,
            @Qualifier("commandClock") Clock clock) {
        return new InterventionProcess(
                dataSource, new LogPages(dataSource, new LogNames()), tail, commands, quarantined, clock);
    }
}
