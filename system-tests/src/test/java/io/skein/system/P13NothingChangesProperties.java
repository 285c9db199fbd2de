package io.skein.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.skein.eventlog.KernelJson;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * 13: Every processed event is in the log and in the mirror topic, byte-equal, in order, and none can be changed or removed through any interface of the system;
 * retention is as configured.
 */
@SuppressWarnings("NullAway.Init") // jqwik calls a_server_with_some_events before anything else
class P13NothingChangesProperties {
    private static final AtomicInteger SENT = new AtomicInteger();
    private static final HttpClient HTTP = HttpClient.newHttpClient();
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    /** What the mirror has said so far, by position, and the newest position of each partition. */
    private static final Map<Long, byte[]> MIRRORED = new TreeMap<>();

    private static final Map<Integer, Long> NEWEST = new LinkedHashMap<>();

    private static RunningSkein skein;
    private static KafkaConsumer<byte[], byte[]> mirror;
    private static long guarded;
    private static String digest;

    @BeforeContainer
    static void a_server_with_some_events() throws Exception {
        skein = RunningSkein.shared();
        mirror = new KafkaConsumer<>(
                Map.of("bootstrap.servers", skein.server.kafka(), "max.poll.records", "5000"),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
        List<TopicPartition> partitions = partitions();
        mirror.assign(partitions);
        mirror.seekToBeginning(partitions);
        send(List.of("before anything is tried"));
        guarded = number("select max(position) from event_log");
        digest = digest();
    }

    /** The topic is made after the doors are open. */
    private static List<TopicPartition> partitions() throws InterruptedException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        List<TopicPartition> partitions = List.of();
        while (partitions.isEmpty()) {
            assertThat(System.nanoTime()).as("the mirror's topic is there").isLessThan(deadline);
            Thread.sleep(50);
            partitions = mirror.partitionsFor("agent-events").stream()
                    .map(partition -> new TopicPartition("agent-events", partition.partition()))
                    .toList();
        }
        return partitions;
    }

    @AfterContainer
    static void close() {
        mirror.close();
    }

    @Property(tries = 100, shrinking = ShrinkingMode.OFF)
    void what_is_in_the_log_is_in_the_mirror_byte_for_byte_and_in_order(@ForAll("contents") List<String> contents)
            throws Exception {
        long before = number("select max(position) from event_log");
        send(contents);
        long head = number("select max(position) from event_log");
        assertThat(head).isGreaterThanOrEqualTo(before + contents.size());

        awaitMirrored(head);
        try (Connection connection = owner();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("select position, payload from event_log where position > "
                        + before + " and position <= " + head + " order by position")) {
            long expected = before + 1;
            while (rows.next()) {
                assertThat(rows.getLong(1)).isEqualTo(expected++);
                assertThat(MIRRORED.get(rows.getLong(1)))
                        .as("position %s in the mirror", rows.getLong(1))
                        .isEqualTo(rows.getBytes(2));
            }
            assertThat(expected).isEqualTo(head + 1);
        }
    }

    @Property(tries = 300, shrinking = ShrinkingMode.OFF)
    void no_role_of_the_database_can_change_or_remove_an_event(
            @ForAll("roles") String role, @ForAll("changes") String change) throws Exception {
        try (Connection connection = owner();
                Statement statement = connection.createStatement()) {
            statement.execute("set session authorization " + role);
            assertThatThrownBy(() -> statement.execute(change))
                    .as("%s as %s", change, role)
                    .isInstanceOf(SQLException.class)
                    .hasMessageMatching(
                            "(?s).*(permission denied|must be owner|append-only|must be superuser|must be able to SET ROLE|replication).*");
        }
        assertThat(digest()).as("the log after %s as %s", change, role).isEqualTo(digest);
    }

    @Property(tries = 150, shrinking = ShrinkingMode.OFF)
    void no_call_of_the_api_changes_or_removes_an_event(
            @ForAll("methods") String method, @ForAll("paths") String path, @ForAll("bodies") String body)
            throws Exception {
        HttpResponse<String> answer = HTTP.send(
                HttpRequest.newBuilder(URI.create(skein.at("/") + path))
                        .header("Content-Type", "application/json")
                        .method(method, HttpRequest.BodyPublishers.ofString(body))
                        .build(),
                HttpResponse.BodyHandlers.ofString());

        assertThat(answer.statusCode())
                .as("%s %s answered %s", method, path, answer.body())
                .isBetween(400, 499);
        assertThat(digest()).as("the log after %s %s", method, path).isEqualTo(digest);
    }

    @Example
    void a_message_sent_again_with_other_content_is_refused_and_the_first_one_stays() throws Exception {
        String first = message("once", "the first");
        assertThat(skein.post("/v1/messages", "application/json", first).statusCode())
                .isEqualTo(200);
        assertThat(skein.post("/v1/messages", "application/json", message("once", "another"))
                        .statusCode())
                .isEqualTo(409);
        assertThat(number("select count(*) from event_log where convert_from(payload, 'UTF8') like '%\"once\"%'"))
                .isEqualTo(1);
    }

    @Example
    void topics_keep_what_they_are_configured_to_keep() throws Exception {
        Map<String, String> retention = Map.of(
                "agent-events", "-1",
                "agent-messages-raw", "604800000",
                "agent-decisions-processed", "604800000",
                "system-alerts", "604800000",
                "agent-messages-dlq", "604800000");
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", skein.server.kafka()))) {
            Collection<ConfigResource> topics = retention.keySet().stream()
                    .map(topic -> new ConfigResource(ConfigResource.Type.TOPIC, topic))
                    .toList();
            Map<ConfigResource, Config> configs =
                    admin.describeConfigs(topics).all().get();
            configs.forEach((topic, config) -> {
                assertThat(config.get("retention.ms").value())
                        .as("retention of %s", topic.name())
                        .isEqualTo(retention.get(topic.name()));
                assertThat(config.get("retention.bytes").value())
                        .as("%s is not cut by size", topic.name())
                        .isEqualTo("-1");
                assertThat(config.get("cleanup.policy").value())
                        .as("%s is not compacted", topic.name())
                        .isEqualTo("delete");
            });
        }
    }

    @Provide
    Arbitrary<List<String>> contents() {
        return Arbitraries.strings()
                .withChars("aZ 09\"\\\n\t\u0001\u00e9\u6f22\u2028")
                .withCharRange('\u0020', '\u2fff')
                .ofMaxLength(300)
                .list()
                .ofMinSize(1)
                .ofMaxSize(8);
    }

    @Provide
    Arbitrary<String> roles() {
        return Arbitraries.of("skein_command_app", "skein_projection_app", "skein_query_app");
    }

    @Provide
    Arbitrary<String> changes() {
        return Arbitraries.of(
                "update event_log set payload = 'x'",
                "update event_log set position = position + 1000000",
                "update event_log set recorded_at = now() where position = 1",
                "delete from event_log",
                "delete from event_log where position = 1",
                "truncate event_log",
                "truncate event_log cascade",
                "merge into event_log e using (values (1)) v (p) on e.position = v.p when matched then delete",
                "insert into event_log select * from event_log where position = 1 on conflict (position) do update set payload = 'x'",
                "alter table event_log disable trigger all",
                "alter table event_log disable trigger event_log_is_append_only",
                "alter table event_log drop column payload",
                "alter table event_log rename to other_log",
                "alter table event_log alter column payload type text using ''",
                "alter table event_log owner to current_user",
                "drop table event_log cascade",
                "drop trigger event_log_is_append_only on event_log",
                "drop function refuse_change() cascade",
                "create or replace function refuse_change() returns trigger language plpgsql as 'begin return new; end'",
                "create trigger mine before insert on event_log for each row execute function refuse_change()",
                "create rule mine as on insert to event_log do instead nothing",
                "create table public.event_log_2 (i int)",
                "update log_name set name = 'Other'",
                "delete from log_name",
                "truncate log_name cascade",
                "drop table log_name cascade",
                "set session_replication_role = replica",
                "set role postgres",
                "alter role current_user superuser",
                "select position from event_log for update",
                "drop schema public cascade",
                "update pg_class set relname = 'x' where relname = 'event_log'",
                "copy event_log to program 'true'");
    }

    @Provide
    Arbitrary<String> methods() {
        return Arbitraries.of("DELETE", "PUT", "PATCH", "POST");
    }

    @Provide
    Arbitrary<String> paths() {
        return Arbitraries.of(
                "v1/audit",
                "v1/audit/1",
                "v1/audit?network=unchanged",
                "v1/events",
                "v1/events/1",
                "v1/log",
                "v1/log/1",
                "v1/messages/m-1",
                "v1/messages/unchanged/m-1",
                "v1/networks",
                "v1/networks/unchanged",
                "v1/agents",
                "v1/agents/writer?network=unchanged",
                "v1/graph",
                "v1/metrics",
                "v1/alerts",
                "v1/status",
                "actuator/shutdown",
                "actuator/env");
    }

    @Provide
    Arbitrary<String> bodies() {
        return Arbitraries.of("", "{}", "[]", "{\"position\":1}", "{\"payload\":\"x\"}", "not JSON");
    }

    private static void send(List<String> contents) throws Exception {
        List<String> lines = new ArrayList<>();
        for (String content : contents) {
            lines.add(message("m-" + SENT.incrementAndGet(), content));
        }
        HttpResponse<String> answer = skein.post("/v1/messages", "application/x-ndjson", String.join("\n", lines));
        assertThat(KernelJson.mapper().readTree(answer.body()).path("recorded").asInt())
                .as(answer.body())
                .isEqualTo(contents.size());
    }

    private static String message(String id, String content) {
        return KernelJson.mapper()
                .writeValueAsString(Map.of(
                        "messageId", id,
                        "networkId", "unchanged",
                        "agentId", "writer",
                        "type", "broadcast",
                        "timestamp", "2026-11-23T10:15:30Z",
                        "content", content));
    }

    private static void awaitMirrored(long head) {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (MIRRORED.size() < head) {
            assertThat(System.nanoTime())
                    .as("%s of %s events are in the mirror", MIRRORED.size(), head)
                    .isLessThan(deadline);
            for (ConsumerRecord<byte[], byte[]> record : mirror.poll(Duration.ofMillis(50))) {
                long position = Long.parseLong(
                        new String(record.headers().lastHeader("skein-position").value(), StandardCharsets.US_ASCII));
                byte[] before = MIRRORED.putIfAbsent(position, record.value());
                if (before == null) {
                    assertThat(position)
                            .as("order in partition %s", record.partition())
                            .isGreaterThan(NEWEST.getOrDefault(record.partition(), 0L));
                    NEWEST.put(record.partition(), position);
                } else {
                    assertThat(record.value()).isEqualTo(before);
                }
            }
        }
    }

    private static String digest() throws SQLException {
        try (Connection connection = owner();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(
                        "select count(*) || '/' || sum(hashtextextended(e::text, 0)) from event_log e where position <= "
                                + guarded)) {
            rows.next();
            return rows.getString(1);
        }
    }

    private static long number(String sql) throws SQLException {
        try (Connection connection = owner();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            rows.next();
            return rows.getLong(1);
        }
    }

    private static Connection owner() throws SQLException {
        Properties superuser = new Properties();
        superuser.put("user", "postgres");
        return DriverManager.getConnection(skein.server.database(), superuser);
    }
}
