package io.skein.projection;

import static org.assertj.core.api.Assertions.assertThat;

import io.skein.kernel.agent.AgentQuarantined;
import io.skein.kernel.agent.AgentReleased;
import io.skein.kernel.agent.MessageBlocked;
import io.skein.kernel.agent.MessageRecorded;
import io.skein.kernel.id.AgentId;
import io.skein.kernel.message.ClaimAction;
import io.skein.kernel.message.Message;
import io.skein.kernel.message.Outcome;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.lifecycle.AfterContainer;
import org.jspecify.annotations.Nullable;

/**
 * Property 7: after any sequence of messages the causal graph has exactly the nodes and edges that a naive recount of the log gives, whatever the
 * batches, and with a restart in between.
 */
class P07CausalGraphProperties {
    private static @Nullable LogFixture log;

    private static synchronized LogFixture log() {
        LogFixture known = log;
        if (known == null) {
            known = new LogFixture();
            log = known;
        }
        return known;
    }

    @AfterContainer
    static void forget() {
        log = null;
    }

    @Property(tries = 200, edgeCases = net.jqwik.api.EdgeCasesMode.NONE)
    void the_graph_is_what_a_naive_recount_gives(
            @ForAll Random random,
            @ForAll @IntRange(max = 40) int length,
            @ForAll @IntRange(min = 1, max = 30) int batchSize) {
        LogFixture log = log();
        log.startAnew();
        List<Object> events = RandomEvents.of(random, length);
        int restart = random.nextInt(length + 1);
        List<Object> before = events.subList(0, restart);
        List<Object> after = events.subList(restart, length);
        Driver driver = new Driver(log);
        log.append(before);
        driver.run(driver.fresh("causal-graph"), 0, restart, batchSize, random);
        log.append(after);
        driver.run(driver.fresh("causal-graph"), restart, length, batchSize, random);
        assertThat(log.rows("select agent_id, sent, received, errors, quarantined from causal_node").stream()
                        .sorted())
                .containsExactlyElementsOf(nodes(events));
        assertThat(log.rows("select source, target, relationship, messages, errors from causal_edge").stream()
                        .sorted())
                .containsExactlyElementsOf(edges(events));
        long messages = events.stream()
                .filter(event -> event instanceof MessageRecorded || event instanceof MessageBlocked)
                .count();
        List<String> counts = log.rows("select nodes, edges, messages from causal_count");
        if (messages == 0 && nodes(events).isEmpty()) {
            assertThat(counts).isEmpty();
        } else {
            assertThat(counts)
                    .containsExactly(nodes(events).size() + "|" + edges(events).size() + "|" + messages);
        }
    }

    private static List<String> nodes(List<Object> events) {
        TreeSet<String> names = new TreeSet<>();
        for (Object event : events) {
            switch (event) {
                case MessageRecorded recorded -> {
                    names.add(recorded.agentId().value());
                    recorded.message().targetAgents().forEach(target -> names.add(target.value()));
                }
                case MessageBlocked blocked -> names.add(blocked.agentId().value());
                case AgentQuarantined quarantined ->
                    names.add(quarantined.agentId().value());
                case AgentReleased released -> names.add(released.agentId().value());
                default -> {}
            }
        }
        List<String> rows = new ArrayList<>();
        for (String name : names) {
            long sent = 0;
            long received = 0;
            long errors = 0;
            boolean quarantined = false;
            for (Object event : events) {
                Message message = event instanceof MessageRecorded recorded
                        ? recorded.message()
                        : event instanceof MessageBlocked blocked ? blocked.message() : null;
                if (message != null && message.agentId().value().equals(name)) {
                    sent++;
                    errors += message.outcome() == Outcome.ERROR || message.outcome() == Outcome.TIMEOUT ? 1 : 0;
                }
                if (event instanceof MessageRecorded recorded
                        && new HashSet<>(recorded.message().targetAgents()).contains(new AgentId(name))) {
                    received++;
                }
                if (event instanceof AgentQuarantined one
                        && one.agentId().value().equals(name)) {
                    quarantined = true;
                }
                if (event instanceof AgentReleased one && one.agentId().value().equals(name)) {
                    quarantined = false;
                }
            }
            rows.add(name + "|" + sent + "|" + received + "|" + errors + "|" + (quarantined ? "t" : "f"));
        }
        return rows.stream().sorted().toList();
    }

    private static List<String> edges(List<Object> events) {
        TreeMap<String, long[]> edges = new TreeMap<>();
        for (Object event : events) {
            if (event instanceof MessageRecorded recorded) {
                Message message = recorded.message();
                List<String> kinds = new ArrayList<>();
                kinds.add(message.type().name().toLowerCase(java.util.Locale.ROOT));
                if (message.claims().stream().anyMatch(claim -> claim.action() == ClaimAction.REQUEST)) {
                    kinds.add("dependency");
                }
                if (message.claims().stream().anyMatch(claim -> claim.action() == ClaimAction.REFUSE)) {
                    kinds.add("conflict");
                }
                for (AgentId target : new HashSet<>(message.targetAgents())) {
                    for (String kind : kinds) {
                        long[] count = edges.computeIfAbsent(
                                message.agentId() + "|" + target + "|" + kind, absent -> new long[2]);
                        count[0]++;
                        count[1] += message.outcome() == Outcome.ERROR || message.outcome() == Outcome.TIMEOUT ? 1 : 0;
                    }
                }
            }
        }
        return edges.entrySet().stream()
                .map(edge -> edge.getKey() + "|" + edge.getValue()[0] + "|" + edge.getValue()[1])
                .sorted()
                .toList();
    }
}
