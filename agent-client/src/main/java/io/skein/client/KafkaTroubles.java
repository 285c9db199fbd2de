package io.skein.client;

import io.skein.client.BusException.Reason;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.NotEnoughReplicasAfterAppendException;
import org.apache.kafka.common.errors.NotEnoughReplicasException;
import org.apache.kafka.common.errors.SslAuthenticationException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.jspecify.annotations.Nullable;

/** What Kafka's exceptions mean to the one who runs the agent. */
final class KafkaTroubles {
    private final String servers;
    private final String topic;
    private final @Nullable String key;

    KafkaTroubles(String servers, String topic, @Nullable String key) {
        this.servers = servers;
        this.topic = topic;
        this.key = key;
    }

    BusException of(Throwable thrown) {
        return meaning(thrown).causedBy(thrown);
    }

    BusException missingRights(String found) {
        return new BusException(
                Reason.MISSING_RIGHTS,
                "topic " + topic + " at Kafka " + servers,
                who() + " " + found,
                "the rights WRITE and DESCRIBE on the topic",
                "have them granted to " + who() + " (an ACL of the topic)");
    }

    BusException tooLarge(Envelope envelope, Throwable thrown) {
        return new BusException(
                        Reason.REFUSED_TOO_LARGE,
                        "message " + envelope.messageId() + " for topic " + topic,
                        "has " + envelope.json().length + " bytes as JSON and Kafka does not take it",
                        "at most what the topic's max.message.bytes (and the broker's message.max.bytes) allow",
                        "raise them to at least " + MessageRules.MAX_MESSAGE_BYTES + ", or send less")
                .causedBy(thrown);
    }

    private BusException meaning(Throwable thrown) {
        return switch (thrown) {
            case SslAuthenticationException tls ->
                new BusException(
                        Reason.BAD_TLS,
                        "Kafka " + servers,
                        "TLS failed: " + tls.getMessage(),
                        "a certificate that the trust store knows, for this host name",
                        "set trustStore to the broker's authority, or correct the host name");
            case AuthenticationException wrong ->
                new BusException(
                        Reason.BAD_CREDENTIALS,
                        "Kafka " + servers,
                        "the broker does not accept " + who() + ": " + wrong.getMessage(),
                        "a key and secret it knows, by the mechanism it speaks",
                        "check apiKey(key, secret) and saslMechanism");
            case AuthorizationException refused -> missingRights("has not the right: " + refused.getMessage());
            case UnknownTopicOrPartitionException missing ->
                new BusException(
                        Reason.MISSING_TOPIC,
                        "topic " + topic + " at Kafka " + servers,
                        "does not exist",
                        "a topic made before the first message",
                        "let the command side create its topics, create it by hand, or correct the name; " + who()
                                + " may also lack the right DESCRIBE");
            case InvalidTopicException invalid ->
                new BusException(
                        Reason.BAD_SETTING,
                        "topic " + topic,
                        "is no name for a topic: " + invalid.getMessage(),
                        "letters, digits, dot, underscore and minus, at most 249",
                        "correct topic(name)");
            case NotEnoughReplicasException few -> fewReplicas(few);
            case NotEnoughReplicasAfterAppendException few -> fewReplicas(few);
            case ConfigException setting ->
                isUnresolvable(setting) ? unknownHost() : badSetting(String.valueOf(setting.getMessage()));
            case TimeoutException late ->
                new BusException(
                        Reason.UNREACHABLE,
                        "Kafka " + servers,
                        "does not answer: " + late.getMessage(),
                        "an answer within the request timeout",
                        "check that it runs, the port, the security protocol and the way there");
            default -> {
                Throwable cause = thrown.getCause();
                yield cause != null && cause != thrown && !(cause instanceof InterruptedException)
                        ? meaning(cause)
                        : new BusException(
                                Reason.UNAVAILABLE,
                                "topic " + topic + " at Kafka " + servers,
                                "failed with " + thrown,
                                "an acknowledgement of all replicas",
                                "wait; see the broker's log if it lasts");
            }
        };
    }

    private BusException fewReplicas(Throwable few) {
        return new BusException(
                Reason.UNAVAILABLE,
                "topic " + topic + " at Kafka " + servers,
                "has too few replicas in sync: " + few.getMessage(),
                "at least the topic's min.insync.replicas",
                "bring the missing brokers back, or lower min.insync.replicas");
    }

    private BusException unknownHost() {
        return new BusException(
                Reason.UNKNOWN_HOST,
                "Kafka " + servers,
                "no host of these has an address",
                "at least one name that resolves",
                "correct the bootstrap servers, or the name service");
    }

    private BusException badSetting(String message) {
        return new BusException(
                Reason.BAD_SETTING,
                "Kafka " + servers,
                message,
                "settings that Kafka's client accepts",
                "correct the setting named");
    }

    private static boolean isUnresolvable(ConfigException setting) {
        String message = String.valueOf(setting.getMessage());
        return message.contains("No resolvable bootstrap") || message.contains("DNS resolution failed");
    }

    private String who() {
        return key == null ? "the anonymous user" : "key " + key;
    }
}
