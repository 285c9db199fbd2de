package io.skein.command.intervention;

import io.skein.kernel.alert.EvidenceItem;
import io.skein.kernel.alert.Grade;
import io.skein.kernel.alert.Pattern;
import io.skein.kernel.alert.Severity;
import io.skein.kernel.id.AgentId;
import io.skein.kernel.trust.Blame;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/** An alert as far as it speaks against agents. */
final class Accusation {
    private static final int EVIDENCE = 32;

    /** What the alert has cost an agent: the weight in all, and what is left of it as of an instant. */
    record Charge(double weight, double left, Instant at) {}

    final Pattern pattern;
    Severity severity;
    Grade grade;
    String detector;
    List<AgentId> agents;
    List<EvidenceItem> evidence;
    /** How often it was raised again. */
    long growth;

    Instant at;
    boolean dismissed;
    final Map<String, Charge> charges = new TreeMap<>();
    /** Of whom it shows something said after the agent's newest quarantine began: the position of the newest. */
    final Map<String, Long> fresh = new TreeMap<>();
    /** What was recorded as withheld, so that it is not at each growth. */
    final SortedSet<String> withheld = new TreeSet<>();

    Accusation(
            Pattern pattern,
            Severity severity,
            Grade grade,
            String detector,
            List<AgentId> agents,
            List<EvidenceItem> evidence,
            Instant at) {
        this.pattern = pattern;
        this.severity = severity;
        this.grade = grade;
        this.detector = detector;
        this.agents = agents;
        this.evidence = newest(evidence);
        this.at = at;
    }

    void grow(
            Severity severity,
            Grade grade,
            String detector,
            List<AgentId> agents,
            List<EvidenceItem> evidence,
            Instant at) {
        this.severity = severity.compareTo(this.severity) > 0 ? severity : this.severity;
        this.grade = grade.compareTo(this.grade) < 0 ? grade : this.grade;
        this.detector = detector;
        this.agents = agents;
        this.evidence = newest(evidence);
        this.at = at;
        growth++;
    }

    private static List<EvidenceItem> newest(List<EvidenceItem> evidence) {
        return List.copyOf(evidence.subList(Math.max(0, evidence.size() - EVIDENCE), evidence.size()));
    }

    List<AgentId> parties() {
        return Blame.parties(pattern, grade, agents, detector);
    }

    long newestEvidence() {
        return evidence.stream().mapToLong(EvidenceItem::position).max().orElse(0);
    }

    /** The enumerated words and lists of it, as they are saved. */
    private record Saving(
            Pattern pattern,
            Severity severity,
            Grade grade,
            String detector,
            AgentId[] agents,
            EvidenceItem[] evidence,
            String[] withheld) {}

    void save(DataOutput out) throws IOException {
        Saved.json(
                out,
                new Saving(
                        pattern,
                        severity,
                        grade,
                        detector,
                        agents.toArray(AgentId[]::new),
                        evidence.toArray(EvidenceItem[]::new),
                        withheld.toArray(String[]::new)));
        out.writeLong(growth);
        Saved.instant(out, at);
        out.writeBoolean(dismissed);
        out.writeInt(charges.size());
        for (Map.Entry<String, Charge> charge : charges.entrySet()) {
            out.writeUTF(charge.getKey());
            out.writeDouble(charge.getValue().weight());
            out.writeDouble(charge.getValue().left());
            Saved.instant(out, charge.getValue().at());
        }
        out.writeInt(fresh.size());
        for (Map.Entry<String, Long> one : fresh.entrySet()) {
            out.writeUTF(one.getKey());
            out.writeLong(one.getValue());
        }
    }

    static Accusation read(DataInput in) throws IOException {
        Saving saved = Saved.json(in, Saving.class);
        Accusation read = new Accusation(
                saved.pattern(),
                saved.severity(),
                saved.grade(),
                saved.detector(),
                new ArrayList<>(Arrays.asList(saved.agents())),
                Arrays.asList(saved.evidence()),
                Instant.EPOCH);
        read.withheld.addAll(Arrays.asList(saved.withheld()));
        read.growth = in.readLong();
        read.at = Saved.instant(in);
        read.dismissed = in.readBoolean();
        for (int left = in.readInt(); left > 0; left--) {
            read.charges.put(in.readUTF(), new Charge(in.readDouble(), in.readDouble(), Saved.instant(in)));
        }
        for (int left = in.readInt(); left > 0; left--) {
            read.fresh.put(in.readUTF(), in.readLong());
        }
        return read;
    }
}
