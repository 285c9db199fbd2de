package io.skein.projection.interventions;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** An intervention whose effect is being looked at. */
final class Looking {
    /** What is looked at so far: the first so many messages and agents set apart, and a period after of {@code lengthMillis}. */
    record Cut(long lengthMillis, int messages, int apart, boolean isFinal) {}

    private static final int PARTS = 8;

    final String network;
    final String id;
    final String agent;
    final long position;
    final long startMilli;
    final boolean withheld;
    long windowMillis;
    final List<Said> said = new ArrayList<>();
    /** In quarantine in the periods before. */
    final Set<String> apartBefore = new TreeSet<>();
    /** Put in quarantine since, in the order of the log. */
    final List<String> apartAfter = new ArrayList<>();

    boolean pastRead;
    boolean over;
    /** The newest one not written yet. */
    @org.jspecify.annotations.Nullable
    Cut cut;

    private long nextPart = 1;

    Looking(
            String network,
            String id,
            String agent,
            long position,
            long startMilli,
            long windowMillis,
            boolean withheld) {
        this.network = network;
        this.id = id;
        this.agent = agent;
        this.position = position;
        this.startMilli = startMilli;
        this.windowMillis = windowMillis;
        this.withheld = withheld;
    }

    /** Time passes, at an event of the log: at an eighth, a quarter, a half and the end of the period there is something to say. */
    void at(long milli) {
        while (!over && milli - startMilli >= windowMillis * nextPart / PARTS) {
            cut = new Cut(windowMillis * nextPart / PARTS, said.size(), apartAfter.size(), nextPart == PARTS);
            over = nextPart == PARTS;
            nextPart *= 2;
        }
    }

    Set<String> apart(Cut until) {
        Set<String> apart = new TreeSet<>(apartBefore);
        apart.addAll(apartAfter.subList(0, until.apart()));
        return apart;
    }

    /** The quarantine ended. */
    void ended(long milli) {
        if (!over && !withheld) {
            at(milli);
            if (!over) {
                cut = new Cut(Math.max(0, milli - startMilli), said.size(), apartAfter.size(), true);
                over = true;
            }
        }
    }
}
