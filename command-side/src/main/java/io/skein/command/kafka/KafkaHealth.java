package io.skein.command.kafka;

import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.Status;

/** What of Kafka's is told to who asks for health. */
public final class KafkaHealth {
    /** Something waits, but nothing is lost and messages by HTTP and OTLP are taken: no reason to take this side out of service. */
    private static final Status DEGRADED = new Status("DEGRADED");

    private KafkaHealth() {}

    /** @param trouble empty where nothing is wrong */
    public static Health.Builder of(String trouble) {
        Health.Builder health = trouble.isEmpty() ? Health.up() : Health.status(DEGRADED);
        return health.withDetail("trouble", trouble);
    }
}
