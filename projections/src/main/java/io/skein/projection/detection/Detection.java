package io.skein.projection.detection;

import io.skein.kernel.agent.AgentEvent;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/** Detectors with the clock by which they judge: plain state, made from events alone, without database or framework. Not for use by several threads. */
public final class Detection {
    private final EventClock clock = new EventClock();
    private final List<PatternFold> detectors;
    private long time = Long.MIN_VALUE;

    /** @param detectors that know nothing yet */
    public Detection(List<PatternFold> detectors) {
        this.detectors = List.copyOf(detectors);
    }

    public List<PatternFold> detectors() {
        return detectors;
    }

    /** Gives every detector the next event of the log. */
    public List<Finding> on(AgentEvent event, long position) {
        List<Finding> found = new ArrayList<>(0);
        long at = tick(event);
        for (PatternFold detector : detectors) {
            found.addAll(detector.on(event, position, at));
        }
        return found;
    }

    /** Moves the clock; event time in milliseconds. */
    long tick(AgentEvent event) {
        time = clock.at(event);
        return time;
    }

    /** Event time of the newest event, in milliseconds. */
    public long time() {
        return time;
    }

    /** SHA-256 over all that later findings depend on, by whose state it is. */
    public SortedMap<String, String> digests() {
        SortedMap<String, String> digests = new TreeMap<>();
        digests.put("event-clock", digest(clockState()));
        for (PatternFold detector : detectors) {
            digests.put(detector.identity().name(), digest(state(detector)));
        }
        return digests;
    }

    private static String digest(byte[] state) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(state));
        } catch (NoSuchAlgorithmException missing) {
            throw new IllegalStateException("every Java platform has SHA-256", missing);
        }
    }

    byte[] clockState() {
        return bytes(clock::save);
    }

    void restoreClock(byte[] state) {
        try {
            clock.restore(in(state));
        } catch (IOException broken) {
            throw new UncheckedIOException("the checkpoint of the event clock cannot be read", broken);
        }
    }

    /** What the detector has to save, as bytes. */
    public static byte[] state(PatternFold detector) {
        return bytes(detector::save);
    }

    /** Gives the detector what one of the same identity saved. */
    public static void restore(PatternFold detector, byte[] state) {
        try {
            detector.restore(in(state));
        } catch (IOException broken) {
            throw new UncheckedIOException(
                    "the checkpoint of " + detector.identity().name() + " cannot be read", broken);
        }
    }

    private interface Saving {
        void save(DataOutputStream out) throws IOException;
    }

    private static byte[] bytes(Saving saving) {
        try {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            saving.save(new DataOutputStream(bytes));
            return bytes.toByteArray();
        } catch (IOException impossible) {
            throw new UncheckedIOException("writing to memory failed", impossible);
        }
    }

    private static DataInputStream in(byte[] state) {
        return new DataInputStream(new ByteArrayInputStream(state));
    }
}
