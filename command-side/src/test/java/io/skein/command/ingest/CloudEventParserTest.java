package io.skein.command.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import io.skein.kernel.message.JsonText;
import io.skein.kernel.message.Message;
import io.skein.kernel.message.MessageType;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CloudEventParserTest {
    private static final CloudEventParser PARSER = new CloudEventParser(new MessageParser());

    private static Parsed structured(String json) {
        byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
        return PARSER.structured(bytes, 0, bytes.length);
    }

    private static Message understood(Parsed parsed) {
        assertThat(parsed).isInstanceOf(Parsed.Understood.class);
        return ((Parsed.Understood) parsed).message();
    }

    @Test
    void what_the_data_leaves_out_comes_from_the_attributes() {
        Message message = understood(structured("""
                {"specversion": "1.0", "id": "7", "source": "planner", "type": "com.example.agent.request",
                 "time": "2026-11-23T10:15:30Z", "conversationid": "order-17", "causationid": "6", "traceparent": "00-x",
                 "datacontenttype": "application/json", "data": {"targetAgents": ["buyer"], "content": {"n": 1.50}}}"""));
        assertThat(message.messageId().value()).isEqualTo("planner/7");
        assertThat(message.agentId().value()).isEqualTo("planner");
        assertThat(message.type()).isEqualTo(MessageType.REQUEST);
        assertThat(message.conversationId()).isNotNull();
        assertThat(message.content()).isEqualTo(new JsonText("{\"n\":1.50}"));
        assertThat(message.metadata()).containsExactly(Map.entry("traceparent", new JsonText("\"00-x\"")));
        assertThat(understood(PARSER.binary(
                        Map.of(
                                "specversion", "1.0",
                                "id", "7",
                                "source", "planner",
                                "type", "com.example.agent.request",
                                "time", "2026-11-23T10:15:30Z",
                                "conversationid", "order-17",
                                "causationid", "6",
                                "traceparent", "00-x"),
                        "{\"targetAgents\": [\"buyer\"], \"content\": {\"n\": 1.50}}"
                                .getBytes(StandardCharsets.UTF_8))))
                .isEqualTo(message);
    }

    @Test
    void data_that_is_no_object_is_the_content() {
        String attributes =
                "{\"specversion\":\"1.0\",\"id\":\"7\",\"source\":\"a\",\"type\":\"response\",\"time\":\"2026-11-23T10:15:30Z\",";
        assertThat(understood(structured(attributes + "\"data\":\"hello\"}")).content())
                .isEqualTo(new JsonText("\"hello\""));
        assertThat(understood(structured(attributes + "\"data_base64\":\"WzEsMl0=\"}"))
                        .content())
                .isEqualTo(new JsonText("[1,2]"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "[]",
                "{}",
                "{\"specversion\":\"0.3\",\"id\":\"7\",\"source\":\"a\",\"type\":\"request\",\"time\":\"2026-11-23T10:15:30Z\"}",
                "{\"specversion\":\"1.0\",\"source\":\"a\",\"type\":\"request\",\"time\":\"2026-11-23T10:15:30Z\"}",
                "{\"specversion\":\"1.0\",\"id\":\"7\",\"source\":\"a\",\"type\":\"request\"}",
                "{\"specversion\":\"1.0\",\"id\":\"7\",\"id\":\"8\",\"source\":\"a\",\"type\":\"request\",\"time\":\"2026-11-23T10:15:30Z\"}",
                "{\"specversion\":\"1.0\",\"id\":\"7\",\"source\":\"a\",\"type\":\"request\",\"time\":\"2026-11-23T10:15:30Z\",\"data_base64\":\"!\"}",
                "{\"specversion\":\"1.0\",\"id\":\"7\",\"source\":\"a\",\"type\":\"request\",\"time\":\"2026-11-23T10:15:30Z\",\"data\":\"\\ud800\"}"
            })
    void what_is_no_cloud_event_is_refused(String json) {
        assertThat(structured(json)).isInstanceOf(Parsed.NotUnderstood.class);
    }

    @Provide
    Arbitrary<Message> messages() {
        return AnyMessage.arbitrary();
    }

    @Property(tries = 300)
    void a_whole_message_as_data_comes_back_as_it_was(@ForAll("messages") Message message) {
        String data = new String(AnyMessage.json(message), StandardCharsets.UTF_8);
        assertThat(understood(
                        structured("{\"specversion\":\"1.0\",\"id\":\"x\",\"source\":\"y\",\"type\":\"z\",\"data\":"
                                + data + "}")))
                .isEqualTo(message);
    }
}
