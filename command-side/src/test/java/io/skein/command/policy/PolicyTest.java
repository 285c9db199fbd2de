package io.skein.command.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.skein.command.RunningCommandSide;
import io.skein.command.decision.Decision;
import io.skein.embedded.TestDatabase;
import io.skein.kernel.id.NetworkId;
import io.skein.kernel.id.UserId;
import io.skein.kernel.policy.ChangePolicy;
import io.skein.kernel.policy.Policies;
import io.skein.kernel.policy.PolicyChanged;
import io.skein.kernel.policy.PolicyKey;
import io.skein.kernel.policy.PolicyRules;
import io.skein.kernel.policy.QuarantineRules;
import io.skein.kernel.policy.TrustRules;
import io.skein.kernel.problem.Reason;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class PolicyTest {
    private static final Instant NOW = Instant.parse("2026-11-23T10:00:00Z");
    private static final UserId OLGA = new UserId("olga");
    private static final NetworkId ACME = new NetworkId("acme");

    private static PolicyRules lasting(long seconds) {
        QuarantineRules q = QuarantineRules.BUILT_IN;
        return new PolicyRules(
                TrustRules.BUILT_IN,
                PolicyRules.BUILT_IN.conflict(),
                new QuarantineRules(true, false, 30, true, 2, 2, 3_600, seconds, 5, q.maxShare(), 0, q.hysteresis(), 3),
                new TreeMap<>());
    }

    private static ChangePolicy change(PolicyRules rules, @Nullable Long ifVersion) {
        return new ChangePolicy(new PolicyKey(ACME), rules, ifVersion, "trial", OLGA);
    }

    @Test
    void a_change_is_the_next_version_and_the_same_rules_again_are_none() {
        PolicyChanged first = new PolicyChanged(ACME, 1, lasting(60), "trial", OLGA, NOW);
        assertThat(PolicyDecider.decide(PolicyDecider.State.NONE, change(lasting(60), null), NOW))
                .isEqualTo(new Decision.Accepted<>(List.of(first)));
        PolicyDecider.State state = PolicyDecider.evolve(first);
        assertThat(PolicyDecider.decide(state, change(lasting(60), 1L), NOW).events())
                .isEmpty();
        assertThat(PolicyDecider.decide(state, change(lasting(90), 1L), NOW).events())
                .singleElement()
                .satisfies(second -> assertThat(second.version()).isEqualTo(2));
    }

    @Test
    void a_change_made_from_another_version_or_with_an_impossible_rule_is_refused() {
        assertThat(PolicyDecider.decide(PolicyDecider.State.NONE, change(lasting(60), 3L), NOW))
                .isInstanceOfSatisfying(
                        Decision.Refused.class,
                        refused -> assertThat(refused.refusal().reason()).isEqualTo(Reason.NOT_ALLOWED_NOW));
        assertThat(PolicyDecider.decide(PolicyDecider.State.NONE, change(lasting(0), null), NOW))
                .isInstanceOfSatisfying(Decision.Refused.class, refused -> {
                    assertThat(refused.refusal().field()).isEqualTo("quarantine.durationSeconds");
                    assertThat(refused.refusal().detail()).contains("is 0; expected 1 to");
                });
    }

    @Test
    void a_network_with_a_policy_of_its_own_no_longer_follows_the_common_one() {
        Policies policies = new Policies();
        policies.on(new PolicyChanged(null, 1, lasting(10), "", OLGA, NOW), 1);
        policies.on(new PolicyChanged(ACME, 1, lasting(20), "", OLGA, NOW), 2);
        policies.on(new PolicyChanged(null, 2, lasting(30), "", OLGA, NOW), 3);
        assertThat(policies.rules(ACME)).isEqualTo(lasting(20));
        assertThat(policies.inForce(NetworkId.DEFAULT).position()).isEqualTo(3);
        assertThat(new PolicyKey(new NetworkId("a/b%")).toString()).isEqualTo("policy:a%2Fb%25");
    }

    /** Beside a walk second by second. */
    @Property(tries = 200)
    void evidence_fades_by_the_half_life_of_each_day(
            @ForAll @Size(min = 0, max = 5) List<@IntRange(min = 0, max = 400) Integer> changesAt,
            @ForAll @IntRange(min = 0, max = 400) int from,
            @ForAll @IntRange(min = 0, max = 400) int length) {
        List<Integer> times = changesAt.stream().sorted().toList();
        Policies policies = new Policies();
        List<Long> halfLives = new ArrayList<>();
        for (int i = 0; i < times.size(); i++) {
            long halfLife = 50L * (i + 1);
            halfLives.add(halfLife);
            TrustRules t = TrustRules.BUILT_IN;
            TrustRules trust = new TrustRules(
                    9, 1, halfLife, 1, 1, 2, 2, 4, 8, t.findingFactor(), t.suspicionFactor(), 2, 8, t.peer(), 1);
            policies.on(
                    new PolicyChanged(
                            ACME,
                            i + 1,
                            new PolicyRules(
                                    trust, PolicyRules.BUILT_IN.conflict(), QuarantineRules.BUILT_IN, new TreeMap<>()),
                            "",
                            OLGA,
                            NOW.plusSeconds(times.get(i))),
                    i + 1);
        }
        double expected = 0;
        for (int second = from; second < from + length; second++) {
            double halfLife = TrustRules.BUILT_IN.halfLifeSeconds();
            for (int i = 0; i < times.size(); i++) {
                halfLife = second >= times.get(i) ? halfLives.get(i) : halfLife;
            }
            expected += 1 / halfLife;
        }
        assertThat(policies.halfLives(ACME, NOW.plusSeconds(from), NOW.plusSeconds(from + length)))
                .isCloseTo(expected, within(1e-9));
    }

    @Test
    void rules_are_changed_over_http_member_by_member_and_configuration_changes_them_once() throws Exception {
        TestDatabase database;
        try (RunningCommandSide side = RunningCommandSide.start(Map.of("skein.policy.quarantine.duration", "20s"))) {
            database = side.database();
            String changes = "select count(*) from event_log where aggregate_id = 'policy'";
            assertThat(side.number(changes)).isEqualTo(1);
            JsonNode answer = put(
                    side,
                    "/v1/policy",
                    "{\"reason\":\"first week\",\"rules\":{\"quarantine\":{\"dryRun\":true},\"detectors\":{\"hoarding\":{\"idle\":0.8}}}}",
                    200);
            assertThat(answer.path("version").asLong()).isEqualTo(2);
            assertThat(answer.path("rules")
                            .path("quarantine")
                            .path("durationSeconds")
                            .asLong())
                    .isEqualTo(20);
            assertThat(answer.path("rules")
                            .path("detectors")
                            .path("hoarding")
                            .path("idle")
                            .asString())
                    .isEqualTo("0.8");
            answer = put(
                    side, "/v1/policy?network=acme", "{\"reason\":\"x\",\"rules\":{\"trust\":{\"success\":2}}}", 200);
            assertThat(answer.path("version").asLong()).isEqualTo(1);
            assertThat(answer.path("rules").path("quarantine").path("dryRun").asBoolean())
                    .isTrue();

            String rules = "\"reason\":\"x\",\"rules\":";
            assertThat(put(side, "/v1/policy", "{\"rules\":{\"trust\":{}}}", 400)
                            .path("field")
                            .asString())
                    .isEqualTo("reason");
            assertThat(put(side, "/v1/policy", "{" + rules + "{\"trust\":{\"sucess\":1}}}", 400)
                            .path("field")
                            .asString())
                    .isEqualTo("trust.sucess");
            assertThat(put(side, "/v1/policy", "{" + rules + "{\"quarantine\":{\"maxShare\":2}}}", 400)
                            .path("detail")
                            .asString())
                    .isEqualTo("quarantine.maxShare is 2; expected 0 to 1");
            assertThat(put(side, "/v1/policy", "{" + rules + "{\"quarantine\":{\"detectors\":1.5}}}", 400)
                            .path("field")
                            .asString())
                    .isEqualTo("quarantine.detectors");
            assertThat(put(side, "/v1/policy", "{" + rules + "{\"trust\":{\"peer\":0.2}},\"version\":1}", 409)
                            .path("field")
                            .asString())
                    .isEqualTo("version");
        }
        try (RunningCommandSide again =
                RunningCommandSide.on(database, Map.of("skein.policy.quarantine.duration", "20s"))) {
            assertThat(again.number("select count(*) from event_log where aggregate_id = 'policy'"))
                    .isEqualTo(2);
        }
    }

    private static JsonNode put(RunningCommandSide side, String path, String body, int status) throws Exception {
        try (HttpClient http = HttpClient.newHttpClient()) {
            HttpResponse<String> response = http.send(
                    HttpRequest.newBuilder(URI.create(side.address() + path))
                            .timeout(Duration.ofSeconds(20))
                            .PUT(HttpRequest.BodyPublishers.ofString(body))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
            assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
            return new JsonMapper().readTree(response.body());
        }
    }
}
