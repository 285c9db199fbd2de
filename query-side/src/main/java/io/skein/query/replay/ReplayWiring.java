package io.skein.query.replay;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.socket.config.annotation.EnableWebSocket;
import org.springframework.web.socket.config.annotation.WebSocketConfigurer;

@Configuration(proxyBeanMethods = false)
@EnableWebSocket
class ReplayWiring {

    @Bean
    WebSocketConfigurer queryReplayEndpoint(EventReplay replay, ReplayAccess access) {
        // Pages of other origins are refused, as Spring does unless told otherwise.
        return registry -> registry.addHandler(new ReplaySocket(replay, access), "/replay");
    }
}
