package io.skein.standalone.demo;

import io.skein.kernel.id.NetworkId;
import io.skein.kernel.message.Message;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * About forty agents at work, for as long as somebody listens. Messages come in order of their timestamps; the first fault, a routing
 * loop, begins after 15 s of simulated time, and each kind comes again every three minutes. Not thread-safe.
 */
public final class DemoFleet {
    /** The network that the fleet lives in. */
    public static final NetworkId NETWORK = Voices.NETWORK;

    private final Agenda agenda = new Agenda();
    private final Voices voices;
    private final Tasks tasks;
    private final Chance arrivals;
    private final Play play;
    private final Faults faults;
    private final double taskEveryMillis;

    /**
     * @param messagesPerSecond what the healthy work amounts to on average; faults come on top; above 0
     * @param start when the fleet begins; part of every message id, so that two runs are two fleets
     */
    public DemoFleet(long seed, double messagesPerSecond, Instant start) {
        if (!(messagesPerSecond > 0) || messagesPerSecond > 10_000) {
            throw new IllegalArgumentException(
                    "demo rate: " + messagesPerSecond + " messages/s; expected more than 0 and at most 10000");
        }
        Pool gpu = new Pool("gpu", "percent", 100);
        voices = new Voices(start, agenda);
        tasks = new Tasks(new Chance(seed, "tasks"));
        arrivals = new Chance(seed, "arrivals");
        play = new Play(agenda, voices, new Chance(seed, "play"), gpu);
        faults = new Faults(agenda, voices, new Chance(seed, "faults"), gpu);
        taskEveryMillis = 1_000 * meanMessages(seed) / messagesPerSecond;
        agenda.at(0, this::arrive);
        faults.schedule();
    }

    /** The next message; its timestamp says when to send it. */
    public Message next() {
        @Nullable Message message = voices.poll();
        while (message == null) {
            agenda.step();
            message = voices.poll();
        }
        return message;
    }

    /** The faults that have begun so far. */
    public List<Fault> faults() {
        return faults.seeded();
    }

    private void arrive() {
        play.begin(tasks.next());
        agenda.after(arrivals.wait(taskEveryMillis), this::arrive);
    }

    private static double meanMessages(long seed) {
        Tasks sample = new Tasks(new Chance(seed, "sample"));
        int tries = 400;
        long messages = 0;
        for (int i = 0; i < tries; i++) {
            messages += sample.next().messages();
        }
        return (double) messages / tries;
    }
}
