package io.skein.command.kafka;

import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Configuration(value = "commandKafkaConfiguration", proxyBeanMethods = false)
@EnableConfigurationProperties(KafkaSettings.class)
class KafkaConfiguration {
    @Bean
    KafkaTopics commandKafkaTopics(KafkaSettings settings) {
        return new KafkaTopics(settings);
    }
}
