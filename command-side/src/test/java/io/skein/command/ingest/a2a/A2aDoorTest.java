package io.skein.command.ingest.a2a;

import static org.assertj.core.api.Assertions.assertThat;

import io.skein.command.RunningCommandSide;
import io.skein.command.RunningCommandSide.Answer;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;

class A2aDoorTest {
    @Test
    void an_a2a_message_is_recorded_once_and_a_faulty_one_is_a_dead_letter() {
        try (RunningCommandSide side = RunningCommandSide.start(Map.of())) {
            byte[] message =
                    "{\"messageId\": \"m-1\", \"role\": \"ROLE_USER\", \"contextId\": \"c\", \"parts\": [{\"text\": \"hi\"}]}"
                            .getBytes(StandardCharsets.UTF_8);
            String path = "/v1/messages?agent=planner&target=buyer&timestamp=2026-11-23T10:15:30Z";
            Answer first = side.post(path, "application/a2a+json", message);
            assertThat(first.status()).isEqualTo(200);
            assertThat(first.body().get("status").asString()).isEqualTo("recorded");
            assertThat(side.post(path, "application/a2a+json", message)
                            .body()
                            .get("status")
                            .asString())
                    .isEqualTo("duplicate");
            Answer timeless = side.post("/v1/messages?agent=planner", "application/a2a+json", message);
            assertThat(timeless.status()).isEqualTo(400);
            assertThat(timeless.body().get("field").asString()).isEqualTo("timestamp");
            assertThat(side.number("select count(*) from dead_letter where message_id = 'm-1'"))
                    .isEqualTo(1);
        }
    }
}
