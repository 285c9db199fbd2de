package io.skein.command.audit;

import jakarta.validation.constraints.NotNull;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * How the log is signed: {@code skein.checkpoints.*}.
 *
 * @param folder holds the signing key, the public keys and every checkpoint signed; empty: this node does not sign
 * @param createKey whether to make a key at the first start
 * @param origin name of the log for a key that is made; empty: one made at random
 * @param interval between two checkpoints while events come
 * @param topic Kafka topic that gets every checkpoint too; empty: none
 */
@Validated
@ConfigurationProperties("skein.checkpoints")
record CheckpointSettings(
        @DefaultValue("") String folder,
        @DefaultValue("false") boolean createKey,
        @DefaultValue("") String origin,
        @DefaultValue("30s") @NotNull Duration interval,
        @DefaultValue("") String topic) {}
