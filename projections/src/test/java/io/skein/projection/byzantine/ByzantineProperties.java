package io.skein.projection.byzantine;

import static io.skein.kernel.message.MessageType.BROADCAST;
import static io.skein.kernel.message.MessageType.REQUEST;
import static io.skein.kernel.message.MessageType.RESPONSE;
import static org.assertj.core.api.Assertions.assertThat;

import io.skein.kernel.alert.Grade;
import io.skein.kernel.alert.Pattern;
import io.skein.kernel.id.AgentId;
import io.skein.kernel.message.Claim;
import io.skein.kernel.message.ClaimAction;
import io.skein.kernel.message.JsonText;
import io.skein.kernel.message.Message;
import io.skein.projection.detection.Script;
import io.skein.projection.detection.Watched;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

class ByzantineProperties {
    private static final List<String> AGENTS = List.of("a", "b", "c", "d", "e", "f");

    @Property(tries = 300)
    void who_tells_two_stories_is_found_exactly_where_brute_force_finds_it(@ForAll Random random) {
        Script script = new Script();
        for (int i = 0; i < 60; i++) {
            String from = one(random, AGENTS.subList(0, 3));
            String key = "k" + random.nextInt(3);
            String value = Integer.toString(random.nextInt(5) == 0 ? 1 + random.nextInt(2) : 0);
            String id = script.say(
                    REQUEST,
                    from,
                    some(random),
                    "c" + random.nextInt(2),
                    null,
                    "it is so",
                    List.of(),
                    statement(random, key, value));
            if (random.nextInt(6) == 0) {
                script.retry(id);
            }
        }
        script.pause(10_000);
        script.say(REQUEST, "z", List.of("a"), "later", null, "tick");
        Set<String> expected = twoStories(script.messages());
        // As it was said, and as it arrives when messages overtake one another by less than the window.
        assertThat(stories(Watched.over(
                        () -> new Equivocation(Equivocation.Policy.DEFAULT), script.recorded(), random.nextInt(70))))
                .isEqualTo(expected);
        assertThat(stories(Watched.over(
                        () -> new Equivocation(Equivocation.Policy.DEFAULT),
                        script.delivered(random, 1_500),
                        random.nextInt(70))))
                .isEqualTo(expected);
    }

    private static Set<String> stories(Watched watched) {
        Set<String> found = new TreeSet<>();
        watched.alerts(each -> each.alert().grade() == Grade.FACT).forEach(each -> {
            assertThat(each.alert().pattern()).isEqualTo(Pattern.EQUIVOCATION);
            found.add(each.alert().agents().getFirst().value());
        });
        return found;
    }

    /** By definition: of all tellings of one statement, a later one differs from the one before and reaches nobody of those told that one without a break. */
    private static Set<String> twoStories(List<Message> messages) {
        Map<List<Object>, List<Message>> statements = new LinkedHashMap<>();
        for (Message m : messages) {
            if (m.metadata().containsKey("statement") && !m.targetAgents().isEmpty()) {
                String text = m.metadata().get("statement") + " ";
                String key = text.replaceAll(".*(k\\d).*", "$1").strip();
                statements
                        .computeIfAbsent(
                                List.of(m.agentId(), Objects.requireNonNull(m.conversationId()), key),
                                x -> new ArrayList<>())
                        .add(m);
            }
        }
        Set<String> liars = new TreeSet<>();
        for (List<Message> told : statements.values()) {
            for (int j = 1; j < told.size(); j++) {
                if (value(told.get(j)) == value(told.get(j - 1))) {
                    continue;
                }
                Set<AgentId> audience = new java.util.HashSet<>();
                for (int i = j - 1; i >= 0 && value(told.get(i)) == value(told.get(j - 1)); i--) {
                    audience.addAll(told.get(i).targetAgents());
                }
                if (Collections.disjoint(audience, told.get(j).targetAgents())) {
                    liars.add(told.get(j).agentId().value());
                }
            }
        }
        return liars;
    }

    private static int value(Message m) {
        String own = m.metadata().containsKey("value")
                ? String.valueOf(m.metadata().get("value"))
                : String.valueOf(m.metadata().get("statement"));
        return (int) Double.parseDouble(own.replaceAll(".*\"value\":\\s*", "").replaceAll("[^0-9.eE+].*", ""));
    }

    /** One statement in many writings. */
    private static Map<String, String> statement(Random random, String key, String value) {
        return switch (random.nextInt(3)) {
            case 0 -> Map.of("statement", "{\"key\":\"" + key + "\",\"value\":" + value + "}");
            case 1 -> Map.of("statement", "{\"value\":" + value + ".0,\"key\":\"" + key + "\"}");
            default -> Map.of("statement", '"' + key + '"', "value", value + "e0");
        };
    }

    @Property(tries = 300)
    void a_number_used_twice_and_a_cause_from_the_future_are_found_exactly_where_brute_force_finds_them(
            @ForAll Random random) {
        Script script = new Script();
        List<String> ids = new ArrayList<>();
        for (int i = 0; i < 80; i++) {
            String from = one(random, AGENTS);
            String cause = ids.isEmpty() || random.nextInt(3) == 0 ? null : one(random, ids);
            if (random.nextInt(40) == 0) {
                // It names what is not said yet.
                cause = "m" + (ids.size() + 1 + random.nextInt(6));
            }
            String id = random.nextInt(50) == 0
                    ? script.say(
                            REQUEST,
                            from,
                            some(random),
                            "c",
                            cause,
                            "words " + i,
                            List.of(),
                            Map.of(),
                            1 + random.nextInt(5))
                    : script.say(REQUEST, from, some(random), "c", cause, "words " + i);
            ids.add(id);
            if (random.nextInt(6) == 0) {
                script.retry(id);
                ids.add("m" + (ids.size() + 1));
            }
            if (random.nextInt(30) == 0) {
                script.restart(from);
            }
        }
        List<Message> messages = script.messages();
        for (int overtaking : List.of(0, 900)) {
            Watched watched = Watched.over(
                    () -> new SenderSequence(SenderSequence.Policy.DEFAULT),
                    script.delivered(random, overtaking),
                    random.nextInt(80));
            assertThat(watched.guilty(Pattern.REPLAY)).isEqualTo(numbersUsedTwice(messages));
            Set<String> forgers = watched.guilty(Pattern.FORGERY);
            // Which message of a circle of causes came first is for the log to say, so the circle is judged where
            // nothing overtakes.
            if (overtaking == 0) {
                assertThat(forgers).isEqualTo(namersOfTheFuture(messages));
            } else {
                assertThat(forgers).containsAll(namersOfTheirOwnFuture(messages));
            }
        }
    }

    private static Set<String> numbersUsedTwice(List<Message> messages) {
        Set<String> guilty = new TreeSet<>();
        for (Message one : messages) {
            for (Message other : messages) {
                if (sameRun(one, other)
                        && Objects.equals(one.sequence(), other.sequence())
                        && !Objects.equals(one.content(), other.content())) {
                    guilty.add(one.agentId().value());
                }
            }
        }
        return guilty;
    }

    private static boolean sameRun(Message one, Message other) {
        return one.agentId().equals(other.agentId())
                && Objects.equals(one.metadata().get("epoch"), other.metadata().get("epoch"));
    }

    private static Set<String> namersOfTheirOwnFuture(List<Message> messages) {
        Map<String, Message> byId = byId(messages);
        Set<String> guilty = new TreeSet<>();
        for (Message message : messages) {
            Message cause = cause(message, byId);
            if (cause != null
                    && !cause.equals(message)
                    && sameRun(message, cause)
                    && Objects.requireNonNull(cause.sequence()) > Objects.requireNonNull(message.sequence())) {
                guilty.add(message.agentId().value());
            }
        }
        return guilty;
    }

    private static Set<String> namersOfTheFuture(List<Message> messages) {
        Map<String, Message> byId = byId(messages);
        Set<String> guilty = namersOfTheirOwnFuture(messages);
        for (Message message : messages) {
            // Of a circle, the guilty one is whoever named a message that was not there yet.
            Message step = cause(message, byId);
            boolean named = step != null && messages.indexOf(step) > messages.indexOf(message);
            for (int i = 0; named && step != null && i < messages.size(); i++) {
                if (step.equals(message)) {
                    Message first = Objects.requireNonNull(cause(message, byId));
                    // Known when the named one is said: the whole way back must have been said by then.
                    if (wayIsKnown(first, message, messages.indexOf(first), messages, byId)) {
                        guilty.add(message.agentId().value());
                    }
                    break;
                }
                step = cause(step, byId);
            }
        }
        return guilty;
    }

    private static boolean wayIsKnown(
            Message from, Message to, int by, List<Message> messages, Map<String, Message> byId) {
        for (Message step = from; !step.equals(to); step = Objects.requireNonNull(cause(step, byId))) {
            if (messages.indexOf(step) > by) {
                return false;
            }
        }
        return true;
    }

    private static Map<String, Message> byId(List<Message> messages) {
        Map<String, Message> byId = new HashMap<>();
        messages.forEach(message -> byId.put(message.messageId().value(), message));
        return byId;
    }

    private static @org.jspecify.annotations.Nullable Message cause(Message message, Map<String, Message> byId) {
        return message.causationId() == null
                ? null
                : byId.get(message.causationId().value());
    }

    @Property(tries = 200)
    void only_strangers_and_those_who_answer_twice_break_the_protocol(@ForAll Random random) {
        Script script = new Script();
        Set<String> guilty = new TreeSet<>();
        for (int c = 0; c < 25; c++) {
            String conversation = "c" + c;
            List<String> cast = new ArrayList<>(AGENTS);
            Collections.shuffle(cast, random);
            String asker = cast.get(0);
            String asked = cast.get(1);
            String request = script.say(REQUEST, asker, List.of(asked), conversation, null, "please");
            switch (random.nextInt(8)) {
                case 0 -> {
                    // Handed on: whom the asked one asked answers in its place.
                    String on = script.say(REQUEST, asked, List.of(cast.get(2)), conversation, request, "you do it");
                    script.say(RESPONSE, cast.get(2), List.of(asker), conversation, request, "done");
                    script.say(RESPONSE, cast.get(2), List.of(asked), conversation, on, "done");
                }
                case 1 -> {
                    // A group: everybody hears everything and answers whom he likes.
                    script.say(BROADCAST, asked, AGENTS, conversation, request, "what do you think?");
                    for (String other : cast.subList(2, 5)) {
                        script.say(RESPONSE, other, AGENTS, conversation, request, "I think " + other);
                    }
                }
                case 2 -> script.retry(script.say(RESPONSE, asked, List.of(asker), conversation, request, "done"));
                case 3 -> {
                    script.say(
                            RESPONSE,
                            asked,
                            List.of(asker),
                            conversation,
                            request,
                            "10 %",
                            List.of(),
                            Map.of("partial", "true"));
                    script.say(RESPONSE, asked, List.of(asker), conversation, request, "done");
                }
                case 4 -> script.say(RESPONSE, asked, List.of(asker), conversation, null, "done, without a cause");
                case 5 -> {
                    String stranger = "stranger" + c;
                    script.say(RESPONSE, stranger, List.of(asker), conversation, request, "done");
                    guilty.add(stranger);
                }
                case 6 -> {
                    String twice = "twice" + c;
                    String two = script.say(REQUEST, asker, List.of(twice), conversation, null, "please");
                    script.say(RESPONSE, twice, List.of(asker), conversation, two, "yes");
                    script.say(RESPONSE, twice, List.of(asker), conversation, two, "no");
                    guilty.add(twice);
                }
                default -> script.say(RESPONSE, asked, List.of(asker), conversation, request, "done");
            }
            script.pause(2_000);
        }
        script.pause(20_000);
        script.say(REQUEST, "a", List.of("b"), "last", null, "tick");
        Watched watched = Watched.over(
                () -> new Protocol(Protocol.Policy.DEFAULT),
                script.delivered(random, random.nextBoolean() ? 0 : 3),
                random.nextInt(60));
        assertThat(watched.guilty(Pattern.PROTOCOL_VIOLATION)).isEqualTo(guilty);
        assertThat(watched.alerts(each -> each.alert().grade() != Grade.FACT)).isEmpty();
    }

    @Property(tries = 200)
    void only_what_was_never_granted_or_goes_beyond_the_declared_capacity_contradicts(@ForAll Random random) {
        Script script = new Script();
        Map<String, List<Double>> held = new HashMap<>();
        double free = 100;
        for (int i = 0; i < 80; i++) {
            String agent = one(random, AGENTS);
            double amount = 5 * (1 + random.nextInt(4)) + 0.1;
            List<Double> own = held.computeIfAbsent(agent, x -> new ArrayList<>());
            if (!own.isEmpty() && random.nextBoolean()) {
                double back = own.removeLast();
                free += back;
                String id = script.say(
                        BROADCAST,
                        agent,
                        List.of("scheduler"),
                        "claims",
                        null,
                        "done " + i,
                        claim(ClaimAction.RELEASE, back),
                        Map.of());
                if (random.nextInt(4) == 0) {
                    script.retry(id);
                }
            } else if (amount <= free) {
                free -= amount;
                own.add(amount);
                String id = script.say(
                        RESPONSE,
                        "scheduler",
                        List.of(agent),
                        "claims",
                        null,
                        "yes " + i,
                        claim(ClaimAction.GRANT, amount),
                        Map.of("capacity", "100"));
                if (random.nextInt(4) == 0) {
                    script.retry(id);
                }
            }
            script.pause(random.nextInt(300));
        }
        Set<String> guilty = new TreeSet<>();
        if (random.nextBoolean()) {
            guilty.add("thief");
            script.say(
                    BROADCAST,
                    "thief",
                    List.of("scheduler"),
                    "claims",
                    null,
                    "done",
                    claim(ClaimAction.RELEASE, 7),
                    Map.of());
        }
        if (random.nextBoolean()) {
            guilty.add("scheduler");
            script.say(
                    RESPONSE,
                    "scheduler",
                    List.of("a"),
                    "claims",
                    null,
                    "sure",
                    claim(ClaimAction.GRANT, free + 1),
                    Map.of("capacity", "100"));
        }
        script.pause(20_000);
        script.say(REQUEST, "a", List.of("b"), "last", null, "tick");
        Watched watched = Watched.over(
                () -> new Contradiction(Contradiction.Policy.DEFAULT),
                script.delivered(random, random.nextBoolean() ? 0 : 2_000),
                random.nextInt(80));
        // Without a grant before it nobody is known to give the resource out; a release of it then says nothing.
        assertThat(watched.guilty(Pattern.CONTRADICTION)).isEqualTo(guilty);
        assertThat(watched.alerts(each -> true)).hasSize(guilty.size());
    }

    private static List<Claim> claim(ClaimAction action, double amount) {
        return List.of(new Claim("gpu", action, amount, "percent", null));
    }

    @Example
    void a_run_that_speaks_after_its_successor_began_is_forged_but_what_was_under_way_is_not() {
        Script script = new Script();
        script.say(REQUEST, "a", List.of("b"), "c", null, "first run");
        script.restart("a");
        script.say(REQUEST, "a", List.of("b"), "c", null, "second run");
        Map<String, String> former = Map.of("epoch", "1");
        script.say(REQUEST, "a", List.of("b"), "c", null, "was under way", List.of(), former, 2);
        assertThat(Watched.over(() -> new SenderSequence(SenderSequence.Policy.DEFAULT), script.recorded(), 1)
                        .findings())
                .isEmpty();
        script.pause(120_000);
        script.say(REQUEST, "a", List.of("b"), "c", null, "from the grave", List.of(), former, 3);
        assertThat(Watched.over(() -> new SenderSequence(SenderSequence.Policy.DEFAULT), script.recorded(), 2)
                        .guilty(Pattern.FORGERY))
                .containsExactly("a");
    }

    @Example
    void prose_declares_nothing_and_a_revision_is_another_statement() {
        Script script = new Script();
        script.say(REQUEST, "a", List.of("b"), "c", null, "price is 5");
        script.say(REQUEST, "a", List.of("d"), "c", null, "price is 6");
        script.say(REQUEST, "a", List.of("b"), "c", null, "x", List.of(), Map.of("statement", "\"price is 5\""));
        script.say(REQUEST, "a", List.of("d"), "c", null, "x", List.of(), Map.of("statement", "\"price is 6\""));
        script.say(
                REQUEST,
                "a",
                List.of("b"),
                "c",
                null,
                "x",
                List.of(),
                Map.of("statement", "{\"key\":\"price\",\"value\":5,\"revision\":1}"));
        script.say(
                REQUEST,
                "a",
                List.of("d"),
                "c",
                null,
                "x",
                List.of(),
                Map.of("statement", "{\"key\":\"price\",\"value\":6,\"revision\":2}"));
        assertThat(Watched.over(() -> new Equivocation(Equivocation.Policy.DEFAULT), script.recorded(), 3)
                        .findings())
                .isEmpty();
    }

    @Example
    void numbers_and_members_are_compared_in_their_canonical_form() {
        // The examples of RFC 8785, section 3.2.2 and appendix B.
        assertThat(
                        CanonicalJson.of(
                                new JsonText(
                                        "{\"numbers\":[333333333.33333329,1E30,4.50,2e-3,0.000000000000000000000000001],"
                                                + "\"string\":\"\\u20ac$\\u000F\\u000aA'\\u0042\\u0022\\u005c\\\\\\\"\\/\",\"literals\":[null,true,false]}")))
                .isEqualTo("{\"literals\":[null,true,false],\"numbers\":[333333333.3333333,1e+30,4.5,0.002,1e-27],"
                        + "\"string\":\"€$\\u000f\\nA'B\\\"\\\\\\\\\\\"/\"}");
        assertThat(List.of(
                                5e-324,
                                -0.0,
                                1.7976931348623157e308,
                                9007199254740992d,
                                295147905179352830000d,
                                1e21,
                                9.999999999999997e22,
                                1e-7,
                                0.000001,
                                -1.5)
                        .stream()
                        .map(value -> {
                            StringBuilder out = new StringBuilder();
                            CanonicalJson.number(out, value);
                            return out.toString();
                        }))
                .containsExactly(
                        "5e-324",
                        "0",
                        "1.7976931348623157e+308",
                        "9007199254740992",
                        "295147905179352830000",
                        "1e+21",
                        "9.999999999999997e+22",
                        "1e-7",
                        "0.000001",
                        "-1.5");
    }

    private static String one(Random random, List<String> of) {
        return of.get(random.nextInt(of.size()));
    }

    private static List<String> some(Random random) {
        List<String> all = new ArrayList<>(AGENTS);
        Collections.shuffle(all, random);
        return List.copyOf(all.subList(0, random.nextInt(4) == 0 ? 3 : 1));
    }

    @Example
    void what_goes_on_updates_its_alert_and_what_happens_again_after_the_end_is_another() {
        Script script = new Script();
        for (int burst = 0; burst < 2; burst++) {
            for (int i = 0; i < 4; i++) {
                long number = 1 + 10L * burst + i;
                for (String words : List.of("pay", "do not pay")) {
                    script.say(
                            REQUEST,
                            "a",
                            List.of("b"),
                            "c",
                            null,
                            words + " " + burst + i,
                            List.of(),
                            Map.of(),
                            number);
                }
            }
            script.pause(700_000);
            script.say(REQUEST, "x", List.of("y"), "d", null, "meanwhile");
        }
        Watched watched = Watched.over(() -> new SenderSequence(SenderSequence.Policy.DEFAULT), script.recorded(), 5);
        assertThat(watched.alerts(each -> true)).hasSize(2);
        assertThat(watched.findings()).as("told at one, two and four").hasSize(6);
        assertThat(watched.ended())
                .hasSize(2)
                .allSatisfy(
                        over -> assertThat(over.reason()).isEqualTo("the pattern ended: nothing more of it for 600 s"));
    }
}
