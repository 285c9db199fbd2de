package io.skein.projection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.skein.eventlog.KernelJson;
import io.skein.eventlog.LogPages;
import io.skein.kernel.agent.AgentQuarantined;
import io.skein.kernel.agent.MessageRecorded;
import io.skein.kernel.id.AgentId;
import io.skein.kernel.id.AlertId;
import io.skein.kernel.id.NetworkId;
import io.skein.kernel.id.UserId;
import io.skein.kernel.message.MessageType;
import io.skein.projection.whatif.WhatIf;
import io.skein.projection.whatif.WhatIf.Report;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** With other parameters exactly those alerts differ that hang on them; with the same ones nothing does; and nothing is left behind. */
class WhatIfTest {
    private static final String SHORTER = "{\"detectors\": {\"open-request-chain\": {\"windowSeconds\": \"2\"}}}";

    private final LogFixture log = new LogFixture();
    private final Driver driver = new Driver(log);
    private final WhatIf whatIf = new WhatIf(
            parameters -> driver.all(100, parameters),
            driver.sandbox(log.dataSource()),
            new LogPages(log.dataSource(), new io.skein.eventlog.LogNames()),
            driver.replay(),
            log.dataSource(),
            Projections.DETECTING);

    @Test
    void the_same_parameters_change_nothing_and_a_shorter_window_misses_a_slow_loop() throws Exception {
        log.append(RandomEvents.of(new Random(5), 120));
        log.append(circle("slow", 5_000));
        log.append(circle("quick", 100));

        Report same = report("{}");
        assertThat(same.differences()).isEmpty();
        assertThat(same.quarantines()).isEmpty();
        assertThat(same.alerts()).isEqualTo(same.alertsThen()).isPositive();

        Report shorter = report(SHORTER);
        List<WhatIf.Difference> slow = shorter.differences().stream()
                .filter(one -> one.agents().contains("slow-0"))
                .toList();
        assertThat(slow).singleElement().satisfies(one -> {
            assertThat(one.change()).isEqualTo("would_not_be_raised");
            assertThat(one.pattern()).isEqualTo("routing_loop");
            assertThat(one.agents()).containsExactly("slow-0", "slow-1", "slow-2");
            assertThat(one.position()).isBetween(121L, 140L);
            assertThat(one.why()).isNotBlank();
        });
        assertThat(shorter.differences()).noneMatch(one -> one.agents().contains("quick-0"));

        String alert = slow.getFirst().alertId();
        log.append(List.of(new AgentQuarantined(
                NetworkId.DEFAULT,
                new AgentId("slow-1"),
                null,
                "went round",
                new AlertId(alert),
                new UserId("rule"),
                LogFixture.START_AT)));
        assertThat(report(SHORTER).quarantines()).singleElement().satisfies(one -> {
            assertThat(one.change()).isEqualTo("would_lose_its_cause");
            assertThat(one.agents()).containsExactly("slow-1");
            assertThat(one.position()).isEqualTo(log.head());
        });
        assertThat(report("{}").quarantines()).isEmpty();

        assertThat(log.rows("select nspname from pg_namespace where nspname like 'whatif%'"))
                .isEmpty();
        assertThat(log.rows("select * from proposed_command")).isEmpty();
        assertThatThrownBy(() -> report("{\"detectors\": {\"nobody\": {\"a\": \"1\"}}}"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("nobody");
    }

    private Report report(String parameters) throws Exception {
        return (Report) whatIf.carryOut(KernelJson.mapper().readTree(parameters), (reached, target) -> true);
    }

    /** A request that goes round among three, and nobody answers. */
    private static List<Object> circle(String name, long stepMillis) {
        List<Object> events = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            Instant at = LogFixture.START_AT.plusSeconds(60).plusMillis(i * stepMillis);
            events.add(new MessageRecorded(
                    LogFixture.message(
                            name + "-m" + i,
                            name,
                            name + "-" + i % 3,
                            List.of(name + "-" + (i + 1) % 3),
                            MessageType.REQUEST,
                            i == 0 ? null : name + "-m" + (i - 1),
                            "do it",
                            null,
                            at),
                    at));
        }
        return events;
    }
}
