package io.skein.projection.detection;

import io.skein.projection.detection.Finding.Ended;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What a detector has seen so far, by what tells one occurrence from another: each grows while it is seen again, and is over when nothing more of it was
 * seen for a while, or when the detector knows that it ended.
 */
public final class Occurrences<K> {
    private final long quietMilli;
    private final Windowed<K, Occurrence> known;

    /**
     * @param quietMilli event time without anything more after which an occurrence is over
     * @param limit occurrences at most; those longest unseen go first
     */
    public Occurrences(long quietMilli, int limit) {
        this.quietMilli = quietMilli;
        this.known = new Windowed<>(quietMilli, limit);
    }

    /** The occurrence, which is seen now; a new one if there is none. */
    public Occurrence seen(K key, long nowMilli) {
        Occurrence occurrence = known.get(key);
        if (occurrence == null) {
            occurrence = new Occurrence();
        }
        known.put(key, occurrence, nowMilli);
        return occurrence;
    }

    public @Nullable Occurrence get(K key) {
        return known.get(key);
    }

    /** Lets go of those that are over, and says so of those that were told. */
    public void forget(long nowMilli, long position, List<Finding> found) {
        forget(nowMilli, position, found, key -> {});
    }

    /** @param gone is given each key that was let go */
    public void forget(long nowMilli, long position, List<Finding> found, Consumer<? super K> gone) {
        for (Map.Entry<K, Occurrence> over = known.pollOver(nowMilli); over != null; over = known.pollOver(nowMilli)) {
            ended(over.getValue(), "nothing more of it for " + quietMilli / 1_000 + " s", position, found);
            gone.accept(over.getKey());
        }
    }

    /** The detector knows that it is over. */
    public void end(K key, String why, long position, List<Finding> found) {
        Occurrence occurrence = known.get(key);
        if (occurrence != null) {
            known.remove(key);
            ended(occurrence, why, position, found);
        }
    }

    private static void ended(Occurrence occurrence, String why, long position, List<Finding> found) {
        Ended ended = occurrence.ended(why, position);
        if (ended != null) {
            found.add(ended);
        }
    }

    public int size() {
        return known.size();
    }

    public void save(DataOutput out, Codec.Writer<? super K> key) throws IOException {
        known.save(out, key, (to, occurrence) -> occurrence.save(to));
    }

    public void restore(DataInput in, Codec.Reader<? extends K> key) throws IOException {
        known.restore(in, key, Occurrence::read);
    }
}
