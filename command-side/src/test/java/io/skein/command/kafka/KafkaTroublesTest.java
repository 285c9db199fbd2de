package io.skein.command.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.skein.command.SharedKafka;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclBindingFilter;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

/** Each thing that can be wrong with a cluster, against a real broker. */
@SuppressWarnings("NullAway")
class KafkaTroublesTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private Admin admin;

    @BeforeEach
    void clean() {
        SharedKafka.removeTopics();
        admin = Admin.create(Map.of("bootstrap.servers", SharedKafka.bootstrap()));
    }

    @AfterEach
    void close() throws Exception {
        admin.deleteAcls(List.of(AclBindingFilter.ANY)).all().get();
        admin.close();
    }

    static KafkaSettings settings(String bootstrap, Object... more) {
        Map<String, Object> properties = new LinkedHashMap<>(Map.of(
                "skein.kafka.bootstrap-servers", bootstrap,
                "skein.kafka.answer-timeout", "1500ms",
                "skein.kafka.check-interval", "200ms",
                "skein.kafka.breaker-pause", "200ms",
                "skein.kafka.first-backoff", "50ms",
                "skein.kafka.max-backoff", "200ms"));
        for (int i = 0; i < more.length; i += 2) {
            properties.put("skein.kafka." + more[i], more[i + 1]);
        }
        return new Binder(new MapConfigurationPropertySource(properties))
                .bind("skein.kafka", KafkaSettings.class)
                .get();
    }

    private static KafkaSettings sasl(
            String bootstrap, String protocol, String mechanism, String secret, Object... more) {
        Object[] all = Arrays.copyOf(
                new Object[] {
                    "security-protocol",
                    protocol,
                    "sasl-mechanism",
                    mechanism,
                    "api-key",
                    SharedKafka.USER,
                    "api-secret",
                    secret
                },
                8 + more.length);
        System.arraycopy(more, 0, all, 8, more.length);
        return settings(bootstrap, all);
    }

    private static String trouble(KafkaSettings settings) {
        KafkaTopics topics = new KafkaTopics(settings, new SimpleMeterRegistry());
        topics.start();
        try {
            SharedKafka.eventually(PATIENCE, () -> !topics.trouble().isEmpty());
            assertThat(topics.isReady()).isFalse();
            return topics.trouble();
        } finally {
            topics.stop();
        }
    }

    private static void ready(KafkaSettings settings) {
        KafkaTopics topics = new KafkaTopics(settings, new SimpleMeterRegistry());
        topics.start();
        try {
            SharedKafka.eventually(PATIENCE, topics::isReady);
            assertThat(topics.breaker()).isEqualTo("closed");
        } finally {
            topics.stop();
        }
    }

    private void grant(ResourceType type, String name, AclOperation... operations) throws Exception {
        admin.createAcls(Arrays.stream(operations)
                        .map(operation -> new AclBinding(
                                new ResourcePattern(type, name, PatternType.LITERAL),
                                new AccessControlEntry(
                                        "User:" + SharedKafka.USER, "*", operation, AclPermissionType.ALLOW)))
                        .toList())
                .all()
                .get();
    }

    private void set(String topic, String config, String value) throws Exception {
        admin.incrementalAlterConfigs(Map.of(
                        new ConfigResource(ConfigResource.Type.TOPIC, topic),
                        List.of(new AlterConfigOp(new ConfigEntry(config, value), AlterConfigOp.OpType.SET))))
                .all()
                .get();
    }

    @Test
    void a_host_without_address_is_named() {
        assertThat(trouble(settings("no-such-host.invalid:9092")))
                .contains("Kafka no-such-host.invalid:9092", "has an address", "correct skein.kafka.bootstrap-servers");
    }

    @Test
    void a_port_where_nobody_listens_is_told_from_one_that_speaks_otherwise() throws IOException {
        int free;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            free = socket.getLocalPort();
        }
        assertThat(trouble(settings("127.0.0.1:" + free)))
                .contains("nobody listens at 127.0.0.1:" + free, "start the broker");
        assertThat(trouble(settings(SharedKafka.bootstrapSasl())))
                .contains("somebody listens", "by PLAINTEXT", "compare skein.kafka.security-protocol");
    }

    @Test
    void a_wrong_secret_is_refused_by_plain_and_by_scram_and_the_right_one_is_taken() throws Exception {
        for (String mechanism : List.of("PLAIN", "SCRAM-SHA-256")) {
            assertThat(trouble(sasl(SharedKafka.bootstrapSasl(), "SASL_PLAINTEXT", mechanism, "guessed")))
                    .contains("does not accept user skein by " + mechanism, "check skein.kafka.api-key")
                    .doesNotContain("guessed");
        }
        grant(ResourceType.TOPIC, "*", AclOperation.ALL);
        grant(ResourceType.GROUP, "*", AclOperation.ALL);
        ready(sasl(SharedKafka.bootstrapSasl(), "SASL_PLAINTEXT", "PLAIN", SharedKafka.SECRET));
        ready(sasl(SharedKafka.bootstrapSasl(), "SASL_PLAINTEXT", "SCRAM-SHA-256", SharedKafka.SECRET));
    }

    @Test
    void a_certificate_that_nobody_vouches_for_is_refused_and_one_in_the_trust_store_is_taken() throws Exception {
        assertThat(trouble(sasl(SharedKafka.bootstrapTls(), "SASL_SSL", "PLAIN", SharedKafka.SECRET)))
                .contains("TLS failed: ", "certification path", "set skein.kafka.trust-store-location");
        assertThat(trouble(sasl(
                        SharedKafka.bootstrapTls(),
                        "SASL_SSL",
                        "PLAIN",
                        SharedKafka.SECRET,
                        "trust-store-location",
                        "/no/such/trust.p12")))
                .contains("/no/such/trust.p12", "is not there", "trust-store-");
        grant(ResourceType.TOPIC, "*", AclOperation.ALL);
        grant(ResourceType.GROUP, "*", AclOperation.ALL);
        for (String mechanism : List.of("PLAIN", "SCRAM-SHA-256")) {
            ready(sasl(
                    SharedKafka.bootstrapTls(),
                    "SASL_SSL",
                    mechanism,
                    SharedKafka.SECRET,
                    "trust-store-location",
                    SharedKafka.trustStore().toString(),
                    "trust-store-password",
                    SharedKafka.trustStorePassword()));
        }
    }

    @Test
    void each_right_that_is_missing_is_named_with_the_command_that_grants_it() throws Exception {
        KafkaSettings settings = sasl(SharedKafka.bootstrapSasl(), "SASL_PLAINTEXT", "PLAIN", SharedKafka.SECRET);
        assertThat(trouble(settings))
                .contains("topic agent-messages-raw", "user skein has not the right Create")
                .contains("--add --allow-principal User:skein --operation Create --topic agent-messages-raw");
        ready(settings(SharedKafka.bootstrap()));
        grant(ResourceType.TOPIC, "*", AclOperation.DESCRIBE);
        assertThat(trouble(settings)).contains("agent-messages-raw", "has not the right Read", "--operation Read");
        grant(ResourceType.TOPIC, Topics.RAW, AclOperation.READ);
        assertThat(trouble(settings)).contains("agent-events", "has not the right Write", "--operation Write --topic");
        grant(ResourceType.TOPIC, "*", AclOperation.WRITE);
        assertThat(trouble(settings)).contains("has not the right DescribeConfigs");
        grant(ResourceType.TOPIC, "*", AclOperation.DESCRIBE_CONFIGS);
        assertThat(trouble(settings))
                .contains("consumer group skein-command", "--operation Read --group skein-command");
        grant(ResourceType.GROUP, "skein-command", AclOperation.READ);
        ready(settings);
    }

    @Test
    void a_topic_that_differs_is_an_error_that_names_both_ways_to_change_it_and_goes_when_one_is_taken()
            throws Exception {
        String bootstrap = SharedKafka.bootstrap();
        admin.createTopics(List.of(new NewTopic(Topics.EVENTS, 2, (short) 1)
                        .configs(Map.of("retention.ms", "60000", "max.message.bytes", "1000000"))))
                .all()
                .get();
        assertThat(trouble(settings(bootstrap)))
                .contains(
                        "topic agent-events: has 2 partitions; expected 4: set skein.kafka.topic-partitions.agent-events=2")
                .contains(
                        "kafka-topics --bootstrap-server " + bootstrap + " --alter --topic agent-events --partitions 4")
                .contains("has retention.ms=60000; expected -1: set skein.kafka.topic-retention.agent-events=60000ms")
                .contains("--alter --topic agent-events --add-config retention.ms=-1")
                .contains("has max.message.bytes=1000000; expected 4194304 or more");
        set(Topics.EVENTS, "max.message.bytes", "4194304");
        ready(settings(bootstrap, "topic-partitions.agent-events", 2, "topic-retention.agent-events", "60s"));
        assertThat(trouble(settings(
                        bootstrap,
                        "topic-partitions.agent-events",
                        2,
                        "topic-retention.agent-events",
                        "60s",
                        "topic-replication.agent-events",
                        3)))
                .contains(
                        "has 1 replicas of each partition; expected 3: set skein.kafka.topic-replication.agent-events=1");
    }

    @Test
    void each_topic_is_made_as_configured() throws Exception {
        ready(settings(
                SharedKafka.bootstrap(),
                "partitions",
                3,
                "topic-partitions.agent-messages-raw",
                7,
                "retention",
                "2d",
                "topic-retention.system-alerts",
                "0s",
                "min-in-sync-replicas",
                1));
        var described = admin.describeTopics(List.of(Topics.RAW, Topics.EVENTS))
                .allTopicNames()
                .get();
        assertThat(described.get(Topics.RAW).partitions()).hasSize(7);
        assertThat(described.get(Topics.EVENTS).partitions()).hasSize(3);
        assertThat(config(Topics.RAW, "retention.ms")).isEqualTo("172800000");
        assertThat(config(Topics.ALERTS, "retention.ms")).isEqualTo("-1");
        assertThat(config(Topics.EVENTS, "retention.ms")).isEqualTo("-1");
        assertThat(config(Topics.RAW, "compression.type")).isEqualTo("uncompressed");
    }

    private String config(String topic, String name) throws Exception {
        ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
        return admin.describeConfigs(List.of(resource))
                .all()
                .get()
                .get(resource)
                .get(name)
                .value();
    }

    @Test
    void more_replicas_than_brokers_are_told() throws Exception {
        assertThat(trouble(settings(SharedKafka.bootstrap(), "replication", 3)))
                .contains(
                        "too few brokers are up",
                        "skein.kafka.replication asks for, 3",
                        "lower skein.kafka.replication");
    }

    @Test
    void a_breaker_opens_after_failures_in_a_row_and_closes_when_the_cluster_answers_and_the_meters_show_it() {
        SimpleMeterRegistry meters = new SimpleMeterRegistry();
        KafkaBreaker breaker = new KafkaBreaker(
                "tried",
                "nothing happens",
                settings(
                        "127.0.0.1:1",
                        "breaker-failures",
                        3,
                        "breaker-pause",
                        "300ms",
                        "first-backoff",
                        "1ms",
                        "max-backoff",
                        "1ms"),
                meters);
        for (int i = 0; i < 3; i++) {
            assertThat(breaker.state()).isEqualTo("closed");
            SharedKafka.eventually(PATIENCE, breaker::mayBegin);
            breaker.failed(new org.apache.kafka.common.errors.TimeoutException("late"), "Write");
        }
        assertThat(breaker.state()).isEqualTo("open");
        assertThat(breaker.mayBegin()).isFalse();
        assertThat(meters.get("skein.kafka.breaker")
                        .tag("breaker", "tried")
                        .gauge()
                        .value())
                .isEqualTo(2);
        assertThat(meters.get("skein.kafka.failures")
                        .tag("kind", "unreachable")
                        .counter()
                        .count())
                .isEqualTo(3);
        SharedKafka.eventually(PATIENCE, breaker::mayBegin);
        assertThat(breaker.state()).isEqualTo("half_open");
        assertThat(breaker.mayBegin()).isFalse();
        breaker.succeeded();
        assertThat(breaker.state()).isEqualTo("closed");
        assertThat(breaker.trouble()).isEmpty();
        assertThat(meters.get("skein.kafka.breaker")
                        .tag("breaker", "tried")
                        .gauge()
                        .value())
                .isZero();
    }

    @Test
    void waits_grow_by_chance_and_are_bounded() {
        Backoff backoff = new Backoff(Duration.ofMillis(100), Duration.ofSeconds(2));
        for (int i = 0; i < 50; i++) {
            double middle = Math.min(2_000, 100 * Math.pow(2, i));
            assertThat((double) backoff.next().toMillis())
                    .isBetween(middle * 0.49, Math.min(middle * 1.51, 2_000 * 1.51));
        }
        backoff.reset();
        assertThat(backoff.next()).isLessThanOrEqualTo(Duration.ofMillis(151));
    }
}
