package io.skein.command.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import io.skein.kernel.id.AgentId;
import io.skein.kernel.message.Claim;
import io.skein.kernel.message.ClaimAction;
import io.skein.kernel.message.JsonText;
import io.skein.kernel.message.Message;
import io.skein.kernel.message.MessageLimits;
import io.skein.kernel.message.MessageType;
import io.skein.kernel.problem.Reason;
import io.skein.kernel.problem.Refusal;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MessageParserTest {
    private static final MessageParser PARSER = new MessageParser();
    private static final String REQUIRED =
            "\"messageId\":\"m\",\"agentId\":\"a\",\"type\":\"request\",\"timestamp\":\"2026-11-23T10:15:30.123Z\"";

    private static Message understood(String json) {
        Parsed parsed = PARSER.parse(json.getBytes(StandardCharsets.UTF_8));
        assertThat(parsed).isInstanceOf(Parsed.Understood.class);
        return ((Parsed.Understood) parsed).message();
    }

    private static Refusal refused(byte[] bytes) {
        Parsed parsed = PARSER.parse(bytes);
        assertThat(parsed).isInstanceOf(Parsed.NotUnderstood.class);
        return ((Parsed.NotUnderstood) parsed).refusal();
    }

    private static Refusal refused(String json) {
        return refused(json.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void what_is_absent_gets_its_default() {
        Message message = understood("{" + REQUIRED + "}");
        assertThat(message.networkId().value()).isEqualTo("default");
        assertThat(message.targetAgents()).isEmpty();
        assertThat(message.content()).isNull();
        assertThat(message.metadata()).isEmpty();
        assertThat(understood("{" + REQUIRED + ",\"content\":null,\"networkId\":null}"))
                .isEqualTo(message);
    }

    @Test
    void the_older_dialect_says_the_same() {
        Message message = understood("""
                {"sender_id": "a", "receiver_id": "b", "message_type": "REQUEST", "correlation_id": "c",
                 "timestamp": "2026-11-23T10:15:30.5", "content": "hi", "metadata": {"k": 1},
                 "resource_type": "gpu", "requested_amount": 40, "priority_level": 7}""");
        assertThat(message.agentId().value()).isEqualTo("a");
        assertThat(message.targetAgents()).containsExactly(new AgentId("b"));
        assertThat(message.type()).isEqualTo(MessageType.REQUEST);
        assertThat(message.timestamp()).isEqualTo(Instant.parse("2026-11-23T10:15:30.5Z"));
        assertThat(message.claims()).containsExactly(new Claim("gpu", ClaimAction.REQUEST, 40, null, 7));
        assertThat(message.metadata()).containsEntry("k", new JsonText("1"));
        Message reordered = understood("""
                {"intention": {"requested_amount": 40.0, "resource_type": "gpu", "priority_level": 7}, "content": "hi",
                 "target_agents": ["b"], "agent_id": "a", "message_type": "request", "correlation_id": "c",
                 "timestamp": "2026-11-23T10:15:30.500Z", "metadata": {"k": 1}}""");
        assertThat(reordered).isEqualTo(message);
        assertThat(message.messageId().value()).startsWith("sha256-").hasSize(71);
        assertThat(understood("""
                {"agent_id": "a", "message_type": "request", "timestamp": "2026-11-23T10:15:30.500Z"}""").messageId()).isNotEqualTo(message.messageId());
    }

    @Test
    void members_that_are_not_known_are_kept_as_metadata() {
        Message message = understood("{" + REQUIRED + ",\"metadata\":{\"a\":1},\"spanId\":{\"x\":[1.0]}}");
        assertThat(message.metadata())
                .containsEntry("a", new JsonText("1"))
                .containsEntry("spanId", new JsonText("{\"x\":[1.0]}"));
        Refusal clash = refused("{" + REQUIRED + ",\"metadata\":{\"spanId\":1},\"spanId\":2}");
        assertThat(clash.reason()).isEqualTo(Reason.INVALID);
        assertThat(clash.field()).isEqualTo("metadata.spanId");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "MALFORMED |           | ",
                "MALFORMED |           | {",
                "MALFORMED |           | {} {}",
                "INVALID   |           | 7",
                "INVALID   |           | []",
                "INVALID   | agentId   | {\"messageId\":\"m\",\"type\":\"request\",\"timestamp\":\"2026-11-23T10:15:30Z\"}",
                "INVALID   | messageId | {\"agentId\":\"a\",\"type\":\"request\",\"timestamp\":\"2026-11-23T10:15:30Z\"}",
                "INVALID   | type      | {\"messageId\":\"m\",\"agentId\":\"a\",\"type\":\"shout\",\"timestamp\":\"2026-11-23T10:15:30Z\"}",
                "INVALID   | timestamp | {\"messageId\":\"m\",\"agentId\":\"a\",\"type\":\"request\",\"timestamp\":\"yesterday\"}",
                "INVALID   | timestamp | {\"messageId\":\"m\",\"agentId\":\"a\",\"type\":\"request\",\"timestamp\":1732356930}",
                "INVALID   | messageId | {\"messageId\":\"\"}",
                "INVALID   | messageId | {\"messageId\":\"a\\u0000\"}",
                "INVALID   | messageId | {\"messageId\":\"\\ud800\"}",
                "INVALID   | messageId | {\"messageId\":{}}",
                "INVALID   | messageId | {\"messageId\":\"a\",\"message_id\":\"a\"}",
                "INVALID   | targetAgents[1] | {\"targetAgents\":[\"a\",7]}",
                "INVALID   | targetAgents | {\"targetAgents\":{}}",
                "INVALID   | claims[0].amount | {\"claims\":[{\"resource\":\"r\",\"action\":\"use\",\"amount\":-1}]}",
                "INVALID   | claims[0].amount | {\"claims\":[{\"resource\":\"r\",\"action\":\"use\"}]}",
                "INVALID   | claims[0] | {\"claims\":[{\"colour\":1}]}",
                "INVALID   | claims[0].amount | {\"claims\":[{\"amount\":1e999}]}",
                "INVALID   | claims[0].priority | {\"claims\":[{\"priority\":1.5}]}",
                "INVALID   | sequence | {\"sequence\":-1}",
                "INVALID   | sequence | {\"sequence\":9223372036854775808}",
                "INVALID   | durationMillis | {\"durationMillis\":\"12\"}",
                "INVALID   | outcome | {\"outcome\":true}",
                "MALFORMED | content | {\"content\":{\"a\":1,\"a\":2}}",
                "MALFORMED | content | {\"content\":\"\\udc00\"}",
                "MALFORMED |           | {\"content\":NaN}",
                "MALFORMED | content | {\"content\":[1,]}",
                "MALFORMED |           | {\"agentId\":\"a\",\"agentId\":\"a\"}",
            })
    void what_is_wrong_is_named_with_its_field(Reason reason, String field, String json) {
        Refusal refusal = refused(json == null ? "" : json);
        assertThat(refusal.reason()).isEqualTo(reason);
        assertThat(refusal.field()).isEqualTo(field == null ? "" : field);
        assertThat(refusal.detail()).isNotBlank();
    }

    @Test
    void bytes_that_are_no_utf8_are_refused() {
        for (byte[] bad : List.of(
                new byte[] {(byte) 0xC0, (byte) 0x80},
                new byte[] {(byte) 0xED, (byte) 0xA0, (byte) 0x80},
                new byte[] {(byte) 0xF5, (byte) 0x80, (byte) 0x80, (byte) 0x80},
                new byte[] {(byte) 0xE2, (byte) 0x82})) {
            byte[] head = ("{" + REQUIRED + ",\"content\":\"").getBytes(StandardCharsets.UTF_8);
            byte[] json = new byte[head.length + bad.length + 2];
            System.arraycopy(head, 0, json, 0, head.length);
            System.arraycopy(bad, 0, json, head.length, bad.length);
            json[json.length - 2] = '"';
            json[json.length - 1] = '}';
            assertThat(refused(json).reason()).isEqualTo(Reason.MALFORMED);
        }
    }

    @Test
    void every_limit_holds_exactly() {
        String largest = "\"" + "x".repeat(MessageLimits.MAX_CONTENT_BYTES - 2) + "\"";
        assertThat(understood(with("content", largest)).content()).isEqualTo(new JsonText(largest));
        assertThat(refused(with("content", "\"x" + largest.substring(1))).reason())
                .isEqualTo(Reason.TOO_LARGE);

        assertThat(understood(with("content", nested(MessageLimits.MAX_DEPTH))).content())
                .isNotNull();
        assertThat(refused(with("content", nested(MessageLimits.MAX_DEPTH + 1))).reason())
                .isEqualTo(Reason.TOO_LARGE);
        assertThat(refused(with("content", "[".repeat(100_000))).reason()).isEqualTo(Reason.TOO_LARGE);

        assertThat(understood(with("targetAgents", array(MessageLimits.MAX_TARGETS, i -> "\"t" + i + "\"")))
                        .targetAgents())
                .hasSize(MessageLimits.MAX_TARGETS);
        assertThat(refused(with("targetAgents", array(MessageLimits.MAX_TARGETS + 1, i -> "\"t" + i + "\"")))
                        .reason())
                .isEqualTo(Reason.TOO_LARGE);

        String claim = "{\"resource\":\"r\",\"action\":\"use\",\"amount\":1}";
        assertThat(understood(with("claims", array(MessageLimits.MAX_CLAIMS, i -> claim)))
                        .claims())
                .hasSize(MessageLimits.MAX_CLAIMS);
        assertThat(refused(with("claims", array(MessageLimits.MAX_CLAIMS + 1, i -> claim)))
                        .reason())
                .isEqualTo(Reason.TOO_LARGE);

        assertThat(understood(with("metadata", object(MessageLimits.MAX_METADATA_ENTRIES)))
                        .metadata())
                .hasSize(MessageLimits.MAX_METADATA_ENTRIES);
        assertThat(refused(with("metadata", object(MessageLimits.MAX_METADATA_ENTRIES + 1)))
                        .reason())
                .isEqualTo(Reason.TOO_LARGE);

        String id = "😀".repeat(256);
        assertThat(understood("{" + REQUIRED.replace("\"a\"", "\"" + id + "\"") + "}")
                        .agentId()
                        .value())
                .isEqualTo(id);
        assertThat(refused("{" + REQUIRED.replace("\"a\"", "\"x" + id + "\"") + "}")
                        .field())
                .isEqualTo("agentId");

        assertThat(refused(with("content", "9".repeat(401))).reason()).isEqualTo(Reason.TOO_LARGE);
        assertThat(refused(new byte[MessageLimits.MAX_MESSAGE_BYTES + 1]).reason())
                .isEqualTo(Reason.TOO_LARGE);
    }

    @Test
    void the_answer_never_quotes_what_was_sent() {
        for (String json : List.of("{\"content\":secret}", "{\"type\":\"secret\"}", "{\"timestamp\":\"secret\"}")) {
            assertThat(refused(json).detail()).doesNotContain("secret");
        }
    }

    private static String with(String member, String json) {
        return "{" + REQUIRED + ",\"" + member + "\":" + json + "}";
    }

    private static String nested(int depth) {
        return "[".repeat(depth) + "]".repeat(depth);
    }

    private static String array(int size, java.util.function.IntFunction<String> element) {
        return IntStream.range(0, size).mapToObj(element).collect(Collectors.joining(",", "[", "]"));
    }

    private static String object(int size) {
        return IntStream.range(0, size).mapToObj(i -> "\"k" + i + "\":" + i).collect(Collectors.joining(",", "{", "}"));
    }
}
