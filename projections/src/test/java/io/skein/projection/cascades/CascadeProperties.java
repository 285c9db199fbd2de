package io.skein.projection.cascades;

import static io.skein.kernel.message.MessageType.BROADCAST;
import static io.skein.kernel.message.MessageType.REQUEST;
import static io.skein.kernel.message.MessageType.RESPONSE;
import static org.assertj.core.api.Assertions.assertThat;

import io.skein.kernel.agent.MessageRecorded;
import io.skein.kernel.message.Message;
import io.skein.kernel.message.MessageType;
import io.skein.projection.detection.Finding.Told;
import io.skein.projection.detection.Script;
import io.skein.projection.detection.Watched;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

class CascadeProperties {
    @Property(tries = 200)
    void trees_have_the_size_depth_and_width_that_a_recount_of_everything_gives(@ForAll Random random) {
        Script script = new Script();
        List<String> ids = new ArrayList<>();
        for (int i = 0; i < 120; i++) {
            String cause = ids.isEmpty() || random.nextInt(20) == 0 ? null : ids.get(random.nextInt(ids.size()));
            MessageType type = MessageType.values()[random.nextInt(3)];
            // Each reaction to a message is another one, so that none is a repeat; those have their own example.
            ids.add(script.say(type, "a" + i, List.of("b" + random.nextInt(9)), "c", cause, "words " + i));
        }
        BranchingTree detector = new BranchingTree(CascadePolicy.DEFAULT);
        long position = 0;
        for (MessageRecorded event : script.recorded()) {
            detector.on(event, ++position, event.recordedAt().toEpochMilli());
        }
        recount(script.messages()).forEach((root, shape) -> {
            BranchingTree.Shape found = Objects.requireNonNull(detector.shape("test", root));
            assertThat(List.of((int) found.size(), found.depth(), found.width()))
                    .as(root)
                    .isEqualTo(shape);
        });
    }

    /** Size, depth and width under each root, by climbing from every message to the top. */
    private static Map<String, List<Integer>> recount(List<Message> messages) {
        Map<String, Message> byId = new HashMap<>();
        messages.forEach(message -> byId.put(message.messageId().value(), message));
        Map<String, Map<Integer, Integer>> widths = new TreeMap<>();
        for (Message message : messages) {
            if (message.type() == RESPONSE) {
                continue;
            }
            int depth = 0;
            Message top = message;
            while (top.causationId() != null) {
                top = Objects.requireNonNull(byId.get(top.causationId().value()));
                depth += top.type() == RESPONSE ? 0 : 1;
            }
            if (top.type() == RESPONSE) {
                // An answer without its question stands where a first message would.
                depth += 1;
            }
            widths.computeIfAbsent(top.messageId().value(), x -> new TreeMap<>())
                    .merge(depth, 1, Integer::sum);
        }
        Map<String, List<Integer>> shapes = new TreeMap<>();
        widths.forEach((root, width) -> shapes.put(
                root,
                List.of(
                        width.values().stream().mapToInt(x -> x).sum(),
                        width.keySet().stream().mapToInt(x -> x).max().orElse(0),
                        width.values().stream().mapToInt(x -> x).max().orElse(0))));
        return shapes;
    }

    @Property(tries = 100)
    void a_message_that_everybody_passes_on_gives_one_alert_whose_first_agent_began_it(@ForAll Random random) {
        Script script = new Script();
        background(script, random);
        List<String> generation =
                List.of(script.say(BROADCAST, "origin", targets(random, 4), "rumour", null, "pass it on"));
        int size = 1;
        for (int depth = 1; size < 120; depth++) {
            List<String> next = new ArrayList<>();
            for (String cause : generation) {
                for (int child = 0; child < 2 + random.nextInt(3); child++) {
                    next.add(script.say(
                            BROADCAST,
                            "d" + depth + "-" + next.size(),
                            targets(random, 3),
                            "rumour",
                            cause,
                            "pass it on"));
                    if (random.nextInt(10) == 0) {
                        background(script, random);
                    }
                }
            }
            size += next.size();
            generation = next;
        }
        Watched watched =
                Watched.over(() -> new BranchingTree(CascadePolicy.DEFAULT), script.recorded(), random.nextInt(100));
        List<Told> alerts = watched.alerts(each -> true);
        assertThat(alerts).hasSize(1);
        assertThat(alerts.getFirst().alert().agents().getFirst().value()).isEqualTo("origin");
        assertThat(watched.findings().size()).isLessThan(6);
    }

    @Property(tries = 100)
    void chains_stars_retries_and_answered_calls_are_no_cascades(@ForAll Random random) {
        Script script = new Script();
        String chain = script.say(REQUEST, "a", List.of("b"), "chain", null, "turn 0");
        String star = script.say(REQUEST, "lead", List.of("team"), "star", null, "everybody");
        String storm = script.say(REQUEST, "x", List.of("y"), "storm", null, "hello?");
        for (int i = 0; i < 300; i++) {
            chain = script.say(
                    random.nextInt(3) == 0 ? BROADCAST : REQUEST,
                    "abc".substring(i % 3, i % 3 + 1),
                    List.of("b"),
                    "chain",
                    chain,
                    "turn " + i);
            script.say(REQUEST, "lead", List.of("worker" + i), "star", star, "your part " + i);
            script.say(REQUEST, "y", List.of("z"), "storm", storm, "are you there?");
            if (random.nextInt(4) == 0) {
                background(script, random);
            }
        }
        assertThat(Watched.over(() -> new BranchingTree(CascadePolicy.DEFAULT), script.recorded(), 500)
                        .findings())
                .isEmpty();
    }

    @Example
    void repeats_are_counted_apart_from_what_an_agent_multiplies() {
        Script script = new Script();
        String root = script.say(BROADCAST, "a", List.of("b"), "c", null, "go");
        for (int i = 0; i < 5; i++) {
            script.say(BROADCAST, "b", List.of("c", "d"), "c", root, "the same");
        }
        BranchingTree detector = new BranchingTree(CascadePolicy.DEFAULT);
        long position = 0;
        for (MessageRecorded event : script.recorded()) {
            detector.on(event, ++position, event.recordedAt().toEpochMilli());
        }
        assertThat(detector.shape("test", root)).isEqualTo(new BranchingTree.Shape(2, 1, 1, List.of("b")));
    }

    @Example
    void a_network_in_which_each_message_leads_to_more_than_one_is_told_once() {
        Script script = new Script();
        Random random = new Random(5);
        List<String> generation = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            generation.add(script.say(BROADCAST, "a" + i, List.of("b"), "c", null, "go " + i));
        }
        // Many small trees that grow slowly: none of them is large, all of them together are.
        for (int step = 0; step < 5; step++) {
            script.pause(25_000);
            List<String> next = new ArrayList<>();
            for (String cause : generation) {
                for (int child = random.nextInt(2); child < 2; child++) {
                    next.add(script.say(
                            BROADCAST, "s" + step + "-" + next.size(), List.of("b"), "c", cause, "go " + step));
                }
            }
            generation = next;
        }
        CascadePolicy calm = new CascadePolicy(600, 100_000, 5_000, 3, 1.5, 10, 30, 100, 3, 0.99);
        script.pause(60_000);
        script.say(BROADCAST, "z", List.of("b"), "c", null, "tick");
        Watched watched = Watched.over(() -> new BranchingTree(calm), script.recorded(), 77);
        assertThat(watched.alerts(each -> true)).hasSize(1);
        assertThat(watched.findings().getFirst().alert().description()).startsWith("In the whole network");
    }

    @Example
    void the_interval_of_the_reproduction_number_covers_the_truth_as_often_as_it_says() {
        Random random = new Random(11);
        for (double truth : new double[] {0.5, 0.9, 1.5, 3}) {
            int covered = 0;
            int tries = 2_000;
            for (int i = 0; i < tries; i++) {
                long offspring = 0;
                long squares = 0;
                for (int parent = 0; parent < 200; parent++) {
                    int children = poisson(random, truth);
                    offspring += children;
                    squares += (long) children * children;
                }
                Reproduction reproduction = new Reproduction(200, offspring, squares);
                covered += reproduction.quantile(0.025) <= truth && truth <= reproduction.quantile(0.975) ? 1 : 0;
            }
            assertThat(covered / (double) tries).as("coverage at %s", truth).isBetween(0.93, 0.97);
        }
    }

    @Example
    void the_incomplete_gamma_function_has_its_known_values() {
        assertThat(Gamma.lower(1, 2)).isCloseTo(0.8646647167633873, org.assertj.core.data.Offset.offset(1e-12));
        assertThat(Gamma.lower(0.5, 0.5)).isCloseTo(0.6826894921370859, org.assertj.core.data.Offset.offset(1e-12));
        assertThat(Gamma.lower(100, 100)).isCloseTo(0.5132987982791487, org.assertj.core.data.Offset.offset(1e-10));
    }

    private static int poisson(Random random, double mean) {
        double limit = Math.exp(-mean);
        int count = -1;
        for (double product = 1; product > limit; product *= random.nextDouble()) {
            count++;
        }
        return count;
    }

    private static void background(Script script, Random random) {
        String asked = script.say(REQUEST, "desk", List.of("planner"), "work", null, "task " + random.nextInt());
        for (int i = 0; i < 4; i++) {
            String step = script.say(REQUEST, "planner", List.of("tool" + i), "work", asked, "step " + i);
            script.say(RESPONSE, "tool" + i, List.of("planner"), "work", step, "done");
        }
        script.say(RESPONSE, "planner", List.of("desk"), "work", asked, "done");
    }

    private static List<String> targets(Random random, int count) {
        List<String> targets = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            targets.add("t" + random.nextInt(100) + "-" + i);
        }
        return targets;
    }
}
