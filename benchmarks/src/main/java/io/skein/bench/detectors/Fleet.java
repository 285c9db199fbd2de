package io.skein.bench.detectors;

import io.skein.bench.detectors.Stage.Line;
import io.skein.kernel.message.MessageType;
import io.skein.kernel.message.Outcome;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * A synthetic fleet with known parameters: tasks arrive at random (exponential pauses), each is handed down one to four levels of agents by requests that are
 * answered (98 % of them, after 0.1 to 3 s), some steps are retried, now and then somebody announces something to a few. Nothing in it is a fault.
 */
final class Fleet {
    static final int AGENTS = 48;
    static final double ANSWERED = 0.98;
    static final double RETRIED = 0.02;
    static final double ANNOUNCED = 0.05;

    private final Stage stage;
    private final Random random;
    private int tasks;

    Fleet(Stage stage, Random random) {
        this.stage = stage;
        this.random = random;
    }

    /** Works for that long at about that many messages a second. */
    void work(long lengthMilli, double perSecond) {
        double tasksPerMilli = perSecond / 6.5 / 1_000;
        double at = 0;
        while (true) {
            at += -StrictMath.log(1 - random.nextDouble()) / tasksPerMilli;
            if (at >= lengthMilli - 20_000) {
                return;
            }
            task((long) at);
        }
    }

    private String agent() {
        return "fleet-" + random.nextInt(AGENTS);
    }

    private void task(long at) {
        String conversation = "task-" + tasks++;
        List<String> chain = new ArrayList<>(List.of(agent()));
        for (int depth = 1 + random.nextInt(4); depth > 0; depth--) {
            String next = agent();
            if (!chain.contains(next)) {
                chain.add(next);
            }
        }
        if (random.nextDouble() < ANNOUNCED) {
            List<String> some = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                String other = agent();
                if (!some.contains(other) && !other.equals(chain.getFirst())) {
                    some.add(other);
                }
            }
            stage.say(at, MessageType.BROADCAST, chain.getFirst(), some, conversation, null, Words.some(random, 12));
        }
        List<Line> requests = new ArrayList<>();
        long now = at;
        for (int i = 0; i + 1 < chain.size(); i++) {
            now += 100 + random.nextInt(800);
            Line cause = requests.isEmpty() ? null : requests.getLast();
            Line request = stage.say(
                    now,
                    MessageType.REQUEST,
                    chain.get(i),
                    List.of(chain.get(i + 1)),
                    conversation,
                    cause,
                    Words.some(random, 10 + random.nextInt(20)));
            requests.add(request);
            if (random.nextDouble() < RETRIED) {
                stage.say(now + 1_500, MessageType.REQUEST, request.from, request.to, conversation, cause, request.text)
                        .numberedAs(request);
            }
        }
        for (Line request : requests.reversed()) {
            now += 100 + random.nextInt(2_900);
            if (random.nextDouble() < ANSWERED) {
                stage.say(
                                now,
                                MessageType.RESPONSE,
                                request.to.getFirst(),
                                List.of(request.from),
                                conversation,
                                request,
                                Words.some(random, 10 + random.nextInt(20)))
                        .ending(random.nextInt(20) == 0 ? Outcome.ERROR : Outcome.OK);
            }
        }
    }
}
