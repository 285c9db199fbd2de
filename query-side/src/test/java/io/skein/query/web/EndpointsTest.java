package io.skein.query.web;

import static org.assertj.core.api.Assertions.assertThat;

import io.skein.query.Projected;
import io.skein.query.RunningQuerySide;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

class EndpointsTest {
    private static final RunningQuerySide SIDE = RunningQuerySide.shared();
    private static final String NETWORK = "acme";
    private static final String ODD_AGENT = "team/plänner 100%;x?#";

    @BeforeAll
    static void rows() {
        Projected projected = SIDE.projected();
        projected.batch("agents", before -> {
            for (int i = 0; i < 250; i++) {
                projected.agent(NETWORK, "agent-%03d".formatted(i), 9, 1, before + 1 + i);
            }
            projected.agent(NETWORK, ODD_AGENT, 90, 10, before + 251);
            return before + 251;
        });
        projected.batch("causal-graph", before -> {
            for (int i = 0; i < 40; i++) {
                for (int j = 0; j <= i; j++) {
                    projected.message(
                            NETWORK,
                            "agent-%03d".formatted(i),
                            "agent-%03d".formatted((i + 1) % 40),
                            "request",
                            before + 1 + i);
                }
            }
            return before + 40;
        });
        projected.batch("alerts", before -> {
            String[] severities = {"info", "warning", "critical", "emergency"};
            String[] states = {"raised", "acknowledged", "resolved"};
            for (int i = 0; i < 130; i++) {
                projected.alert(
                        NETWORK,
                        "alert-" + i,
                        i % 2 == 0 ? "routing_loop" : "cascade",
                        severities[i % 4],
                        states[i % 3],
                        // Several alerts of one event share a position.
                        before + 1 + i / 3);
            }
            return before + 200;
        });
        projected.batch("metrics", before -> {
            for (int i = 0; i < 400; i++) {
                projected.window(NETWORK, 1, Projected.START.plusSeconds(i), before + 1 + i);
                projected.window(NETWORK, 10, Projected.START.plusSeconds(i / 10 * 10), before + 1 + i);
            }
            return before + 400;
        });
        projected.batch("audit", before -> {
            for (int i = 0; i < 330; i++) {
                projected.audit(
                        NETWORK,
                        "agent-" + i % 3,
                        "talk-" + i % 5,
                        i % 2 == 0 ? "MessageRecorded" : "MessageBlocked",
                        before + 1 + i);
            }
            return before + 330;
        });
    }

    @Test
    void pages_of_agents_to_the_end_are_all_agents_in_order() {
        List<String> paged = paged(
                "/v1/agents?network=acme&limit=17", item -> item.get("agentId").asString());

        assertThat(paged)
                .isEqualTo(SIDE.projected()
                        .jdbc()
                        .sql("select agent_id from agent where network_id = 'acme' order by agent_id")
                        .query(String.class)
                        .list())
                .hasSize(251);
    }

    @Test
    void pages_stay_whole_while_agents_are_added() {
        Projected projected = SIDE.projected();
        projected.event("agents", position -> projected.agent("growing", "a-1", 9, 1, position));
        projected.event("agents", position -> projected.agent("growing", "c-1", 9, 1, position));
        projected.event("agents", position -> projected.agent("growing", "e-1", 9, 1, position));
        JsonNode first = SIDE.json("/v1/agents?network=growing&limit=2");

        projected.event("agents", position -> projected.agent("growing", "b-1", 9, 1, position));
        projected.event("agents", position -> projected.agent("growing", "d-1", 9, 1, position));

        JsonNode second = SIDE.json(
                "/v1/agents?network=growing&limit=2&cursor=" + first.get("next").asString());
        assertThat(texts(second, "agentId")).containsExactly("d-1", "e-1");
        assertThat(second.has("next")).isFalse();
    }

    @Test
    void an_agent_carries_its_trust_with_its_interval_and_the_position() {
        HttpResponse<String> answer = SIDE.get("/v1/agents/agent-007?network=acme");
        JsonNode agent = RunningQuerySide.parse(answer.body());

        assertThat(agent.get("networkId").asString()).isEqualTo("acme");
        assertThat(agent.get("agentId").asString()).isEqualTo("agent-007");
        assertThat(agent.get("trust").asDouble()).isEqualTo(90.0);
        // For Beta(9, 1) the distribution function is x^9.
        assertThat(agent.get("trustLow").asDouble()).isEqualTo(Math.round(Math.pow(0.05, 1.0 / 9) * 100_000) / 1_000.0);
        assertThat(agent.get("trustHigh").asDouble())
                .isEqualTo(Math.round(Math.pow(0.95, 1.0 / 9) * 100_000) / 1_000.0);
        assertThat(agent.has("quarantinedUntil")).isFalse();
        assertThat(Instant.parse(agent.get("firstSeenAt").asString())).isAfter(Projected.START);
        assertThat(Long.parseLong(answer.headers().firstValue("Skein-Position").orElseThrow()))
                .isGreaterThanOrEqualTo(251);
    }

    @Test
    void an_agent_is_found_whatever_characters_its_id_has() {
        String encoded = URLEncoder.encode(ODD_AGENT, StandardCharsets.UTF_8).replace("+", "%20");

        assertThat(SIDE.json("/v1/agents/" + encoded + "?network=acme")
                        .get("agentId")
                        .asString())
                .isEqualTo(ODD_AGENT);
    }

    @Test
    void networks_are_those_with_a_message() {
        HttpResponse<String> answer = SIDE.get("/v1/networks");

        assertThat(RunningQuerySide.parse(answer.body()).valueStream().map(JsonNode::asString))
                .contains("acme")
                .doesNotContain("growing");
        assertThat(answer.headers().firstValue("Skein-Position")).isPresent();
    }

    @Test
    void a_graph_is_the_busiest_nodes_and_the_edges_between_them() {
        JsonNode whole = SIDE.json("/v1/graph?network=acme");
        JsonNode part = SIDE.json("/v1/graph?network=acme&nodes=10");

        assertThat(whole.get("nodes").size()).isEqualTo(40);
        assertThat(whole.get("edges").size()).isEqualTo(40);
        assertThat(whole.get("truncated").asBoolean()).isFalse();
        assertThat(whole.get("messageCount").asLong()).isEqualTo(40 * 41 / 2);
        assertThat(whole.get("edges").get(0).get("relationship").asString()).isEqualTo("request");
        assertThat(part.get("nodes").size()).isEqualTo(10);
        assertThat(part.get("edges").size()).isEqualTo(9);
        assertThat(part.get("truncated").asBoolean()).isTrue();
        assertThat(part.get("nodeCount").asLong()).isEqualTo(40);
        assertThat(texts(part.get("nodes"), "agentId"))
                .contains("agent-039", "agent-038")
                .doesNotContain("agent-001");
    }

    @Test
    void a_network_nobody_spoke_in_is_empty() {
        assertThat(SIDE.json("/v1/graph?network=silent").get("nodes").size()).isZero();
        assertThat(SIDE.json("/v1/agents?network=silent").get("items").size()).isZero();
        assertThat(SIDE.json("/v1/audit/count?network=silent").get("count").asLong())
                .isZero();
        assertThat(SIDE.json("/v1/metrics").get("items").size()).isZero();
    }

    @Test
    void pages_of_alerts_to_the_end_are_all_alerts_newest_first() {
        List<String> paged = paged(
                "/v1/alerts?network=acme&limit=7", item -> item.get("alertId").asString());

        assertThat(paged)
                .isEqualTo(SIDE.projected()
                        .jdbc()
                        .sql(
                                "select alert_id from alert where network_id = 'acme' order by raised_position desc, alert_id desc")
                        .query(String.class)
                        .list())
                .hasSize(130);
    }

    @Test
    void alerts_are_filtered_by_state_severity_and_pattern() {
        List<String> paged = paged(
                "/v1/alerts?network=acme&state=acknowledged&severity=warning&pattern=cascade&limit=3",
                item -> item.get("alertId").asString());

        assertThat(paged)
                .isEqualTo(SIDE.projected()
                        .jdbc()
                        .sql(
                                "select alert_id from alert where network_id = 'acme' and state = 'acknowledged' and severity = 'warning'"
                                        + " and pattern = 'cascade' order by raised_position desc, alert_id desc")
                        .query(String.class)
                        .list())
                .isNotEmpty();
    }

    @Test
    void an_alert_carries_its_evidence_and_its_detector() {
        JsonNode alert = SIDE.json("/v1/alerts/alert-4");

        assertThat(alert.get("pattern").asString()).isEqualTo("routing_loop");
        assertThat(alert.get("severity").asString()).isEqualTo("info");
        assertThat(alert.get("grade").asString()).isEqualTo("fact");
        assertThat(alert.get("agents").valueStream().map(JsonNode::asString)).containsExactly("planner", "buyer");
        assertThat(alert.get("evidence").get(0).get("messageId").asString()).isEqualTo("m-1");
        assertThat(alert.get("evidence").get(0).get("position").asLong()).isEqualTo(7);
        assertThat(alert.get("detector").get("parameters").get("laps").asString())
                .isEqualTo("1");
        assertThat(alert.has("by")).isFalse();
    }

    @Test
    void metrics_are_the_newest_windows_of_the_range_oldest_first() {
        JsonNode windows = SIDE.json(
                "/v1/metrics?network=acme&window=1s&from=2026-11-23T10:00:10Z&to=2026-11-23T10:01:00Z&limit=20");

        assertThat(texts(windows, "start"))
                .hasSize(20)
                .isSorted()
                .startsWith("2026-11-23T10:00:40Z")
                .endsWith("2026-11-23T10:00:59Z");
        JsonNode ten =
                SIDE.json("/v1/metrics?network=acme&window=10s").get("items").get(0);
        assertThat(ten.get("messages").asLong()).isEqualTo(10);
        assertThat(ten.get("throughput").asDouble()).isEqualTo(1.0);
        assertThat(ten.get("errorRate").asDouble()).isEqualTo(0.9);
        assertThat(ten.get("latencyP50Millis").asDouble()).isEqualTo(12.5);
        assertThat(ten.get("windowSeconds").asInt()).isEqualTo(10);
    }

    @ParameterizedTest
    @ValueSource(strings = {"oldest", "newest"})
    void pages_of_the_trail_to_the_end_are_all_entries_in_the_order_asked_for(String order) {
        List<Long> paged = paged(
                "/v1/audit?network=acme&limit=13&order=" + order,
                item -> item.get("position").asLong());
        List<Long> all = SIDE.projected()
                .jdbc()
                .sql("select position from audit_entry where network_id = 'acme' order by position")
                .query(Long.class)
                .list();

        assertThat(paged)
                .isEqualTo(order.equals("oldest") ? all : all.reversed())
                .hasSize(330);
        assertThat(SIDE.json("/v1/audit/count?network=acme").get("count").asLong())
                .isEqualTo(330);
    }

    @Test
    void the_trail_is_filtered_by_agent_conversation_and_type() {
        List<Long> paged = paged(
                "/v1/audit?network=acme&agent=agent-1&conversation=talk-2&type=MessageBlocked&limit=4",
                item -> item.get("position").asLong());

        assertThat(paged)
                .isEqualTo(SIDE.projected()
                        .jdbc()
                        .sql(
                                "select position from audit_entry where network_id = 'acme' and agent_id = 'agent-1' and conversation_id ="
                                        + " 'talk-2' and event_type = 'MessageBlocked' order by position")
                        .query(Long.class)
                        .list())
                .isNotEmpty();
    }

    @Test
    void a_position_is_that_of_the_slowest_segment() {
        Projected projected = SIDE.projected();
        projected.progress("loops", 0, 900);
        projected.progress("loops", 1, 850);

        JsonNode status = SIDE.json("/v1/status");

        assertThat(status.get("head").asLong()).isZero();
        assertThat(status.get("projections")
                        .valueStream()
                        .filter(one -> one.get("name").asString().equals("loops"))
                        .map(one -> one.get("position").asLong()))
                .containsExactly(850L);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "/v1/agents?limit=0|limit|1 to 1000",
                "/v1/agents?limit=1001|limit|1 to 1000",
                "/v1/agents?limit=many|limit|whole number",
                "/v1/agents?network=%00|network|printable",
                "/v1/agents?cursor=nonsense!|cursor|'next'",
                "/v1/agents?cursor=YXVkaXQtb2xkZXN0OjU|cursor|'next'",
                "/v1/agents?colour=red|colour|any of at, cursor, limit, network",
                "/v1/agents?limit=1&limit=2|limit|once",
                "/v1/networks?network=acme|network|any of at",
                "/v1/graph?nodes=10001|nodes|1 to 10000",
                "/v1/alerts?state=open|state|raised, acknowledged, resolved, dismissed",
                "/v1/alerts?severity=CRITICAL|severity|info, warning, critical, emergency",
                "/v1/alerts?pattern=loop|pattern|routing_loop",
                "/v1/alerts?cursor=YWxlcnRzOnh5|cursor|'next'",
                "/v1/metrics?window=5s|window|1s, 10s, 1m, 1h",
                "/v1/metrics?from=yesterday|from|ISO 8601",
                "/v1/metrics?to=%2B99999-01-01T00:00:00Z|to|9999",
                "/v1/metrics?from=2026-11-23T10:00:00Z&to=2026-11-23T09:00:00Z|to|before from",
                "/v1/audit?type=Nonsense|type|MessageRecorded",
                "/v1/audit?order=random|order|oldest, newest",
            })
    void what_cannot_be_asked_is_refused_with_the_field_and_what_is_expected(
            String call, String field, String expected) {
        JsonNode problem = problem(SIDE.get(call), 400);

        assertThat(problem.get("reason").asString()).isEqualTo("invalid");
        assertThat(problem.get("field").asString()).isEqualTo(field);
        assertThat(problem.get("detail").asString()).contains(expected);
    }

    @Test
    void a_cursor_of_the_other_order_is_refused() {
        String next = SIDE.json("/v1/audit?network=acme&limit=5").get("next").asString();

        assertThat(problem(SIDE.get("/v1/audit?network=acme&limit=5&order=newest&cursor=" + next), 400)
                        .get("field")
                        .asString())
                .isEqualTo("cursor");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/v1/agents/nobody?network=acme", "/v1/alerts/none", "/v1/nothing", "/elsewhere"})
    void what_does_not_exist_is_not_found(String call) {
        assertThat(problem(SIDE.get(call), 404).get("reason").asString()).isEqualTo("not_found");
    }

    @Test
    void a_method_that_is_not_taken_is_refused_with_those_that_are() {
        HttpResponse<String> answer = SIDE.send(SIDE.request("/v1/agents")
                .POST(HttpRequest.BodyPublishers.ofString("{}"))
                .build());

        problem(answer, 405);
        assertThat(answer.headers().firstValue("Allow"))
                .hasValueSatisfying(allow -> assertThat(allow).contains("GET"));
    }

    @Test
    void the_description_names_every_call_and_writes_ids_as_strings() {
        JsonNode description = SIDE.json("/v3/api-docs");

        assertThat(description.get("paths").propertyNames())
                .contains(
                        "/v1/status",
                        "/v1/networks",
                        "/v1/agents",
                        "/v1/agents/{agentId}",
                        "/v1/graph",
                        "/v1/alerts",
                        "/v1/alerts/{alertId}",
                        "/v1/metrics",
                        "/v1/audit",
                        "/v1/audit/count");
        JsonNode alert =
                description.get("components").get("schemas").get("AlertView").get("properties");
        assertThat(alert.get("alertId").get("type").asString()).isEqualTo("string");
        assertThat(alert.get("severity").get("enum").get(0).asString()).isEqualTo("info");
    }

    @Test
    void the_page_to_try_it_loads_nothing_from_elsewhere() {
        HttpResponse<String> redirect = SIDE.get("/api.html");
        assertThat(redirect.statusCode()).isEqualTo(302);
        String page = redirect.headers().firstValue("Location").orElseThrow();
        HttpResponse<String> html = SIDE.get(page.substring(page.indexOf("/swagger-ui")));

        assertThat(html.statusCode()).isEqualTo(200);
        assertThat(html.body()).doesNotContain("http://", "https://");
        assertThat(SIDE.get("/swagger-ui/swagger-ui-bundle.js").statusCode()).isEqualTo(200);
        assertThat(SIDE.get("/swagger-ui/swagger-initializer.js").body())
                .contains("/v3/api-docs")
                .doesNotContain("petstore");
    }

    @Test
    void health_tells_the_lag_of_each_projection() {
        JsonNode health = SIDE.json("/actuator/health");

        assertThat(health.get("components").get("querySide").get("details").has("lag.agents"))
                .isTrue();
    }

    @Test
    void the_side_cannot_write() {
        assertThat(SIDE.projected()
                        .jdbc()
                        .sql(
                                "select has_table_privilege('query_login', 'agent', 'insert') or has_table_privilege('query_login',"
                                        + " 'event_log', 'insert')")
                        .query(Boolean.class)
                        .single())
                .isFalse();
    }

    static JsonNode problem(HttpResponse<String> answer, int status) {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
        assertThat(answer.headers().firstValue("Content-Type")).hasValue("application/problem+json");
        return RunningQuerySide.parse(answer.body());
    }

    private static List<String> texts(JsonNode answer, String member) {
        JsonNode items = answer.isArray() ? answer : answer.get("items");
        return items.valueStream().map(item -> item.get(member).asString()).toList();
    }

    private static <T> List<T> paged(String call, Function<JsonNode, T> key) {
        List<T> all = new ArrayList<>();
        String cursor = "";
        do {
            JsonNode page = SIDE.json(call + cursor);
            page.get("items").valueStream().map(key).forEach(all::add);
            cursor = page.has("next") ? "&cursor=" + page.get("next").asString() : "";
        } while (!cursor.isEmpty());
        return all;
    }
}
