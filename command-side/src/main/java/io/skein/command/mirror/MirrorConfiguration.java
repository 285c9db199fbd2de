package io.skein.command.mirror;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.skein.command.kafka.KafkaHealth;
import io.skein.command.kafka.KafkaSettings;
import io.skein.command.kafka.KafkaTopics;
import io.skein.eventlog.LogCache;
import io.skein.eventlog.LogNames;
import io.skein.eventlog.LogPages;
import io.skein.eventlog.LogReader;
import io.skein.eventlog.LogTail;
import java.util.Optional;
import javax.sql.DataSource;
import org.axonframework.serialization.Serializer;
import org.axonframework.serialization.upcasting.event.NoOpEventUpcaster;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Configuration(value = "commandMirrorConfiguration", proxyBeanMethods = false)
class MirrorConfiguration {
    @Bean
    Mirror commandMirror(
            KafkaSettings settings,
            KafkaTopics topics,
            @Qualifier("commandDataSource") DataSource dataSource,
            @Qualifier("commandSerializer") Serializer serializer,
            @Qualifier("commandLogTail") LogTail tail,
            Optional<LogCache> cache,
            ObjectProvider<MeterRegistry> meters) {
        LogReader reader = new LogReader(
                new LogPages(dataSource, new LogNames()),
                tail,
                serializer,
                NoOpEventUpcaster.INSTANCE,
                cache.orElseGet(LogCache::new));
        return new Mirror(
                settings,
                topics,
                new MirrorToken(dataSource, serializer),
                reader,
                tail,
                new MirrorRecords(serializer),
                meters.getIfAvailable(SimpleMeterRegistry::new));
    }

    @Bean
    HealthIndicator commandMirrorHealth(Mirror mirror, KafkaSettings settings) {
        return () -> settings.isEnabled()
                ? KafkaHealth.of(mirror.trouble())
                        .withDetail("position", mirror.position())
                        .withDetail("lag", mirror.lag())
                        .withDetail("breaker", mirror.breaker())
                        .build()
                : Health.unknown().withDetail("kafka", "off").build();
    }
}
