package io.skein.command.ingest.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.skein.command.RunningCommandSide;
import io.skein.command.RunningCommandSide.Answer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class MessagesDoorTest {
    private static RunningCommandSide side;

    @BeforeAll
    static void start() {
        side = RunningCommandSide.start(Map.of());
    }

    @AfterAll
    static void stop() {
        side.close();
    }

    private static String message(String id, String agent, String content) {
        return """
                {"messageId": "%s", "agentId": "%s", "targetAgents": ["buyer"], "type": "request",
                 "timestamp": "2026-11-23T10:15:30.123Z", "content": %s}""".formatted(id, agent, content);
    }

    @Test
    void a_message_is_recorded_once_and_answered_with_its_first_position_again() {
        Answer first = side.post("/v1/messages", message("once", "planner", "{\"a\": 1, \"b\": [2.50]}"));
        assertThat(first.status()).isEqualTo(200);
        assertThat(first.body().get("status").asString()).isEqualTo("recorded");
        long position = first.body().get("position").asLong();
        Answer again = side.post("/v1/messages", message("once", "planner", "{\"b\":[2.50],\"a\":1}"));
        assertThat(again.body().get("status").asString()).isEqualTo("duplicate");
        assertThat(again.body().get("position").asLong()).isEqualTo(position);
        assertThat(side.number("select count(*) from event_log where aggregate_id = 'default/planner'"))
                .isEqualTo(2);
    }

    @Test
    void another_message_under_the_same_id_is_refused_and_not_kept() {
        side.post("/v1/messages", message("reused", "reuser", "1"));
        Answer other = side.post("/v1/messages", message("reused", "reuser", "2"));
        assertThat(other.status()).isEqualTo(409);
        assertThat(other.body().get("reason").asString()).isEqualTo("id_reused");
        assertThat(other.response().headers().firstValue("Content-Type")).contains("application/problem+json");
        assertThat(side.number("select count(*) from dead_letter where message_id = 'reused'"))
                .isZero();
    }

    @Test
    void several_messages_are_answered_in_their_order_each_by_itself() {
        String body = "[" + message("s1", "a", "null") + "," + message("s2", "b", "null") + ",{\"agentId\":7},"
                + message("s1", "a", "null") + "," + message("s3", "a", "null") + "," + message("s3", "a", "1") + "]";
        Answer answer = side.post("/v1/messages", body);
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.body().get("recorded").asInt()).isEqualTo(3);
        assertThat(answer.body().get("duplicates").asInt()).isEqualTo(1);
        assertThat(answer.body().get("refused").asInt()).isEqualTo(2);
        assertThat(answer.body()
                        .get("results")
                        .valueStream()
                        .map(result -> result.get("status").asString()))
                .containsExactly("recorded", "recorded", "refused", "duplicate", "recorded", "refused");
        assertThat(answer.body()
                        .get("results")
                        .get(2)
                        .get("problem")
                        .get("field")
                        .asString())
                .isEqualTo("agentId");
        assertThat(answer.body().get("results").get(3).get("position"))
                .isEqualTo(answer.body().get("results").get(0).get("position"));
        assertThat(side.number(
                        "select count(*) from dead_letter where original = convert_to('{\"agentId\":7}', 'UTF8')"))
                .isEqualTo(1);
    }

    @Test
    void lines_are_taken_one_by_one_also_compressed() throws IOException {
        StringBuilder lines = new StringBuilder();
        for (int i = 0; i < 2_500; i++) {
            lines.append(message("l" + i, "liner-" + i % 7, "\"x\"").replace("\n", " "))
                    .append(i % 2 == 0 ? "\n" : "\r\n\n");
        }
        lines.append("{broken");
        ByteArrayOutputStream compressed = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(compressed)) {
            gzip.write(lines.toString().getBytes(StandardCharsets.UTF_8));
        }
        Answer answer =
                side.post("/v1/messages", "application/x-ndjson", compressed.toByteArray(), "Content-Encoding", "gzip");
        assertThat(answer.body().get("recorded").asInt()).isEqualTo(2_500);
        assertThat(answer.body().get("refused").asInt()).isEqualTo(1);
        for (int agent = 0; agent < 7; agent++) {
            assertThat(side.number("""
                    select count(*) from (select (convert_from(payload, 'UTF8')::json->'message'->>'messageId') id,
                        lag(substr(convert_from(payload, 'UTF8')::json->'message'->>'messageId', 2)::int) over (order by position) before
                        from event_log where aggregate_id = 'default/liner-%d' and sequence > 0) s
                    where before is not null and substr(id, 2)::int <= before""".formatted(agent))).isZero();
        }
    }

    @Test
    void a_body_that_grows_beyond_measure_is_refused() throws IOException {
        ByteArrayOutputStream compressed = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(compressed)) {
            gzip.write(new byte[64 << 20]);
        }
        Answer answer =
                side.post("/v1/messages", "application/json", compressed.toByteArray(), "Content-Encoding", "gzip");
        assertThat(answer.status()).isEqualTo(413);
        assertThat(answer.body().get("reason").asString()).isEqualTo("too_large");
    }

    @Test
    void what_is_no_message_is_refused_and_kept_as_dead_letter_that_can_be_listed_retried_and_discarded() {
        Answer answer = side.post("/v1/messages", "application/json", new byte[] {'{', (byte) 0xFF, '}'});
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.body().get("reason").asString()).isEqualTo("malformed");
        Answer letters = side.get("/v1/dead-letters?reason=malformed&limit=1000");
        assertThat(letters.body().get("counts").get("malformed").asInt()).isPositive();
        long id = side.number("select dead_letter_id from dead_letter where original = '\\x7bff7d'");
        assertThat(letters.body()
                        .get("items")
                        .valueStream()
                        .map(item -> item.get("deadLetterId").asLong()))
                .contains(id);
        assertThat(letters.body().toString()).doesNotContain("original");
        assertThat(side.post("/v1/dead-letters/" + id + "/retry", "").status()).isEqualTo(400);
        assertThat(side.number("select attempts from dead_letter where dead_letter_id = " + id))
                .isEqualTo(2);
        assertThat(side.post("/v1/dead-letters/" + id + "/discard", "{\"reason\": \"noise\"}")
                        .status())
                .isEqualTo(200);
        assertThat(side.post("/v1/dead-letters/" + id + "/retry", "").status()).isEqualTo(404);
    }

    @Test
    void a_quarantined_agent_is_recorded_but_blocked_until_released() {
        side.post("/v1/messages", message("q1", "naughty", "null"));
        Answer unknown = side.post("/v1/agents/nobody/quarantine", "{\"reason\": \"test\"}");
        assertThat(unknown.status()).isEqualTo(404);
        assertThat(side.post("/v1/agents/naughty/quarantine", "{}").status()).isEqualTo(400);
        assertThat(side.post("/v1/agents/naughty/quarantine", "{\"reason\": \"test\", \"durationSeconds\": 600}")
                        .status())
                .isEqualTo(200);
        Answer blocked = side.post("/v1/messages", message("q2", "naughty", "null"));
        assertThat(blocked.body().get("status").asString()).isEqualTo("blocked");
        assertThat(side.post("/v1/messages", message("q2", "naughty", "null"))
                        .body()
                        .get("status")
                        .asString())
                .isEqualTo("duplicate");
        assertThat(side.post("/v1/agents/naughty/release", "{\"reason\": \"done\"}")
                        .status())
                .isEqualTo(200);
        assertThat(side.post("/v1/agents/naughty/release", "{\"reason\": \"done\"}")
                        .status())
                .isEqualTo(409);
        assertThat(side.post("/v1/messages", message("q3", "naughty", "null"))
                        .body()
                        .get("status")
                        .asString())
                .isEqualTo("recorded");
    }

    @Test
    void trust_is_adjusted_once_by_its_id() {
        side.post("/v1/messages", message("t1", "trusted", "null"));
        String adjustment = "{\"adjustmentId\": \"a-1\", \"good\": 2, \"bad\": 0, \"reason\": \"test\"}";
        assertThat(side.post("/v1/agents/trusted/trust", adjustment).status()).isEqualTo(200);
        assertThat(side.post("/v1/agents/trusted/trust", adjustment).status()).isEqualTo(200);
        assertThat(side.number("select count(*) from event_log where aggregate_id = 'default/trusted'"))
                .isEqualTo(3);
    }

    @Test
    void an_alert_that_was_never_raised_cannot_be_closed() {
        assertThat(side.post("/v1/alerts/none/acknowledge", "").status()).isEqualTo(404);
        assertThat(side.post("/v1/alerts/none/dismiss", "{}").status()).isEqualTo(400);
    }

    @Test
    void cloud_events_are_taken_structured_in_batches_and_binary() {
        String event = """
                {"specversion": "1.0", "id": "%s", "source": "clouder", "type": "x.request", "time": "2026-11-23T10:15:30Z",
                 "data": {"content": "hi"}}""";
        Answer one = side.post(
                "/v1/messages",
                "application/cloudevents+json",
                event.formatted("1").getBytes(StandardCharsets.UTF_8));
        assertThat(one.body().get("messageId").asString()).isEqualTo("clouder/1");
        Answer batch = side.post(
                "/v1/messages",
                "application/cloudevents-batch+json",
                ("[" + event.formatted("1") + "," + event.formatted("2") + "]").getBytes(StandardCharsets.UTF_8));
        assertThat(batch.body().get("recorded").asInt()).isEqualTo(1);
        assertThat(batch.body().get("duplicates").asInt()).isEqualTo(1);
        Answer binary = side.post(
                "/v1/messages",
                "application/json",
                "{\"content\": \"hi\"}".getBytes(StandardCharsets.UTF_8),
                "ce-specversion",
                "1.0",
                "ce-id",
                "2",
                "ce-source",
                "clouder",
                "ce-type",
                "x.request",
                "ce-time",
                "2026-11-23T10:15:30Z");
        assertThat(binary.body().get("status").asString()).isEqualTo("duplicate");
        assertThat(side.post("/v1/messages", "text/plain", new byte[] {'x'}).status())
                .isEqualTo(400);
    }
}
