package io.skein.command.alert;

import io.skein.command.bus.AggregateRegistration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Configuration(value = "commandAlertConfiguration", proxyBeanMethods = false)
class AlertConfiguration {
    @Bean
    AggregateRegistration<Alert> commandAlertRegistration() {
        return new AggregateRegistration<>(Alert.class, Alert.TYPE, Alert::new, 0);
    }
}
