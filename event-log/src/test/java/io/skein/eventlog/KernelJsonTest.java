package io.skein.eventlog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.skein.kernel.agent.MessageRecorded;
import io.skein.kernel.alert.Pattern;
import io.skein.kernel.message.JsonText;
import java.nio.charset.StandardCharsets;
import org.axonframework.serialization.SerializedObject;
import org.junit.jupiter.api.Test;

class KernelJsonTest {
    private static final String RECORDED = """
            {"message":{"messageId":"m-81","networkId":"acme","conversationId":"order-17","agentId":"planner","targetAgents":["buyer","auditor"],\
            "type":"request","timestamp":"2026-11-23T10:15:30.123Z","content":{"any":[1.50,1e400,"ü\\n",null,{}]},"causationId":"m-80","correlationId":"c-9",\
            "sequence":412,"claims":[{"resource":"gpu","action":"request","amount":40.0,"unit":"percent","priority":7}],"outcome":"ok","durationMillis":12.0,\
            "metadata":{"k":"v","n":7,"empty":"","nothing":null}},"recordedAt":"2026-11-23T10:15:30.200Z"}""";

    @Test
    void an_event_comes_back_as_the_same_bytes() {
        EventSerializer serializer = EventSerializer.create();
        MessageRecorded event = KernelJson.mapper().readValue(RECORDED, MessageRecorded.class);
        SerializedObject<byte[]> stored = serializer.serialize(event, byte[].class);

        assertThat(new String(stored.getData(), StandardCharsets.UTF_8)).isEqualTo(RECORDED);
        assertThat(stored.getType().getName()).isEqualTo("MessageRecorded");
        assertThat(stored.getType().getRevision()).isEqualTo("1");
        assertThat((Object) serializer.deserialize(stored)).isEqualTo(event);
    }

    @Test
    void content_that_is_a_string_stays_a_string_and_null_is_absent() {
        MessageRecorded text = KernelJson.mapper()
                .readValue(
                        RECORDED.replaceFirst("\"content\":\\{.*?\\{}]}", "\"content\":\"\""), MessageRecorded.class);
        MessageRecorded none = KernelJson.mapper()
                .readValue(
                        RECORDED.replaceFirst("\"content\":\\{.*?\\{}]}", "\"content\":null"), MessageRecorded.class);

        assertThat(text.message().content()).isEqualTo(new JsonText("\"\""));
        assertThat(none.message().content()).isNull();
    }

    @Test
    void words_are_lower_case_with_underscores_and_others_are_refused() {
        assertThat(KernelJson.mapper().writeValueAsString(Pattern.ROUTING_LOOP)).isEqualTo("\"routing_loop\"");
        assertThat(KernelJson.mapper().readValue("\"routing_loop\"", Pattern.class))
                .isEqualTo(Pattern.ROUTING_LOOP);
        assertThatThrownBy(() -> KernelJson.mapper().readValue("\"circle\"", Pattern.class))
                .hasMessageContaining("circle");
    }
}
