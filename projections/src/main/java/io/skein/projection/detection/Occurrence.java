package io.skein.projection.detection;

import io.skein.kernel.alert.AlertCommand.RaiseAlert;
import io.skein.kernel.alert.Detector;
import io.skein.kernel.alert.EvidenceItem;
import io.skein.kernel.alert.Grade;
import io.skein.kernel.alert.Pattern;
import io.skein.kernel.alert.Severity;
import io.skein.kernel.id.AgentId;
import io.skein.kernel.id.AlertId;
import io.skein.kernel.id.MessageId;
import io.skein.kernel.id.NetworkId;
import io.skein.projection.detection.Finding.Ended;
import io.skein.projection.detection.Finding.Told;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One occurrence of a pattern while it grows: its root, its evidence, and how often it was told. */
public final class Occurrence {
    /** Messages of evidence kept: the first ones; the newest stands beside them. */
    public static final int EVIDENCE = 32;

    private final Map<String, Long> evidence = new LinkedHashMap<>();
    private String newest = "";
    private long newestPosition;
    private long count;
    private long told;
    /** Of the alert that was told; empty: none was. */
    private String alert = "";

    private String alertNetwork = "";

    /** Adds a message; beyond {@link #EVIDENCE} messages only the newest is kept. */
    public void add(String message, long position) {
        if (evidence.size() < EVIDENCE) {
            evidence.putIfAbsent(message, position);
        } else if (!evidence.containsKey(message)) {
            newest = message;
            newestPosition = position;
        }
    }

    /** Messages of evidence kept, the newest aside. */
    public int kept() {
        return evidence.size();
    }

    /** The message that was added first; the occurrence's root. Empty while there is none. */
    public String firstMessage() {
        return evidence.isEmpty() ? "" : evidence.keySet().iterator().next();
    }

    /** Counts one more. */
    public long grow() {
        return ++count;
    }

    /** Sets the size, where it is not counted one by one. */
    public void grownTo(long size) {
        count = size;
    }

    /** How large it is. */
    public long count() {
        return count;
    }

    /** True when it is to be told: the first time, and whenever it has doubled since. */
    public boolean tell() {
        if (told != 0 && count < 2 * told) {
            return false;
        }
        told = Math.max(1, count);
        return true;
    }

    /** Whether it was told at all. */
    public boolean isTold() {
        return told != 0;
    }

    /** The evidence in log order. */
    public List<EvidenceItem> evidence() {
        List<EvidenceItem> items = new ArrayList<>();
        evidence.forEach((message, position) -> items.add(new EvidenceItem(new MessageId(message), position)));
        if (!newest.isEmpty()) {
            items.add(new EvidenceItem(new MessageId(newest), newestPosition));
        }
        items.sort(Comparator.comparingLong(EvidenceItem::position));
        return items;
    }

    /**
     * The alert of this occurrence. Its id follows from pattern, network, root and first message, so that what happens again after it was over is another.
     *
     * @param root what tells this occurrence from any other of the pattern in the network
     */
    public Told finding(
            Detector detector,
            Pattern pattern,
            Severity severity,
            Grade grade,
            String network,
            List<String> root,
            Collection<String> agents,
            String description,
            String owasp,
            long position) {
        List<String> parts = new ArrayList<>(List.of(pattern.name().toLowerCase(Locale.ROOT), network));
        parts.addAll(root);
        parts.add(firstMessage());
        if (alert.isEmpty()) {
            alert = AlertId.derivedFrom(parts).value();
            alertNetwork = network;
        }
        return new Told(
                new RaiseAlert(
                        new AlertId(alert),
                        new NetworkId(network),
                        pattern,
                        severity,
                        grade,
                        agents.stream().distinct().map(AgentId::new).toList(),
                        evidence(),
                        description,
                        detector,
                        owasp),
                position);
    }

    /** Says that it is over, where it was told. */
    public @Nullable Ended ended(String why, long position) {
        return alert.isEmpty()
                ? null
                : new Ended(new NetworkId(alertNetwork), new AlertId(alert), "the pattern ended: " + why, position);
    }

    public void save(DataOutput out) throws IOException {
        out.writeUTF(alert);
        out.writeUTF(alertNetwork);
        out.writeLong(count);
        out.writeLong(told);
        out.writeUTF(newest);
        out.writeLong(newestPosition);
        out.writeInt(evidence.size());
        for (Map.Entry<String, Long> item : evidence.entrySet()) {
            out.writeUTF(item.getKey());
            out.writeLong(item.getValue());
        }
    }

    public static Occurrence read(DataInput in) throws IOException {
        Occurrence occurrence = new Occurrence();
        occurrence.alert = in.readUTF();
        occurrence.alertNetwork = in.readUTF();
        occurrence.count = in.readLong();
        occurrence.told = in.readLong();
        occurrence.newest = in.readUTF();
        occurrence.newestPosition = in.readLong();
        for (int left = in.readInt(); left > 0; left--) {
            occurrence.evidence.put(in.readUTF(), in.readLong());
        }
        return occurrence;
    }
}
