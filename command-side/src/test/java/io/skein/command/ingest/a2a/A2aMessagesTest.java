package io.skein.command.ingest.a2a;

import static org.assertj.core.api.Assertions.assertThat;

import io.skein.command.ingest.MessageParser;
import io.skein.command.ingest.Parsed;
import io.skein.kernel.message.Message;
import io.skein.kernel.message.MessageType;
import io.skein.kernel.message.Outcome;
import io.skein.kernel.problem.Reason;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class A2aMessagesTest {
    private static final A2aMessages.Known KNOWN =
            new A2aMessages.Known("planner", "buyer", "acme", "2026-11-23T10:15:30Z");
    private static final String MESSAGE = """
            {"messageId": "m-1", "contextId": "c-1", "taskId": "t-1", "role": "ROLE_USER", "referenceTaskIds": ["t-0", "t-9"],
             "parts": [{"text": "buy"}, {"data": {"amount": 1.50}}], "metadata": {"budget": 3}, "extensions": ["urn:x"]}""";

    private final A2aMessages messages = new A2aMessages(new MessageParser());

    private Parsed parse(String json, A2aMessages.Known known) {
        byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
        return messages.parse(bytes, 0, bytes.length, known);
    }

    private Message understood(String json, A2aMessages.Known known) {
        Parsed parsed = parse(json, known);
        assertThat(parsed).isInstanceOf(Parsed.Understood.class);
        assertThat(((Parsed.Understood) parsed).bytes()).isEqualTo(json.getBytes(StandardCharsets.UTF_8).length);
        return ((Parsed.Understood) parsed).message();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "%s",
                "{\"message\": %s, \"configuration\": {}}",
                "{\"jsonrpc\": \"2.0\", \"id\": 1, \"method\": \"SendMessage\", \"params\": {\"message\": %s}}",
                "{\"jsonrpc\": \"2.0\", \"id\": 1, \"result\": {\"message\": %s}}"
            })
    void a_message_says_the_same_alone_and_in_each_of_its_frames(String frame) {
        Message message = understood(frame.formatted(MESSAGE), KNOWN);
        assertThat(message.messageId()).hasToString("m-1");
        assertThat(message.networkId()).hasToString("acme");
        assertThat(message.conversationId()).hasToString("c-1");
        assertThat(message.correlationId()).isEqualTo("t-1");
        assertThat(message.causationId()).hasToString("t-0");
        assertThat(message.agentId()).hasToString("planner");
        assertThat(message.targetAgents()).extracting(Object::toString).containsExactly("buyer");
        assertThat(message.type()).isEqualTo(MessageType.REQUEST);
        assertThat(message.timestamp()).isEqualTo("2026-11-23T10:15:30Z");
        assertThat(message.content()).hasToString("[{\"text\":\"buy\"},{\"data\":{\"amount\":1.50}}]");
        assertThat(message.metadata().get("dialect")).hasToString("\"a2a\"");
        assertThat(message.metadata().get("a2a.referenceTaskIds")).hasToString("[\"t-0\",\"t-9\"]");
        assertThat(message.metadata().get("budget")).hasToString("3");
    }

    @Test
    void the_protos_own_names_and_what_the_metadata_knows_are_taken() {
        Message message = understood("""
                {"message_id": "m-2", "context_id": "c-1", "task_id": "t-1", "role": "agent", "parts": [],
                 "metadata": {"agentId": "buyer", "targetAgents": ["planner"], "timestamp": "2026-11-23T10:15:31Z"}}""", A2aMessages.Known.NOTHING);
        assertThat(message.type()).isEqualTo(MessageType.RESPONSE);
        assertThat(message.agentId()).hasToString("buyer");
        assertThat(message.networkId()).hasToString("default");
        assertThat(message.conversationId()).hasToString("c-1");
        assertThat(message.metadata()).containsOnlyKeys("dialect");
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            value = {
                "TASK_STATE_COMPLETED, OK",
                "TASK_STATE_FAILED, ERROR",
                "TASK_STATE_REJECTED, REFUSED",
                "TASK_STATE_CANCELED, REFUSED",
                "completed, OK",
                "TASK_STATE_WORKING, -",
                "TASK_STATE_INPUT_REQUIRED, -"
            })
    void a_tasks_state_is_the_outcome_of_the_message_it_came_with(String state, Outcome outcome) {
        Message message = understood("""
                {"task": {"id": "t-1", "contextId": "c-1", "status": {"state": "%s", "timestamp": "2026-11-23T10:15:32Z",
                 "message": {"messageId": "m-3", "role": "ROLE_AGENT", "parts": [{"text": "done"}],
                  "metadata": {"agentId": "buyer", "targetAgents": "planner"}}}}}""".formatted(state), A2aMessages.Known.NOTHING);
        assertThat(message.outcome()).isEqualTo(outcome);
        assertThat(message.correlationId()).isEqualTo("t-1");
        assertThat(message.conversationId()).hasToString("c-1");
        assertThat(message.timestamp()).isEqualTo("2026-11-23T10:15:32Z");
        assertThat(message.metadata().get("a2a.taskState")).hasToString("\"" + state + "\"");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "[] | INVALID | ``",
                "{ | MALFORMED | ``",
                "{} | INVALID | messageId",
                "{\"messageId\": \"m\", \"parts\": []} | INVALID | role",
                "{\"messageId\": \"m\", \"role\": \"ROLE_CLOWN\"} | INVALID | role",
                "{\"messageId\": \"m\", \"role\": 7} | INVALID | role",
                "{\"messageId\": \"m\", \"role\": \"ROLE_USER\", \"role\": \"ROLE_USER\"} | MALFORMED | ``",
                "{\"messageId\": \"m\", \"role\": \"ROLE_USER\"} | INVALID | timestamp",
                "{\"messageId\": \"m\", \"role\": \"ROLE_USER\", \"metadata\": {\"timestamp\": \"2026-11-23T10:15:30Z\"}} | INVALID | agentId",
                "{\"task\": {\"id\": \"t\", \"status\": {\"state\": \"x\"}}} | INVALID | status.message"
            })
    void what_is_no_message_is_refused_with_the_field_at_fault(String json, Reason reason, String field) {
        Parsed parsed = parse(json, A2aMessages.Known.NOTHING);
        assertThat(parsed).isInstanceOf(Parsed.NotUnderstood.class);
        assertThat(((Parsed.NotUnderstood) parsed).refusal().reason()).isEqualTo(reason);
        assertThat(((Parsed.NotUnderstood) parsed).refusal().field()).isEqualTo(field);
    }
}
