package io.skein.command.audit;

import io.skein.command.bus.AggregateRegistration;
import io.skein.command.bus.Commands;
import io.skein.command.ingest.DeadLetters;
import java.time.Clock;
import javax.sql.DataSource;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Configuration(value = "commandAuditLogConfiguration", proxyBeanMethods = false)
class AuditLogConfiguration {
    @Bean
    AggregateRegistration<AuditLog> commandAuditLogRegistration() {
        return new AggregateRegistration<>(AuditLog.class, AuditLog.TYPE, AuditLog::new, 0);
    }

    @Bean
    ProposedRecords commandProposedRecords(
            @Qualifier("commandDataSource") DataSource dataSource,
            Commands commands,
            DeadLetters deadLetters,
            @Qualifier("commandClock") Clock clock) {
        return new ProposedRecords(dataSource, commands, deadLetters, clock);
    }
}
