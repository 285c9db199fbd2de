package io.skein.command.ingest.kafka;

import io.skein.command.ingest.CloudEventParser;
import io.skein.command.ingest.DeadLetters;
import io.skein.command.ingest.IngestCounts;
import io.skein.command.ingest.MessageParser;
import io.skein.command.ingest.MessageRecorder;
import io.skein.command.kafka.KafkaSettings;
import io.skein.command.kafka.KafkaTopics;
import java.time.Clock;
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
            @Qualifier("commandClock") Clock clock) {
        return new StreamProcessor(settings, topics, parser, cloudEvents, recorder, deadLetters, counts, clock);
    }

    @Bean
    HealthIndicator commandStreamProcessorHealth(StreamProcessor processor, KafkaSettings settings) {
        return () -> {
            if (!settings.isEnabled()) {
                return Health.unknown().withDetail("kafka", "off").build();
            }
            Health.Builder health = processor.trouble().isEmpty() ? Health.up() : Health.down();
            return health.withDetail("taken", processor.taken())
                    .withDetail("trouble", processor.trouble())
                    .build();
        };
    }
}
