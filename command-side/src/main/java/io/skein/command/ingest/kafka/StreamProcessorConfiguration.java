package io.skein.command.ingest.kafka;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.skein.command.ingest.CloudEventParser;
import io.skein.command.ingest.DeadLetters;
import io.skein.command.ingest.IngestCounts;
import io.skein.command.ingest.MessageParser;
import io.skein.command.ingest.MessageRecorder;
import io.skein.command.kafka.KafkaHealth;
import io.skein.command.kafka.KafkaSettings;
import io.skein.command.kafka.KafkaTopics;
import java.time.Clock;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Configuration(value = "commandStreamProcessorConfiguration", proxyBeanMethods = false)
class StreamProcessorConfiguration {
    @Bean
    StreamProcessor commandStreamProcessor(
            KafkaSettings settings,
            KafkaTopics topics,
            MessageParser parser,
            CloudEventParser cloudEvents,
            MessageRecorder recorder,
            DeadLetters deadLetters,
            IngestCounts counts,
            @Qualifier("commandClock") Clock clock,
            ObjectProvider<MeterRegistry> meters) {
        return new StreamProcessor(
                settings,
                topics,
                parser,
                cloudEvents,
                recorder,
                deadLetters,
                counts,
                clock,
                meters.getIfAvailable(SimpleMeterRegistry::new));
    }

    @Bean
    HealthIndicator commandStreamProcessorHealth(StreamProcessor processor, KafkaSettings settings) {
        return () -> {
            if (!settings.isEnabled()) {
                return Health.unknown().withDetail("kafka", "off").build();
            }
            return KafkaHealth.of(processor.trouble())
                    .withDetail("taken", processor.taken())
                    .withDetail("breaker", processor.breaker())
                    .withDetail("deadLetterBreaker", processor.deadLetterBreaker())
                    .build();
        };
    }
}
