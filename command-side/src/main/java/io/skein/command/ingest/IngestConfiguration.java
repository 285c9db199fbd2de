package io.skein.command.ingest;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.skein.command.bus.Commands;
import javax.sql.DataSource;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Configuration(value = "commandIngestConfiguration", proxyBeanMethods = false)
@EnableConfigurationProperties({IngestSettings.class, DeadLetterSettings.class})
class IngestConfiguration {
    @Bean
    MessageParser commandMessageParser() {
        return new MessageParser();
    }

    @Bean
    CloudEventParser commandCloudEventParser(MessageParser messages) {
        return new CloudEventParser(messages);
    }

    @Bean
    IngestCounts commandIngestCounts(ObjectProvider<MeterRegistry> meters) {
        return new IngestCounts(meters.getIfAvailable(SimpleMeterRegistry::new));
    }

    @Bean
    DeadLetters commandDeadLetters(@Qualifier("commandDataSource") DataSource dataSource) {
        return new DeadLetters(dataSource);
    }

    @Bean
    MessageRecorder commandMessageRecorder(
            Commands commands,
            @Qualifier("commandDataSource") DataSource dataSource,
            IngestSettings settings,
            IngestCounts counts) {
        return new MessageRecorder(commands, dataSource, settings, counts);
    }
}
