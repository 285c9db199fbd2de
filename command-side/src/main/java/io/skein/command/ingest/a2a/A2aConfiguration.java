package io.skein.command.ingest.a2a;

import io.skein.command.ingest.MessageParser;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Configuration(value = "commandA2aConfiguration", proxyBeanMethods = false)
class A2aConfiguration {
    @Bean
    A2aMessages commandA2aMessages(MessageParser parser) {
        return new A2aMessages(parser);
    }
}
