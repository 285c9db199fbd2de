package io.skein.query.web;

import static org.assertj.core.api.Assertions.assertThat;

import io.skein.query.RunningQuerySide;
import java.net.http.HttpResponse;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class DatabaseAwayTest {

    @Test
    void the_side_starts_and_says_so_while_its_database_is_away() {
        try (RunningQuerySide side = RunningQuerySide.configured(Map.of(
                "skein.query.database.url", "jdbc:postgresql://127.0.0.1:1/none",
                "skein.query.database.connection-timeout", "300ms",
                "logging.level.io.skein", "OFF"))) {
            HttpResponse<String> answer = side.get("/v1/agents");

            JsonNode problem = EndpointsTest.problem(answer, 503);
            assertThat(problem.get("reason").asString()).isEqualTo("log_unavailable");
            assertThat(problem.get("detail").asString()).doesNotContain("jdbc", "127.0.0.1");
            assertThat(answer.headers().firstValue("Retry-After")).isPresent();
            assertThat(side.get("/actuator/health").statusCode()).isEqualTo(503);
        }
    }

    @Test
    void an_answer_that_takes_too_long_is_given_up() {
        try (RunningQuerySide side = RunningQuerySide.configured(
                Map.of("skein.query.database.statement-timeout", "200ms", "logging.level.io.skein", "OFF"))) {
            side.projected()
                    .jdbc()
                    .sql("create or replace view slow as select pg_sleep(5)::text as network_id, 1::bigint as messages")
                    .update();
            side.projected()
                    .jdbc()
                    .sql("alter table causal_count rename to causal_count_aside")
                    .update();
            side.projected()
                    .jdbc()
                    .sql("alter view slow rename to causal_count")
                    .update();
            side.projected()
                    .jdbc()
                    .sql("grant select on causal_count to skein_query")
                    .update();

            assertThat(EndpointsTest.problem(side.get("/v1/networks"), 429)
                            .get("reason")
                            .asString())
                    .isEqualTo("overloaded");
        }
    }
}
