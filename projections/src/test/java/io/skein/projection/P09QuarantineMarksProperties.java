package io.skein.projection;

import static org.assertj.core.api.Assertions.assertThat;

import io.skein.kernel.agent.AgentQuarantined;
import io.skein.kernel.agent.AgentReleased;
import io.skein.kernel.agent.MessageRecorded;
import io.skein.projection.engine.Projection;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.lifecycle.AfterContainer;
import org.jspecify.annotations.Nullable;

/**
 * Property 9: for any quarantine and release sequence the graph marks exactly the agents in quarantine and every path through them, at every past
 * position too: the edges that are marked at a position are those that the folded log up to it has on a way through an agent in quarantine.
 */
class P09QuarantineMarksProperties {
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

    @Property(tries = 100, edgeCases = EdgeCasesMode.NONE)
    void marked_are_the_agents_in_quarantine_and_every_path_through_them_at_every_position(
            @ForAll Random random, @ForAll @IntRange(min = 1, max = 24) int length) {
        LogFixture log = log();
        log.startAnew();
        List<Object> events = quarantinesAmong(RandomEvents.of(random, length), random);
        log.append(events);
        Driver driver = new Driver(log);
        Projection graph = driver.fresh("causal-graph");
        for (int position = 1; position <= events.size(); position++) {
            driver.run(graph, position - 1, position, 1, random);
            if (random.nextInt(6) == 0) {
                // As after a restart: what is marked must not be in memory alone.
                graph = driver.fresh("causal-graph");
            }
            Naive naive = new Naive(events.subList(0, position));
            assertThat(log.rows("select agent_id from causal_node where quarantined order by 1"))
                    .as("agents marked at %s", position)
                    .containsExactlyElementsOf(naive.quarantined());
            assertThat(
                            log.rows(
                                    "select source || '>' || target from causal_edge where quarantine_affected group by 1 order by 1"))
                    .as("pairs marked at %s", position)
                    .containsExactlyElementsOf(naive.onPathsThroughThem());
        }
    }

    // A third of the events quarantine or release somebody: often enough to meet edges of every age.
    private static List<Object> quarantinesAmong(List<Object> events, Random random) {
        List<Object> mixed = new ArrayList<>();
        for (Object event : events) {
            mixed.add(event);
            if (random.nextInt(3) == 0) {
                mixed.addAll(RandomEvents.marks(random));
            }
        }
        return mixed;
    }

    /** Reads the log from its beginning, and walks: from each agent, every way of two steps whose middle is in quarantine, or of one that ends there. */
    private record Naive(List<Object> events) {
        List<String> quarantined() {
            Set<String> inQuarantine = new TreeSet<>();
            for (Object event : events) {
                if (event instanceof AgentQuarantined one) {
                    inQuarantine.add(one.agentId().value());
                } else if (event instanceof AgentReleased one) {
                    inQuarantine.remove(one.agentId().value());
                }
            }
            return List.copyOf(inQuarantine);
        }

        List<String> onPathsThroughThem() {
            Set<List<String>> steps = new HashSet<>();
            for (Object event : events) {
                if (event instanceof MessageRecorded recorded) {
                    recorded.message()
                            .targetAgents()
                            .forEach(target ->
                                    steps.add(List.of(recorded.agentId().value(), target.value())));
                }
            }
            List<String> inQuarantine = quarantined();
            Set<String> marked = new TreeSet<>();
            for (List<String> in : steps) {
                for (List<String> out : steps) {
                    boolean through = in.getLast().equals(out.getFirst()) && inQuarantine.contains(in.getLast());
                    if (through) {
                        marked.add(String.join(">", in));
                        marked.add(String.join(">", out));
                    }
                }
                // A way may end in it, or begin.
                if (inQuarantine.contains(in.getFirst()) || inQuarantine.contains(in.getLast())) {
                    marked.add(String.join(">", in));
                }
            }
            return List.copyOf(marked);
        }
    }
}
