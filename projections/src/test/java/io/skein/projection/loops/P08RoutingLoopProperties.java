package io.skein.projection.loops;

import static org.assertj.core.api.Assertions.assertThat;

import io.skein.kernel.agent.MessageRecorded;
import io.skein.kernel.message.MessageType;
import io.skein.projection.LogFixture;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.statistics.Statistics;
import org.jspecify.annotations.Nullable;

/** Property 8: a routing loop is reported if and only if the naive brute-force definition finds one, with the same agents. */
class P08RoutingLoopProperties {
    private static final Instant START = LogFixture.START_AT;
    private static final String WORK =
            "here is what was found about granite marble slate quartz basalt sandstone limestone shale obsidian pumice and chalk";

    @Property(tries = 1_000)
    void a_loop_is_reported_if_and_only_if_brute_force_finds_it(@ForAll("traffic") List<MessageRecorded> log) {
        List<NaiveLoops.Found> expected =
                new NaiveLoops(log, LoopPolicy.DEFAULT.newWords(), LoopPolicy.DEFAULT.endlessLaps()).all();
        List<NaiveLoops.Found> found = run(new OpenRequestChain(LoopPolicy.DEFAULT), log, 0).stream()
                .map(P08RoutingLoopProperties::asFound)
                .toList();
        Statistics.label("loops")
                .collect(
                        expected.isEmpty()
                                ? "none"
                                : expected.stream().anyMatch(NaiveLoops.Found::alarm) ? "alarm" : "fact only");
        assertThat(found).containsExactlyElementsOf(expected);
    }

    @Property(tries = 300)
    void a_saved_and_restored_detector_goes_on_as_if_nothing_had_been(
            @ForAll("traffic") List<MessageRecorded> log, @ForAll Random random) throws IOException {
        OpenRequestChain live = new OpenRequestChain(LoopPolicy.DEFAULT);
        List<RoutingLoop> all = run(live, log, 0);
        int cut = random.nextInt(log.size() + 1);
        OpenRequestChain first = new OpenRequestChain(LoopPolicy.DEFAULT);
        List<RoutingLoop> parts = new ArrayList<>(run(first, log.subList(0, cut), 0));
        OpenRequestChain second = new OpenRequestChain(LoopPolicy.DEFAULT);
        second.restore(new DataInputStream(new ByteArrayInputStream(bytes(first))));
        parts.addAll(run(second, log.subList(cut, log.size()), cut));
        assertThat(parts).isEqualTo(all);
        assertThat(bytes(second)).isEqualTo(bytes(live));
    }

    @Example
    void a_circle_of_unanswered_requests_is_a_warning_and_a_second_lap_is_critical() {
        assertThat(alarms(
                        request(1, "A", "B", null, "do it"),
                        request(2, "B", "C", "1", "you do it"),
                        request(3, "C", "A", "2", "no, you")))
                .containsExactly("WARNING 1 [A, B, C]");
        assertThat(alarms(
                        request(1, "A", "B", null, "do it"),
                        request(2, "B", "C", "1", "you do it"),
                        request(3, "C", "A", "2", "no, you"),
                        request(4, "A", "B", "3", "go on"),
                        request(5, "B", "C", "4", "you go"),
                        request(6, "C", "A", "5", "you")))
                .containsExactly("WARNING 1 [A, B, C]", "CRITICAL 2 [A, B, C]");
    }

    @Example
    void the_same_content_coming_back_is_critical_at_once() {
        assertThat(alarms(
                        request(1, "A", "B", null, WORK),
                        request(2, "B", "C", "1", "pass"),
                        request(3, "C", "A", "2", WORK)))
                .containsExactly("CRITICAL 1 [A, B, C]");
    }

    @Example
    void what_only_looks_like_a_loop_is_none() {
        assertThat(alarms(
                        request(1, "A", "B", null, "do"),
                        request(2, "B", "A", "1", "what?"),
                        request(3, "A", "B", "2", "that")))
                .as("call-back")
                .isEmpty();
        assertThat(alarms(
                        request(1, "A", "B", null, "do"),
                        request(2, "B", "C", "1", "do"),
                        request(3, "C", "B", "2", "which?"),
                        request(4, "B", "A", "3", "which?")))
                .as("a question handed back the way the request came")
                .isEmpty();
        assertThat(alarms(
                        request(1, "A", "B", null, "do"),
                        request(2, "B", "C", "1", "do"),
                        response(3, "C", "B", "2"),
                        response(4, "B", "A", "1"),
                        request(5, "C", "A", "2", "do")))
                .as("answered")
                .isEmpty();
        assertThat(alarms(
                        request(1, "A", "B", null, "do"),
                        request(2, "A", "B", "1", "do"),
                        request(3, "A", "B", "2", "do")))
                .as("retries")
                .isEmpty();
        assertThat(alarms(
                        request(1, "M", "A", null, "speak"),
                        response(2, "A", "M", "1"),
                        request(3, "M", "B", "2", "speak"),
                        response(4, "B", "M", "3"),
                        request(5, "M", "A", "4", "speak")))
                .as("a moderator who calls in turn")
                .isEmpty();
        assertThat(alarms(
                        request(1, "A", "B", null, "do"),
                        request(2, "B", "C", "1", WORK),
                        request(3, "C", "A", "2", "review this")))
                .as("one lap that carried work on")
                .isEmpty();
    }

    @Example
    void without_causes_a_loop_is_inferred_within_its_conversation_and_never_critical() {
        assertThat(alarms(
                        request(1, "A", "B", null, "do"),
                        request(2, "B", "C", null, "do"),
                        request(3, "C", "A", null, "do")))
                .containsExactly("WARNING 1 [A, B, C]");
    }

    @Example
    void what_is_older_than_the_window_is_forgotten_and_the_memory_is_bounded() {
        LoopPolicy small = new LoopPolicy(1, 8, 8, 10, 60);
        OpenRequestChain detector = new OpenRequestChain(small);
        for (int i = 1; i <= 1_000; i++) {
            detector.on(
                    request(i, "a" + i, "a" + (i + 1), i == 1 ? null : "" + (i - 1), "x"), i, START.toEpochMilli() + i);
            assertThat(detector.size()).isLessThanOrEqualTo(10);
            assertThat(detector.waitingKeys()).hasSizeLessThanOrEqualTo(10);
        }
        detector.on(
                new MessageRecorded(request(1_001, "z", "y", null, "x").message(), START.plusSeconds(3_600)),
                1_001,
                START.plusSeconds(3_600).toEpochMilli());
        assertThat(detector.size()).isEqualTo(1);
    }

    private static List<String> alarms(MessageRecorded... log) {
        return run(new OpenRequestChain(LoopPolicy.DEFAULT), List.of(log), 0).stream()
                .filter(loop -> loop.severity() != null)
                .map(loop -> loop.severity() + " " + loop.laps() + " " + loop.rotation())
                .toList();
    }

    private static List<RoutingLoop> run(OpenRequestChain detector, List<MessageRecorded> log, long after) {
        List<RoutingLoop> found = new ArrayList<>();
        for (int i = 0; i < log.size(); i++) {
            found.addAll(detector.on(
                    log.get(i), after + i + 1, log.get(i).recordedAt().toEpochMilli()));
        }
        return found;
    }

    private static NaiveLoops.Found asFound(RoutingLoop loop) {
        return new NaiveLoops.Found(
                loop.closing().value(),
                loop.rotation().getFirst().value(),
                loop.rotation().stream().map(agent -> agent.value()).toList(),
                loop.lapComplete() ? loop.laps() : 0,
                loop.severity() != null);
    }

    private static byte[] bytes(OpenRequestChain detector) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        detector.save(new DataOutputStream(bytes));
        return bytes.toByteArray();
    }

    private static MessageRecorded request(int id, String from, String to, @Nullable String cause, String content) {
        return recorded(id, "c", from, List.of(to), MessageType.REQUEST, cause, content);
    }

    private static MessageRecorded response(int id, String from, String to, String cause) {
        return recorded(id, "c", from, List.of(to), MessageType.RESPONSE, cause, "done");
    }

    private static MessageRecorded recorded(
            int id,
            String conversation,
            String from,
            List<String> to,
            MessageType type,
            @Nullable String cause,
            @Nullable String content) {
        Instant at = START.plusMillis(id);
        return new MessageRecorded(
                LogFixture.message(Integer.toString(id), conversation, from, to, type, cause, content, null, at), at);
    }

    /** Few agents, deep chains, answers, call-backs, broadcasts, lost and missing causes; sometimes a planted circle, sometimes work done on the way. */
    @Provide
    Arbitrary<List<MessageRecorded>> traffic() {
        return Arbitraries.randomValue(P08RoutingLoopProperties::traffic);
    }

    private static List<MessageRecorded> traffic(Random random) {
        List<MessageRecorded> log = new ArrayList<>();
        int agents = 3 + random.nextInt(4);
        int length = random.nextInt(40);
        String planted = null;
        int circle = 3 + random.nextInt(agents - 2);
        int step = 0;
        boolean plants = random.nextBoolean();
        for (int i = 1; i <= length; i++) {
            if (plants && random.nextInt(3) == 0) {
                log.add(recorded(
                        i,
                        "c",
                        "A" + step % circle,
                        List.of("A" + (step + 1) % circle),
                        MessageType.REQUEST,
                        planted,
                        content(random)));
                planted = Integer.toString(i);
                step++;
                continue;
            }
            int kind = random.nextInt(10);
            MessageType type = kind < 6 ? MessageType.REQUEST : kind < 9 ? MessageType.RESPONSE : MessageType.BROADCAST;
            MessageRecorded cause = log.isEmpty() || random.nextInt(6) == 0
                    ? null
                    : log.get(log.size() - 1 - random.nextInt(Math.min(4, log.size())));
            String sender = "A" + random.nextInt(agents);
            List<String> targets = new ArrayList<>();
            if (cause != null && random.nextInt(8) != 0) {
                var causeTargets = cause.message().targetAgents();
                if (!causeTargets.isEmpty()) {
                    sender = causeTargets
                            .get(random.nextInt(causeTargets.size()))
                            .value();
                }
                if (type != MessageType.REQUEST) {
                    targets.add(cause.agentId().value());
                }
            }
            while (targets.isEmpty() || random.nextInt(5) == 0) {
                targets.add("A" + random.nextInt(agents));
            }
            String causeId = cause == null
                    ? (random.nextBoolean() ? null : "lost")
                    : cause.message().messageId().value();
            log.add(recorded(i, random.nextInt(4) == 0 ? "" : "c", sender, targets, type, causeId, content(random)));
        }
        return log;
    }

    private static @Nullable String content(Random random) {
        return switch (random.nextInt(6)) {
            case 0 -> null;
            case 1 -> WORK.substring(random.nextInt(40));
            case 2 -> "please do " + random.nextInt(100);
            default -> "word" + (char) ('a' + random.nextInt(26)) + " do it";
        };
    }
}
