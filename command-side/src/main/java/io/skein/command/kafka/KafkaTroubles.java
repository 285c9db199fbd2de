package io.skein.command.kafka;

import io.skein.command.kafka.KafkaTrouble.Kind;
import io.skein.eventlog.LogUnavailableException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.NoSuchFileException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.GroupAuthorizationException;
import org.apache.kafka.common.errors.InvalidReplicationFactorException;
import org.apache.kafka.common.errors.NotEnoughReplicasAfterAppendException;
import org.apache.kafka.common.errors.NotEnoughReplicasException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.SslAuthenticationException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.jspecify.annotations.Nullable;

/** What the exceptions of Kafka's clients mean to who runs this side. */
final class KafkaTroubles {
    private static final int PROBE_MILLIS = 1_000;

    private final KafkaSettings settings;

    KafkaTroubles(KafkaSettings settings) {
        this.settings = settings;
    }

    /**
     * The first cause that says something. May ask the network whether somebody listens.
     *
     * @param operation the right that was being used, as {@code Write}
     */
    KafkaTrouble of(Throwable failure, String operation) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            KafkaTrouble meaning = meaning(cause, operation);
            if (meaning != null) {
                return meaning;
            }
        }
        return new KafkaTrouble(
                Kind.OTHER,
                cluster(),
                failure.toString(),
                "an answer without a fault",
                "see the broker's log at this time; it is tried again");
    }

    private @Nullable KafkaTrouble meaning(Throwable cause, String operation) {
        return switch (cause) {
            case KafkaTroubleException known -> known.trouble();
            case SslAuthenticationException tls ->
                new KafkaTrouble(
                        Kind.BAD_TLS,
                        cluster(),
                        "TLS failed: " + root(tls),
                        "a certificate for this host name, signed by who is in the trust store",
                        settings.trustStoreLocation() == null
                                ? "set skein.kafka.trust-store-location to a store with the broker's authority"
                                : "put the broker's authority into " + settings.trustStoreLocation()
                                        + " (skein.kafka.trust-store-location)");
            case AuthenticationException refused ->
                new KafkaTrouble(
                        Kind.BAD_CREDENTIALS,
                        cluster(),
                        "does not accept " + user() + " by "
                                + (settings.saslMechanism() == null ? "PLAIN" : settings.saslMechanism()) + ": "
                                + refused.getMessage(),
                        "a key and secret it knows, by a mechanism it speaks",
                        "check skein.kafka.api-key, skein.kafka.api-secret and skein.kafka.sasl-mechanism");
            case TopicAuthorizationException refused -> missingRight(refused.unauthorizedTopics(), operation);
            case GroupAuthorizationException refused -> missingGroupRight(String.valueOf(refused.groupId()));
            case AuthorizationException refused ->
                new KafkaTrouble(
                        Kind.MISSING_RIGHT,
                        cluster(),
                        user() + " has not the right: " + refused.getMessage(),
                        "the right " + operation + " on the cluster",
                        "grant it: kafka-acls --bootstrap-server " + settings.bootstrapServers() + " --add "
                                + principal() + " --operation " + operation + " --cluster");
            case InvalidReplicationFactorException few ->
                new KafkaTrouble(
                        Kind.TOO_FEW_BROKERS,
                        cluster(),
                        "too few brokers are up: " + few.getMessage(),
                        "as many as skein.kafka.replication asks for, " + settings.replication(),
                        "bring the missing brokers up, or lower skein.kafka.replication");
            case NotEnoughReplicasException few -> tooFewInSync(String.valueOf(few.getMessage()));
            case NotEnoughReplicasAfterAppendException few -> tooFewInSync(String.valueOf(few.getMessage()));
            case RecordTooLargeException large ->
                new KafkaTrouble(
                        Kind.RECORD_TOO_LARGE,
                        cluster(),
                        "a record was refused: " + large.getMessage(),
                        "topics that take records of " + KafkaSettings.MAX_RECORD_BYTES + " bytes",
                        "raise max.message.bytes of the topic, and message.max.bytes and replica.fetch.max.bytes of the brokers");
            case UnknownTopicOrPartitionException missing ->
                new KafkaTrouble(
                        Kind.MISSING_TOPIC,
                        cluster(),
                        "a topic is not there, or " + user() + " may not see it: " + missing.getMessage(),
                        "the topics " + String.join(", ", Topics.ALL),
                        "make it again, or restart this side, which makes it; grant the right Describe on it");
            case ConfigException setting ->
                isUnresolvable(setting) ? unknownHost() : badSetting(String.valueOf(setting.getMessage()));
            case LogUnavailableException away -> logUnavailable(away);
            case SQLException away -> logUnavailable(away);
            case NoSuchFileException file ->
                badSetting("the file " + file.getFile() + " of skein.kafka.trust-store-location is not there");
            case org.apache.kafka.common.errors.TimeoutException late -> unreachable();
            case TimeoutException late -> unreachable();
            default -> null;
        };
    }

    KafkaTrouble missingRight(Collection<String> topics, String operation) {
        String named = topics.isEmpty() ? "the topics" : "topic " + String.join(", ", topics);
        return new KafkaTrouble(
                Kind.MISSING_RIGHT,
                named,
                user() + " has not the right " + operation,
                "it has",
                "grant it: kafka-acls --bootstrap-server " + settings.bootstrapServers() + " --add " + principal()
                        + " --operation " + operation
                        + (topics.isEmpty() ? "" : " --topic " + String.join(" --topic ", topics)));
    }

    KafkaTrouble missingGroupRight(String group) {
        return new KafkaTrouble(
                Kind.MISSING_RIGHT,
                "consumer group " + group,
                user() + " has not the right Read",
                "it has",
                "grant it: kafka-acls --bootstrap-server " + settings.bootstrapServers() + " --add " + principal()
                        + " --operation Read --group " + group
                        + "; or name another group in skein.kafka.consumer-group");
    }

    private KafkaTrouble tooFewInSync(String found) {
        return new KafkaTrouble(
                Kind.TOO_FEW_IN_SYNC,
                cluster(),
                "too few replicas are in sync: " + found,
                "at least min.insync.replicas of the topic",
                "bring the missing brokers back, or lower the topic's min.insync.replicas");
    }

    private KafkaTrouble unknownHost() {
        return new KafkaTrouble(
                Kind.UNKNOWN_HOST,
                cluster(),
                "none of these hosts has an address",
                "at least one name that resolves",
                "correct skein.kafka.bootstrap-servers, or the name service");
    }

    private KafkaTrouble badSetting(String found) {
        return new KafkaTrouble(
                Kind.BAD_SETTING,
                cluster(),
                found,
                "settings that Kafka's client takes",
                "correct skein.kafka.security-protocol, sasl-mechanism or trust-store-*");
    }

    private KafkaTrouble unreachable() {
        List<String> deaf = new ArrayList<>();
        for (String server : settings.bootstrapServers().split(",", -1)) {
            if (!listens(server.trim())) {
                deaf.add(server.trim());
            }
        }
        boolean all = deaf.size() == settings.bootstrapServers().split(",", -1).length;
        return new KafkaTrouble(
                Kind.UNREACHABLE,
                cluster(),
                all
                        ? "nobody listens at " + String.join(", ", deaf)
                        : "somebody listens, but gives no answer by " + settings.securityProtocol() + " in time",
                "a Kafka broker that answers",
                all
                        ? "start the broker, or correct skein.kafka.bootstrap-servers or the way there (firewall)"
                        : "compare skein.kafka.security-protocol with the listener's, and its advertised.listeners with this network; see the broker's log");
    }

    private static KafkaTrouble logUnavailable(Exception away) {
        return new KafkaTrouble(
                Kind.LOG_UNAVAILABLE,
                "the log",
                "its database gives no answer: " + away.getMessage(),
                "a PostgreSQL that answers",
                "see event=log_unavailable and the database's log; it is tried again");
    }

    private static boolean listens(String server) {
        int colon = server.lastIndexOf(':');
        try (Socket socket = new Socket()) {
            socket.connect(
                    new InetSocketAddress(server.substring(0, colon), Integer.parseInt(server.substring(colon + 1))),
                    PROBE_MILLIS);
            return true;
        } catch (IOException | RuntimeException nobody) {
            return false;
        }
    }

    private static boolean isUnresolvable(ConfigException setting) {
        String message = String.valueOf(setting.getMessage()).toLowerCase(Locale.ROOT);
        return message.contains("no resolvable bootstrap") || message.contains("dns resolution failed");
    }

    private static String root(Throwable failure) {
        Throwable root = failure;
        while (root.getCause() != null && root.getCause() != root) {
            root = root.getCause();
        }
        return String.valueOf(root.getMessage());
    }

    private String cluster() {
        return "Kafka " + settings.bootstrapServers();
    }

    private String user() {
        return settings.apiKey() == null ? "the anonymous user" : "user " + settings.apiKey();
    }

    private String principal() {
        return "--allow-principal User:" + (settings.apiKey() == null ? "ANONYMOUS" : settings.apiKey());
    }
}
