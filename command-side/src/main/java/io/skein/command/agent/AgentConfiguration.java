package io.skein.command.agent;

import io.skein.command.bus.AggregateRegistration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Configuration(value = "commandAgentConfiguration", proxyBeanMethods = false)
class AgentConfiguration {
    private static final int SNAPSHOT_EVERY_EVENTS = 1_000;

    @Bean
    AggregateRegistration<Agent> commandAgentRegistration() {
        return new AggregateRegistration<>(Agent.class, Agent.TYPE, Agent::new, SNAPSHOT_EVERY_EVENTS);
    }
}
