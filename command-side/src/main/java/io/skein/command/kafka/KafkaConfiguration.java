package io.skein.command.kafka;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Configuration(value = "commandKafkaConfiguration", proxyBeanMethods = false)
@EnableConfigurationProperties(KafkaSettings.class)
class KafkaConfiguration {
    @Bean
    KafkaTopics commandKafkaTopics(KafkaSettings settings, ObjectProvider<MeterRegistry> meters) {
        return new KafkaTopics(settings, meters.getIfAvailable(SimpleMeterRegistry::new));
    }

    @Bean
    HealthIndicator commandKafkaHealth(KafkaTopics topics, KafkaSettings settings) {
        return () -> settings.isEnabled()
                ? KafkaHealth.of(topics.trouble())
                        .withDetail("ready", topics.isReady())
                        .withDetail("breaker", topics.breaker())
                        .build()
                : Health.unknown().withDetail("kafka", "off").build();
    }
}
