package io.skein.command.audit;

import io.skein.command.bus.AggregateRegistration;
import io.skein.command.bus.Commands;
import io.skein.command.ingest.DeadLetters;
import io.skein.command.kafka.KafkaSettings;
import java.time.Clock;
import javax.sql.DataSource;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Configuration(value = "commandAuditLogConfiguration", proxyBeanMethods = false)
@EnableConfigurationProperties(CheckpointSettings.class)
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

    @Bean
    CheckpointSigner commandCheckpointSigner(
            CheckpointSettings settings,
            KafkaSettings kafka,
            @Qualifier("commandDataSource") DataSource dataSource,
            Commands commands) {
        CheckpointSigner.Anchor anchor =
                settings.topic().isBlank() || !kafka.isEnabled() ? null : new TopicAnchor(kafka, settings.topic());
        return new CheckpointSigner(settings, dataSource, commands, anchor);
    }

    /** Down where the log is no longer what was signed: somebody must look. */
    @Bean
    HealthIndicator commandCheckpointHealth(CheckpointSigner signer) {
        return () -> switch (signer.standing()) {
            case OFF -> Health.unknown().withDetail("checkpoints", "off").build();
            case WELL ->
                Health.up().withDetail("signedSize", signer.signedSize()).build();
            case WAITING ->
                Health.up()
                        .withDetail("signedSize", signer.signedSize())
                        .withDetail("waiting", signer.detail())
                        .build();
            case REWRITTEN ->
                Health.down()
                        .withDetail("signedSize", signer.signedSize())
                        .withDetail("trouble", signer.detail())
                        .build();
        };
    }
}
