package io.skein.bench.detectors;

import io.skein.bench.detectors.Injection.Difficulty;
import io.skein.bench.detectors.Stage.Line;
import io.skein.kernel.alert.Pattern;
import io.skein.kernel.message.ClaimAction;
import io.skein.kernel.message.MessageType;
import io.skein.kernel.message.Outcome;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * Puts faults, and what only looks like faults, into a stage: seeded recipes with agents drawn for each, who also do honest work before, after and in between.
 * Knows nothing of how anything is detected.
 */
public final class Injector {
    private static final List<String> PASSING = List.of(
            "please take this",
            "you do it",
            "not mine, over to you",
            "can you handle it",
            "see above",
            "your turn",
            "pass it on",
            "this is for you");

    private final Stage stage;
    private final Random random;
    private final List<Injection> catalogue = new ArrayList<>();

    /** What is put in at {@code start}, in one way of hiding. */
    private interface Recipe {
        Injection at(long start, Difficulty difficulty);
    }

    public Injector(Stage stage, Random random) {
        this.stage = stage;
        this.random = random;
    }

    public List<Injection> catalogue() {
        return catalogue;
    }

    /** The recipes of faults by name; each pattern has one or more. */
    private Map<String, Recipe> faults() {
        Map<String, Recipe> faults = new LinkedHashMap<>();
        faults.put("routing_loop", this::loop);
        faults.put("livelock", this::livelock);
        faults.put("hoarding", this::hoarding);
        faults.put("deadlock", this::deadlock);
        faults.put("cascade", this::cascade);
        faults.put("equivocation", this::equivocation);
        faults.put("contradiction_release", this::releasedUnheld);
        faults.put("contradiction_grant", this::grantedBeyond);
        faults.put("replay", this::replay);
        faults.put("forgery_cause", this::causeFromTheFuture);
        faults.put("forgery_run", this::formerRun);
        faults.put("protocol_second", this::secondResponse);
        faults.put("protocol_not_asked", this::notAsked);
        faults.put("silent_drop", this::silentDrop);
        return faults;
    }

    private Map<String, Recipe> lookAlikes() {
        Map<String, Recipe> benign = new LinkedHashMap<>();
        benign.put("turn_taking", this::turnTaking);
        benign.put("pipeline", this::pipeline);
        benign.put("polling", this::polling);
        benign.put("batch", this::batch);
        benign.put("retries", this::retries);
        benign.put("call_back", this::callBack);
        benign.put("heavy_but_fair", this::heavyButFair);
        benign.put("full_pool", this::fullPool);
        benign.put("queue_for_a_lock", this::queueForALock);
        benign.put("announcement", this::announcement);
        benign.put("correction", this::correction);
        benign.put("restart", this::restart);
        benign.put("duplicates", this::duplicates);
        benign.put("reordered", this::reordered);
        benign.put("slow_answers", this::slowAnswers);
        return benign;
    }

    public List<String> faultNames() {
        return List.copyOf(faults().keySet());
    }

    public List<String> lookAlikeNames() {
        return List.copyOf(lookAlikes().keySet());
    }

    /** Puts in one fault. */
    public Injection fault(String name, Difficulty difficulty, long startMilli) {
        return put(faults().get(name), name, difficulty, startMilli);
    }

    /** Puts in one of what only looks like a fault. */
    public Injection lookAlike(String name, long startMilli) {
        return put(lookAlikes().get(name), name, Difficulty.TIGHT, startMilli);
    }

    private Injection put(@Nullable Recipe recipe, String name, Difficulty difficulty, long startMilli) {
        if (recipe == null) {
            throw new IllegalArgumentException("no recipe " + name);
        }
        int first = stage.size();
        Injection injection = recipe.at(startMilli, difficulty).of(first, stage.size());
        if (difficulty == Difficulty.CAUSATION_LOST) {
            stage.loseCauses(first, 0.01, random);
        }
        chatter(injection.cast(), startMilli - 120_000, injection.endMilli() + 60_000);
        catalogue.add(injection);
        return injection;
    }

    // ---- what recipes share

    private List<String> crew(String role, int size) {
        List<String> crew = new ArrayList<>();
        for (int i = 0; i < size; i++) {
            crew.add(role + "-" + catalogue.size() + "-" + (char) ('a' + i) + random.nextInt(10));
        }
        return crew;
    }

    private String conversation(String about) {
        return about + "-" + catalogue.size();
    }

    /** The pause before the next step. */
    private long step(Difficulty difficulty) {
        return difficulty == Difficulty.SLOW ? 15_000 + random.nextInt(30_000) : 50 + random.nextInt(400);
    }

    private String place(String conversation, Difficulty difficulty, int step) {
        return difficulty == Difficulty.CROSS_CONVERSATION ? conversation + "." + step : conversation;
    }

    private Injection entry(
            @Nullable Pattern pattern,
            String kind,
            Difficulty difficulty,
            List<String> agents,
            List<String> cast,
            long start,
            long end,
            int intensity) {
        return new Injection(
                catalogue.size(),
                pattern,
                kind,
                difficulty,
                List.copyOf(agents),
                List.copyOf(cast),
                start,
                end,
                intensity,
                "",
                0,
                0);
    }

    private Line ask(long at, String from, String to, String conversation, @Nullable Line cause, String text) {
        return stage.say(at, MessageType.REQUEST, from, List.of(to), conversation, cause, text);
    }

    private Line answer(long at, Line request, String text) {
        return stage.say(
                        at,
                        MessageType.RESPONSE,
                        request.to.getFirst(),
                        List.of(request.from),
                        request.conversation,
                        request,
                        text)
                .ending(Outcome.OK);
    }

    /** A question and its answer. */
    private long exchange(long at, String from, String to, String conversation) {
        Line request = ask(at, from, to, conversation, null, Words.some(random, 4 + random.nextInt(12)));
        long answered = at + 100 + random.nextInt(1_500);
        answer(answered, request, Words.some(random, 4 + random.nextInt(12)));
        return answered;
    }

    /** Honest work of the cast with one another, every few seconds. */
    private void chatter(List<String> cast, long from, long to) {
        if (cast.size() < 2) {
            return;
        }
        int number = 0;
        long mean = Math.max(4_000, (to - from) / 12);
        for (long at = Math.max(0, from) + random.nextInt(3_000); at < to; at += mean / 2 + random.nextLong(mean)) {
            String one = Words.pick(random, cast);
            String other = Words.pick(random, cast);
            if (!one.equals(other)) {
                exchange(at, one, other, "work-" + catalogue.size() + "-" + number++);
            }
        }
    }

    private void meanwhile(Difficulty difficulty, long at, List<String> cast, String conversation) {
        if (difficulty == Difficulty.INTERLEAVED && random.nextInt(2) == 0) {
            String one = Words.pick(random, cast);
            String other = Words.pick(random, cast);
            if (!one.equals(other)) {
                // Its own question, answered before the next step.
                Line request = ask(at + 1, one, other, conversation, null, Words.some(random, 6));
                answer(at + 10, request, Words.some(random, 6));
            }
        }
    }

    // ---- faults

    private Injection loop(long start, Difficulty difficulty) {
        int size = 3 + random.nextInt(4);
        List<String> crew = crew("router", size);
        int laps = 2 + random.nextInt(4);
        boolean same = random.nextBoolean();
        String text = Words.some(random, 5 + random.nextInt(15));
        String conversation = conversation("loop");
        long at = start;
        Line cause = ask(at, "desk", crew.getFirst(), conversation, null, text);
        for (int hop = 0; hop < laps * size; hop++) {
            at += step(difficulty);
            meanwhile(difficulty, at - 40, crew, conversation);
            cause = ask(
                    at,
                    crew.get(hop % size),
                    crew.get((hop + 1) % size),
                    place(conversation, difficulty, hop),
                    cause,
                    same ? text : Words.pick(random, PASSING));
        }
        return entry(Pattern.ROUTING_LOOP, "routing_loop", difficulty, crew, crew, start, at, laps);
    }

    /** Everybody answers, nothing comes of it, and it begins again: try, check, fix, try … with almost the same words. */
    private Injection livelock(long start, Difficulty difficulty) {
        int size = 3 + random.nextInt(2);
        List<String> crew = crew("fixer", size);
        int laps = 5 + random.nextInt(4);
        String conversation = conversation("livelock");
        List<String> asked = new ArrayList<>();
        List<String> answered = new ArrayList<>();
        for (int i = 0; i < size; i++) {
            asked.add(Words.some(random, 10 + random.nextInt(6)));
            answered.add("still failing " + Words.some(random, 8 + random.nextInt(6)));
        }
        boolean nested = random.nextBoolean();
        long at = start;
        Line cause = null;
        int hop = 0;
        for (int lap = 0; lap < laps; lap++) {
            List<Line> open = new ArrayList<>();
            for (int i = 0; i < size - 1; i++) {
                at += step(difficulty);
                meanwhile(difficulty, at - 40, crew, conversation);
                String from = nested ? crew.get(i) : crew.getFirst();
                Line request = ask(
                        at, from, crew.get(i + 1), place(conversation, difficulty, hop++), cause, nearly(asked.get(i)));
                cause = request;
                open.add(request);
                if (!nested) {
                    at += step(difficulty);
                    cause = answer(at, request, nearly(answered.get(i))).ending(Outcome.ERROR);
                    open.clear();
                }
            }
            for (Line request : open.reversed()) {
                at += step(difficulty);
                cause = stage.say(
                                at,
                                MessageType.RESPONSE,
                                request.to.getFirst(),
                                List.of(request.from),
                                request.conversation,
                                cause,
                                nearly(answered.get(open.indexOf(request))))
                        .ending(Outcome.ERROR);
            }
        }
        return entry(Pattern.LIVELOCK, "livelock", difficulty, crew, crew, start, at, laps);
    }

    /** One word in ten is another. */
    private String nearly(String text) {
        String[] words = text.split(" ");
        if (random.nextInt(2) == 0) {
            words[random.nextInt(words.length)] = Words.one(random);
        }
        return String.join(" ", words);
    }

    private Line claim(
            long at,
            MessageType type,
            String from,
            String to,
            String conversation,
            @Nullable Line cause,
            String resource,
            ClaimAction action,
            double amount,
            String unit) {
        return stage.say(at, type, from, List.of(to), conversation, cause, action + " " + Words.some(random, 3))
                .claiming(resource, action, amount, unit);
    }

    private long granted(
            long at, String who, String giver, String conversation, String resource, double amount, String unit) {
        Line wish = claim(
                at, MessageType.REQUEST, who, giver, conversation, null, resource, ClaimAction.REQUEST, amount, unit);
        claim(at + 60, MessageType.RESPONSE, giver, who, conversation, wish, resource, ClaimAction.GRANT, amount, unit);
        return at + 60;
    }

    private void refused(
            long at, String who, String by, String conversation, String resource, double amount, String unit) {
        Line wish = claim(
                at, MessageType.REQUEST, who, by, conversation, null, resource, ClaimAction.REQUEST, amount, unit);
        claim(at + 80, MessageType.RESPONSE, by, who, conversation, wish, resource, ClaimAction.REFUSE, amount, unit)
                .ending(Outcome.REFUSED);
    }

    /** Ordinary use of a pool of 100: small shares, used and given back; now and then all of it is out and somebody is refused. */
    private long ordinaryUse(
            long start, List<String> crew, String giver, String resource, String conversation, boolean reports) {
        long at = start;
        for (int i = 0; i < 24; i++) {
            String who = Words.pick(random, crew);
            int amount = 5 + random.nextInt(20);
            at = granted(at + 300, who, giver, conversation + ".u" + i, resource, amount, "percent");
            if (reports) {
                claim(
                        at + 50,
                        MessageType.BROADCAST,
                        who,
                        giver,
                        conversation + ".u" + i,
                        null,
                        resource,
                        ClaimAction.USE,
                        amount,
                        "percent");
            }
            at += 1_000 + random.nextInt(1_500);
            if (random.nextInt(8) == 0) {
                refused(at, Words.pick(random, crew), giver, conversation + ".r" + i, resource, 95, "percent");
            }
            claim(
                    at,
                    MessageType.BROADCAST,
                    who,
                    giver,
                    conversation + ".u" + i,
                    null,
                    resource,
                    ClaimAction.RELEASE,
                    amount,
                    "percent");
        }
        // All of it at once, so that how much there is can be seen.
        for (int i = 0; i < 5; i++) {
            granted(
                    at + 100 + i * 70L,
                    crew.get(i % crew.size()),
                    giver,
                    conversation + ".a" + i,
                    resource,
                    20,
                    "percent");
        }
        at += 2_000;
        for (int i = 0; i < 5; i++) {
            claim(
                    at + i,
                    MessageType.BROADCAST,
                    crew.get(i % crew.size()),
                    giver,
                    conversation + ".a" + i,
                    null,
                    resource,
                    ClaimAction.RELEASE,
                    20,
                    "percent");
        }
        return at + 1_000;
    }

    private Injection hoarding(long start, Difficulty difficulty) {
        List<String> crew = crew("worker", 6 + random.nextInt(4));
        String giver = "keeper-" + catalogue.size();
        String resource = "pool-" + catalogue.size();
        String conversation = conversation("hoard");
        boolean reports = random.nextBoolean();
        long at = ordinaryUse(start - 80_000, crew.subList(1, crew.size()), giver, resource, conversation, reports);
        String hoarder = crew.getFirst();
        int amount = 55 + random.nextInt(40);
        long began = at;
        at = granted(at, hoarder, giver, place(conversation, difficulty, 0), resource, amount, "percent");
        int refusals = 10 + random.nextInt(8);
        // Others go on with the little that is left.
        int left = Math.max(1, (100 - amount) / 2);
        granted(at + 500, crew.get(1), giver, conversation + ".left", resource, left, "percent");
        for (int i = 0; i < refusals; i++) {
            at += difficulty == Difficulty.SLOW ? 20_000 : 1_000 + random.nextInt(1_500);
            String other = crew.get(2 + random.nextInt(crew.size() - 2));
            meanwhile(difficulty, at - 100, crew.subList(1, crew.size()), conversation);
            boolean byHolder = !reports || random.nextBoolean();
            refused(at, other, byHolder ? hoarder : giver, place(conversation, difficulty, i), resource, 30, "percent");
            if (reports && i % 3 == 0) {
                claim(
                        at + 200,
                        MessageType.BROADCAST,
                        crew.get(1),
                        giver,
                        conversation + ".left",
                        null,
                        resource,
                        ClaimAction.USE,
                        left,
                        "percent");
            }
        }
        claim(
                at + 1_000,
                MessageType.BROADCAST,
                hoarder,
                giver,
                conversation,
                null,
                resource,
                ClaimAction.RELEASE,
                amount,
                "percent");
        return entry(Pattern.HOARDING, "hoarding", difficulty, List.of(hoarder), crew, began, at + 1_000, refusals);
    }

    private Injection deadlock(long start, Difficulty difficulty) {
        int size = 2 + random.nextInt(4);
        List<String> crew = crew("holder", size);
        String conversation = conversation("deadlock");
        String locksmith = "locksmith-" + catalogue.size();
        long at = start;
        for (int i = 0; i < size; i++) {
            at += step(difficulty) / 4;
            granted(
                    at,
                    crew.get(i),
                    locksmith,
                    place(conversation, difficulty, i),
                    "lock-" + catalogue.size() + "-" + i,
                    1,
                    "lock");
            meanwhile(difficulty, at, crew, conversation);
        }
        List<Line> wishes = new ArrayList<>();
        for (int i = 0; i < size; i++) {
            at += 200 + step(difficulty) / 4;
            int wanted = (i + 1) % size;
            // Asks the holder, or the one who gives locks out.
            String asked = random.nextBoolean() ? crew.get(wanted) : locksmith;
            wishes.add(claim(
                    at,
                    MessageType.REQUEST,
                    crew.get(i),
                    asked,
                    place(conversation, difficulty, size + i),
                    null,
                    "lock-" + catalogue.size() + "-" + wanted,
                    ClaimAction.REQUEST,
                    1,
                    "lock"));
        }
        long end = at + 20_000 + random.nextInt(20_000);
        for (int i = 0; i < size; i++) {
            Line wish = wishes.get(i);
            claim(
                            end + i,
                            MessageType.RESPONSE,
                            wish.to.getFirst(),
                            wish.from,
                            wish.conversation,
                            wish,
                            wish.claims.getFirst().resource(),
                            ClaimAction.REFUSE,
                            1,
                            "lock")
                    .ending(Outcome.TIMEOUT);
            claim(
                    end + 100 + i,
                    MessageType.BROADCAST,
                    crew.get(i),
                    locksmith,
                    conversation,
                    null,
                    "lock-" + catalogue.size() + "-" + i,
                    ClaimAction.RELEASE,
                    1,
                    "lock");
        }
        return entry(Pattern.DEADLOCK, "deadlock", difficulty, crew, crew, start, end, size);
    }

    /** One message that everybody passes on, the amplifier to twice as many as the others. */
    private Injection cascade(long start, Difficulty difficulty) {
        List<String> crew = crew("gossip", 24);
        String conversation = conversation("cascade");
        String source = crew.getFirst();
        String amplifier = crew.get(1);
        int width = 3 + random.nextInt(2);
        int depth = width == 3 ? 4 : 3;
        record Told(String agent, Line cause, long at, int depth) {}
        List<Told> next = new ArrayList<>();
        String text = "urgent " + Words.some(random, 8);
        List<String> first = new ArrayList<>(List.of(amplifier));
        first.addAll(crew.subList(2, 1 + width));
        Line root = stage.say(start, MessageType.BROADCAST, source, first, conversation, null, text);
        for (String agent : first) {
            next.add(new Told(agent, root, start, 1));
        }
        long end = start;
        int said = 1;
        while (!next.isEmpty() && said < 250) {
            Told told = next.removeFirst();
            if (told.depth() > depth) {
                continue;
            }
            long at = told.at()
                    + (difficulty == Difficulty.SLOW ? 1_500 + random.nextInt(2_500) : 100 + random.nextInt(700));
            int fan = told.agent().equals(amplifier) ? 2 * width + 1 : Math.max(1, width - 1 + random.nextInt(3));
            List<String> to = new ArrayList<>();
            while (to.size() < fan) {
                String other = Words.pick(random, crew);
                if (!other.equals(told.agent())
                        && !other.equals(source)
                        && !to.contains(other)
                        && (!other.equals(amplifier) || told.depth() < 2)) {
                    to.add(other);
                }
            }
            meanwhile(difficulty, at - 30, crew, conversation);
            Line line = stage.say(
                    at,
                    MessageType.BROADCAST,
                    told.agent(),
                    to,
                    place(conversation, difficulty, said),
                    told.cause(),
                    nearly(text));
            said++;
            end = Math.max(end, at);
            for (String agent : to) {
                next.add(new Told(agent, line, at, told.depth() + 1));
            }
        }
        Injection entry =
                entry(Pattern.CASCADE, "cascade", difficulty, List.of(source, amplifier), crew, start, end, said);
        return new Injection(
                entry.number(),
                entry.pattern(),
                entry.kind(),
                difficulty,
                entry.agents(),
                entry.cast(),
                start,
                end,
                said,
                amplifier,
                0,
                0);
    }

    private Line state(long at, String from, String to, String conversation, String key, int value) {
        return ask(at, from, to, conversation, null, "about " + Words.some(random, 5))
                .with("statement", "{\"key\":\"" + key + "\",\"value\":" + value + "}");
    }

    private Injection equivocation(long start, Difficulty difficulty) {
        List<String> crew = crew("buyer", 3 + random.nextInt(3));
        String conversation = conversation("deal");
        String liar = crew.getFirst();
        String key = "ceiling-" + catalogue.size();
        int value = 100 + random.nextInt(900);
        long at = start;
        for (int i = 1; i < crew.size(); i++) {
            // A statement is about its conversation; over several of them it would be several statements.
            Line told = state(at, liar, crew.get(i), conversation, key, i % 2 == 0 ? value * 4 : value);
            answer(at + 300, told, "noted");
            at += 400 + step(difficulty);
            meanwhile(difficulty, at - 40, crew, conversation);
        }
        return entry(Pattern.EQUIVOCATION, "equivocation", difficulty, List.of(liar), crew, start, at, crew.size() - 1);
    }

    private Injection releasedUnheld(long start, Difficulty difficulty) {
        List<String> crew = crew("tenant", 3);
        String giver = "store-" + catalogue.size();
        String resource = "goods-" + catalogue.size();
        String conversation = conversation("store");
        long at = start;
        for (int i = 0; i < 4; i++) {
            String who = crew.get(1 + i % 2);
            at = granted(at + 300, who, giver, place(conversation, difficulty, i), resource, 5, "items");
            at += step(difficulty);
            claim(
                    at,
                    MessageType.BROADCAST,
                    who,
                    giver,
                    place(conversation, difficulty, i),
                    null,
                    resource,
                    ClaimAction.RELEASE,
                    5,
                    "items");
        }
        claim(
                at + 100,
                MessageType.BROADCAST,
                crew.getFirst(),
                giver,
                conversation,
                null,
                resource,
                ClaimAction.RELEASE,
                5,
                "items");
        // Something must happen later for the wait to be over.
        return entry(
                Pattern.CONTRADICTION,
                "contradiction_release",
                difficulty,
                List.of(crew.getFirst()),
                crew,
                start,
                at + 100,
                1);
    }

    private Injection grantedBeyond(long start, Difficulty difficulty) {
        List<String> crew = crew("tenant", 4);
        String giver = "store-" + catalogue.size();
        String resource = "goods-" + catalogue.size();
        String conversation = conversation("store");
        long at = start;
        for (int i = 0; i < 4; i++) {
            Line wish = claim(
                    at,
                    MessageType.REQUEST,
                    crew.get(i),
                    giver,
                    place(conversation, difficulty, i),
                    null,
                    resource,
                    ClaimAction.REQUEST,
                    30,
                    "items");
            claim(
                            at + 60,
                            MessageType.RESPONSE,
                            giver,
                            crew.get(i),
                            place(conversation, difficulty, i),
                            wish,
                            resource,
                            ClaimAction.GRANT,
                            30,
                            "items")
                    .with("capacity", "100");
            at += 100 + step(difficulty);
        }
        List<String> cast = new ArrayList<>(crew);
        cast.add(giver);
        return entry(Pattern.CONTRADICTION, "contradiction_grant", difficulty, List.of(giver), cast, start, at, 4);
    }

    private Injection replay(long start, Difficulty difficulty) {
        List<String> crew = crew("clerk", 3);
        String conversation = conversation("orders");
        long at = start;
        Line first = ask(at, crew.getFirst(), crew.get(1), conversation, null, "pay " + Words.some(random, 6));
        answer(at + 200, first, "paid");
        at += step(difficulty);
        meanwhile(difficulty, at - 40, crew, conversation);
        ask(at, crew.getFirst(), crew.get(2), place(conversation, difficulty, 1), null, "pay " + Words.some(random, 6))
                .numberedAs(first);
        return entry(Pattern.REPLAY, "replay", difficulty, List.of(crew.getFirst()), crew, start, at, 1);
    }

    private Injection causeFromTheFuture(long start, Difficulty difficulty) {
        List<String> crew = crew("clerk", 3);
        String conversation = conversation("claims");
        long at = start + step(difficulty);
        Line early = ask(start, crew.getFirst(), crew.get(1), conversation, null, Words.some(random, 8));
        meanwhile(difficulty, start + 20, crew, conversation);
        Line later =
                ask(at, crew.getFirst(), crew.get(2), place(conversation, difficulty, 1), null, Words.some(random, 8));
        early.cause = later.id;
        return entry(Pattern.FORGERY, "forgery_cause", difficulty, List.of(crew.getFirst()), crew, start, at, 1);
    }

    private Injection formerRun(long start, Difficulty difficulty) {
        List<String> crew = crew("clerk", 2);
        String conversation = conversation("runs");
        long at = start;
        for (int i = 0; i < 4; i++) {
            ask(at, crew.getFirst(), crew.get(1), place(conversation, difficulty, i), null, Words.some(random, 8))
                    .inRun(1);
            at += 500;
        }
        ask(at, crew.getFirst(), crew.get(1), conversation, null, Words.some(random, 8))
                .inRun(2);
        at += 70_000 + step(difficulty);
        ask(at, crew.getFirst(), crew.get(1), conversation, null, Words.some(random, 8))
                .inRun(1);
        return entry(Pattern.FORGERY, "forgery_run", difficulty, List.of(crew.getFirst()), List.of(), start, at, 1);
    }

    private Injection secondResponse(long start, Difficulty difficulty) {
        List<String> crew = crew("teller", 3);
        String conversation = conversation("desk");
        Line request = ask(start, crew.getFirst(), crew.get(1), conversation, null, Words.some(random, 8));
        long at = start + 300;
        answer(at, request, "yes " + Words.some(random, 5));
        at += step(difficulty);
        meanwhile(difficulty, at - 40, crew, conversation);
        stage.say(
                at,
                MessageType.RESPONSE,
                crew.get(1),
                List.of(crew.getFirst()),
                place(conversation, difficulty, 1),
                request,
                "no " + Words.some(random, 5));
        return entry(
                Pattern.PROTOCOL_VIOLATION, "protocol_second", difficulty, List.of(crew.get(1)), crew, start, at, 1);
    }

    private Injection notAsked(long start, Difficulty difficulty) {
        List<String> crew = crew("teller", 2);
        String intruder = "intruder-" + catalogue.size();
        String conversation = conversation("desk");
        Line request = ask(start, crew.getFirst(), crew.get(1), conversation, null, Words.some(random, 8));
        answer(start + 700, request, Words.some(random, 5));
        long at = start + 100 + step(difficulty);
        stage.say(
                at,
                MessageType.RESPONSE,
                intruder,
                List.of(crew.getFirst()),
                place(conversation, difficulty, 1),
                request,
                Words.some(random, 6));
        return entry(
                Pattern.PROTOCOL_VIOLATION, "protocol_not_asked", difficulty, List.of(intruder), crew, start, at, 1);
    }

    /** Answers for a while, then leaves most requests unanswered while it goes on answering some. */
    private Injection silentDrop(long start, Difficulty difficulty) {
        List<String> crew = crew("server", 4);
        String dropper = crew.getFirst();
        long at = start - 100_000;
        for (int i = 0; i < 50; i++) {
            at += 1_500 + random.nextInt(500);
            exchange(at, crew.get(1 + i % 3), dropper, conversation("calls") + "." + i);
        }
        long began = Math.max(at, start);
        at = began;
        int dropped = 0;
        for (int i = 0; i < 24; i++) {
            at += difficulty == Difficulty.SLOW ? 8_000 + random.nextInt(8_000) : 800 + random.nextInt(800);
            String from = crew.get(1 + random.nextInt(3));
            if (random.nextInt(100) < 75) {
                ask(at, from, dropper, place(conversation("calls"), difficulty, 100 + i), null, Words.some(random, 8));
                dropped++;
            } else {
                exchange(at, from, dropper, conversation("calls") + "." + (100 + i));
            }
            if (i % 4 == 0) {
                // It is there, and has things of its own to ask.
                exchange(at + 300, dropper, from, conversation("own") + "." + i);
            }
            meanwhile(difficulty, at + 50, crew.subList(1, 4), conversation("calls"));
        }
        return entry(
                Pattern.SILENT_DROP,
                "silent_drop",
                difficulty,
                List.of(dropper),
                crew.subList(1, 4),
                began,
                at,
                dropped);
    }

    // ---- what only looks like a fault

    private Injection benign(String kind, List<String> cast, long start, long end) {
        return entry(null, kind, Difficulty.TIGHT, List.of(), cast, start, end, 1);
    }

    /** A moderator calls speakers in turn, round after round; everybody has something to say. */
    private Injection turnTaking(long start, Difficulty ignored) {
        List<String> crew = crew("speaker", 4 + random.nextInt(3));
        String conversation = conversation("table");
        String moderator = crew.getFirst();
        boolean caused = random.nextBoolean();
        long at = start;
        Line last = null;
        for (int round = 0; round < 5; round++) {
            for (String speaker : crew.subList(1, crew.size())) {
                at += 500 + random.nextInt(1_000);
                Line call = ask(
                        at,
                        moderator,
                        speaker,
                        conversation,
                        caused ? last : null,
                        "please speak, it is your turn now");
                at += 500 + random.nextInt(2_000);
                last = answer(at, call, Words.some(random, 10 + random.nextInt(20)));
            }
        }
        return benign("turn_taking", crew, start, at);
    }

    /** Work handed from desk to desk and round again, each adding to it, nobody "answering". */
    private Injection pipeline(long start, Difficulty ignored) {
        List<String> crew = crew("maker", 3 + random.nextInt(2));
        String conversation = conversation("line");
        long at = start;
        Line cause = null;
        for (int hop = 0; hop < crew.size() * 4; hop++) {
            at += 400 + random.nextInt(2_000);
            cause = ask(
                    at,
                    crew.get(hop % crew.size()),
                    crew.get((hop + 1) % crew.size()),
                    conversation,
                    cause,
                    Words.some(random, 14 + random.nextInt(20)));
        }
        return benign("pipeline", crew, start, at);
    }

    private Injection polling(long start, Difficulty ignored) {
        List<String> crew = crew("poller", 4);
        String conversation = conversation("status");
        long at = start;
        for (int round = 0; round < 15; round++) {
            for (String each : crew.subList(1, 4)) {
                at += 300;
                Line poll = ask(at, crew.getFirst(), each, conversation, null, "what is the state of your work");
                answer(at + 100, poll, "busy, nothing to report yet");
            }
            at += 2_000;
        }
        return benign("polling", crew, start, at);
    }

    /** The same work on one item after another. */
    private Injection batch(long start, Difficulty ignored) {
        List<String> crew = crew("clerk", 3);
        String conversation = conversation("batch");
        long at = start;
        Line last = null;
        for (int item = 0; item < 12; item++) {
            Line first = ask(
                    at += 300,
                    crew.getFirst(),
                    crew.get(1),
                    conversation,
                    last,
                    "please check the entry of order " + (1_000 + item));
            Line second = ask(
                    at += 300,
                    crew.get(1),
                    crew.get(2),
                    conversation,
                    first,
                    "look up the customer of order " + (1_000 + item));
            Line found = answer(
                    at += 300, second, "found it, the customer of " + (1_000 + item) + " is " + Words.one(random));
            last = stage.say(
                            at += 300,
                            MessageType.RESPONSE,
                            crew.get(1),
                            List.of(crew.getFirst()),
                            conversation,
                            found,
                            "entry " + (1_000 + item) + " is fine")
                    .ending(Outcome.OK);
        }
        return benign("batch", crew, start, at);
    }

    private Injection retries(long start, Difficulty ignored) {
        List<String> crew = crew("caller", 3);
        String conversation = conversation("retry");
        long at = start;
        String text = Words.some(random, 8);
        Line first = ask(at, crew.getFirst(), crew.get(1), conversation, null, text);
        for (int i = 0; i < 6; i++) {
            at += 2_000;
            Line again =
                    stage.say(at, MessageType.REQUEST, crew.getFirst(), List.of(crew.get(1)), conversation, null, text);
            if (random.nextBoolean()) {
                again.numberedAs(first);
            }
        }
        answer(at + 500, first, Words.some(random, 6));
        return benign("retries", crew, start, at + 500);
    }

    /** A asks B, B asks back, A explains, B asks C, C asks B back, … and all is answered. */
    private Injection callBack(long start, Difficulty ignored) {
        List<String> crew = crew("asker", 3);
        String conversation = conversation("callback");
        long at = start;
        Line first = ask(at, crew.get(0), crew.get(1), conversation, null, Words.some(random, 8));
        Line back = ask(at += 400, crew.get(1), crew.get(0), conversation, first, "which one do you mean");
        answer(at += 400, back, "that one " + Words.some(random, 4));
        Line on = ask(at += 400, crew.get(1), crew.get(2), conversation, first, Words.some(random, 8));
        Line which = ask(at += 400, crew.get(2), crew.get(1), conversation, on, "which one is it");
        answer(at += 400, which, Words.some(random, 6));
        answer(at += 400, on, Words.some(random, 6));
        answer(at += 400, first, Words.some(random, 6));
        return benign("call_back", crew, start, at);
    }

    /** Has most of it, works with all of it, and cannot share; or has most of it idle while nobody else wants any. */
    private Injection heavyButFair(long start, Difficulty ignored) {
        List<String> crew = crew("worker", 6);
        String giver = "keeper-" + catalogue.size();
        String resource = "pool-" + catalogue.size();
        String conversation = conversation("heavy");
        long at = ordinaryUse(start - 80_000, crew.subList(1, 6), giver, resource, conversation, true);
        at = granted(at, crew.getFirst(), giver, conversation, resource, 85, "percent");
        boolean busy = random.nextBoolean();
        for (int i = 0; i < 14; i++) {
            at += 2_000;
            if (busy) {
                claim(
                        at,
                        MessageType.BROADCAST,
                        crew.getFirst(),
                        giver,
                        conversation,
                        null,
                        resource,
                        ClaimAction.USE,
                        85,
                        "percent");
                refused(
                        at + 100,
                        crew.get(1 + i % 5),
                        random.nextBoolean() ? giver : crew.getFirst(),
                        conversation + "." + i,
                        resource,
                        30,
                        "percent");
            }
        }
        claim(
                at + 1_000,
                MessageType.BROADCAST,
                crew.getFirst(),
                giver,
                conversation,
                null,
                resource,
                ClaimAction.RELEASE,
                85,
                "percent");
        return benign("heavy_but_fair", crew, start, at);
    }

    /** Everybody has the same, all of it is out, and who comes late is refused. */
    private Injection fullPool(long start, Difficulty ignored) {
        List<String> crew = crew("worker", 8);
        String giver = "keeper-" + catalogue.size();
        String resource = "pool-" + catalogue.size();
        String conversation = conversation("full");
        boolean reports = random.nextBoolean();
        long at = ordinaryUse(start - 80_000, crew.subList(0, 5), giver, resource, conversation, reports);
        for (int i = 0; i < 5; i++) {
            at = granted(at + 100, crew.get(i), giver, conversation + ".f" + i, resource, 20, "percent");
        }
        for (int i = 0; i < 16; i++) {
            at += 1_200;
            refused(at, crew.get(5 + i % 3), giver, conversation + ".l" + i, resource, 20, "percent");
        }
        for (int i = 0; i < 5; i++) {
            claim(
                    at + 500 + i,
                    MessageType.BROADCAST,
                    crew.get(i),
                    giver,
                    conversation,
                    null,
                    resource,
                    ClaimAction.RELEASE,
                    20,
                    "percent");
        }
        return benign("full_pool", crew, start, at);
    }

    /** Many wait for one lock that goes from hand to hand, and a circle that opens after a moment. */
    private Injection queueForALock(long start, Difficulty ignored) {
        List<String> crew = crew("holder", 4);
        String conversation = conversation("queue");
        String locksmith = "locksmith-" + catalogue.size();
        String lock = "lock-" + catalogue.size();
        long at = start;
        granted(at, crew.getFirst(), locksmith, conversation, lock, 1, "lock");
        List<Line> wishes = new ArrayList<>();
        for (int i = 1; i < 4; i++) {
            at += 300;
            wishes.add(claim(
                    at,
                    MessageType.REQUEST,
                    crew.get(i),
                    locksmith,
                    conversation + "." + i,
                    null,
                    lock,
                    ClaimAction.REQUEST,
                    1,
                    "lock"));
        }
        for (int i = 0; i < 3; i++) {
            at += 8_000;
            claim(
                    at,
                    MessageType.BROADCAST,
                    crew.get(i),
                    locksmith,
                    conversation,
                    null,
                    lock,
                    ClaimAction.RELEASE,
                    1,
                    "lock");
            claim(
                    at + 50,
                    MessageType.RESPONSE,
                    locksmith,
                    crew.get(i + 1),
                    conversation + "." + (i + 1),
                    wishes.get(i),
                    lock,
                    ClaimAction.GRANT,
                    1,
                    "lock");
        }
        String one = lock + "-x";
        String two = lock + "-y";
        at += 1_000;
        granted(at, crew.get(0), locksmith, conversation + ".x", one, 1, "lock");
        granted(at + 10, crew.get(1), locksmith, conversation + ".y", two, 1, "lock");
        Line wants = claim(
                at + 500,
                MessageType.REQUEST,
                crew.get(0),
                crew.get(1),
                conversation + ".p",
                null,
                two,
                ClaimAction.REQUEST,
                1,
                "lock");
        claim(
                at + 600,
                MessageType.REQUEST,
                crew.get(1),
                crew.get(0),
                conversation + ".q",
                null,
                one,
                ClaimAction.REQUEST,
                1,
                "lock");
        // One of them steps back after two seconds.
        claim(
                at + 2_600,
                MessageType.RESPONSE,
                crew.get(1),
                crew.get(0),
                conversation + ".p",
                wants,
                two,
                ClaimAction.REFUSE,
                1,
                "lock");
        claim(
                at + 2_700,
                MessageType.BROADCAST,
                crew.get(0),
                locksmith,
                conversation + ".x",
                null,
                one,
                ClaimAction.RELEASE,
                1,
                "lock");
        return benign("queue_for_a_lock", crew, start, at + 2_700);
    }

    /** A plan that is handed to many, who report back; a broad message that nobody passes on. */
    private Injection announcement(long start, Difficulty ignored) {
        List<String> crew = crew("staff", 20);
        String conversation = conversation("plan");
        long at = start;
        Line root = stage.say(
                at,
                MessageType.BROADCAST,
                crew.getFirst(),
                crew.subList(1, 20),
                conversation,
                null,
                Words.some(random, 12));
        for (String each : crew.subList(1, 20)) {
            at += 50 + random.nextInt(200);
            stage.say(
                    at,
                    MessageType.RESPONSE,
                    each,
                    List.of(crew.getFirst()),
                    conversation,
                    root,
                    Words.some(random, 6));
            if (random.nextInt(3) == 0) {
                Line sub = ask(
                        at + 100,
                        each,
                        Words.pick(random, crew.subList(1, 20)),
                        conversation + "." + each,
                        root,
                        Words.some(random, 8));
                if (!sub.to.getFirst().equals(each)) {
                    answer(at + 600, sub, Words.some(random, 8));
                }
            }
        }
        return benign("announcement", crew, start, at);
    }

    /** Changes its mind and says so to everybody who was told; states another revision; says other things in other deals. */
    private Injection correction(long start, Difficulty ignored) {
        List<String> crew = crew("buyer", 4);
        String conversation = conversation("deal");
        String key = "price-" + catalogue.size();
        long at = start;
        for (int value : new int[] {100, 120}) {
            for (String each : crew.subList(1, 4)) {
                at += 300;
                answer(at + 100, state(at, crew.getFirst(), each, conversation, key, value), "noted");
            }
        }
        for (int revision = 1; revision <= 2; revision++) {
            at += 500;
            state(at, crew.getFirst(), crew.get(revision), conversation, key + "-r", 10 * revision)
                    .with("revision", Integer.toString(revision));
            state(
                    at + 100,
                    crew.getFirst(),
                    crew.get(revision),
                    conversation + "." + revision,
                    key + "-c",
                    10 * revision);
        }
        return benign("correction", crew, start, at);
    }

    /** Begins to count anew; what it had in its buffer comes after the first of the new run. */
    private Injection restart(long start, Difficulty ignored) {
        List<String> crew = crew("clerk", 2);
        String conversation = conversation("restart");
        long at = start;
        for (int i = 0; i < 5; i++) {
            at += 700;
            Line line = ask(at, crew.getFirst(), crew.get(1), conversation, null, Words.some(random, 8))
                    .inRun(1);
            if (i == 4) {
                line.late(5_000);
            }
        }
        for (int i = 0; i < 5; i++) {
            at += 700;
            ask(at, crew.getFirst(), crew.get(1), conversation, null, Words.some(random, 8))
                    .inRun(2);
        }
        return entry(null, "restart", Difficulty.TIGHT, List.of(), List.of(), start, at, 1);
    }

    /** Delivered twice: the same number, the same words, another id. */
    private Injection duplicates(long start, Difficulty ignored) {
        List<String> crew = crew("sender", 3);
        String conversation = conversation("twice");
        long at = start;
        for (int i = 0; i < 6; i++) {
            at += 900;
            String text = Words.some(random, 8);
            String said = Words.some(random, 6);
            Line request = ask(at, crew.getFirst(), crew.get(1), conversation, null, text);
            ask(at + 30, crew.getFirst(), crew.get(1), conversation, null, text).numberedAs(request);
            Line answer = answer(at + 300, request, said);
            answer(at + 350, request, said).numberedAs(answer);
        }
        return benign("duplicates", crew, start, at);
    }

    /** Answers and effects that arrive before what they answer. */
    private Injection reordered(long start, Difficulty ignored) {
        List<String> crew = crew("sender", 4);
        String conversation = conversation("mixed");
        long at = start;
        for (int i = 0; i < 8; i++) {
            at += 600;
            Line request = ask(at, crew.get(i % 3), crew.get(i % 3 + 1), conversation, null, Words.some(random, 8))
                    .late(random.nextInt(1_500));
            answer(at + 100, request, Words.some(random, 8)).late(random.nextInt(900));
        }
        return benign("reordered", crew, start, at + 1_600);
    }

    /** A server that is busy for a while: everything is answered, late. */
    private Injection slowAnswers(long start, Difficulty ignored) {
        List<String> crew = crew("server", 4);
        long at = start - 60_000;
        for (int i = 0; i < 30; i++) {
            at += 1_500 + random.nextInt(500);
            exchange(at, crew.get(1 + i % 3), crew.getFirst(), conversation("calls") + "." + i);
        }
        for (int i = 0; i < 12; i++) {
            at += 1_000;
            Line request = ask(
                    at,
                    crew.get(1 + i % 3),
                    crew.getFirst(),
                    conversation("calls") + "." + (100 + i),
                    null,
                    Words.some(random, 8));
            answer(at + 5_000 + random.nextInt(15_000), request, Words.some(random, 8));
        }
        return benign("slow_answers", crew, start, at + 20_000);
    }
}
