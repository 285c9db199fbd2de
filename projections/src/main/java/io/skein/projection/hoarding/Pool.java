package io.skein.projection.hoarding;

import io.skein.projection.detection.Codec;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** One resource: who holds how much, and who wants how much. At most {@value #AGENTS} of each; the longest untouched go first. */
final class Pool {
    static final int AGENTS = 256;

    /** What one agent holds, from its first grant until it has nothing left. */
    static final class Holding {
        double amount;
        long sinceMilli;
        String grant = "";
        long position;
        List<String> causes = new ArrayList<>(1);
        /** Time in use, weighted by the part in use, up to {@code usedUntilMilli}. */
        double busyMilli;

        long usedUntilMilli;
        double usedPart;
        double score;
        Set<String> refused = new LinkedHashSet<>();
    }

    /** What one agent asked for. {@code open}: neither granted nor refused nor answered yet. */
    static final class Wish {
        double amount;
        boolean open;
        long sinceMilli;
        long touchedMilli;
        String message = "";
        String latest = "";
        long position;
        Set<String> asked = new LinkedHashSet<>();
    }

    final LinkedHashMap<String, Holding> holdings = new LinkedHashMap<>();
    final LinkedHashMap<String, Wish> wishes = new LinkedHashMap<>();
    double declared = Double.NaN;
    double mostHeld;
    boolean exclusive;
    boolean reportsUse;
    long decisions;
    long refusals;
    /** Decisions of agents that hold some of it themselves. */
    long peerDecisions;

    long peerRefusals;

    double held() {
        double sum = 0;
        for (Holding holding : holdings.values()) {
            sum += holding.amount;
        }
        return sum;
    }

    /** Declared; one for a lock; else NaN. */
    double knownCapacity() {
        return exclusive && Double.isNaN(declared) ? 1 : declared;
    }

    /** Declared or, failing that, the most that was ever held at once. */
    double capacity() {
        return Double.isNaN(knownCapacity()) ? mostHeld : knownCapacity();
    }

    void save(DataOutput out) throws IOException {
        out.writeDouble(declared);
        out.writeDouble(mostHeld);
        out.writeBoolean(exclusive);
        out.writeBoolean(reportsUse);
        out.writeLong(decisions);
        out.writeLong(refusals);
        out.writeLong(peerDecisions);
        out.writeLong(peerRefusals);
        out.writeInt(holdings.size());
        for (Map.Entry<String, Holding> entry : holdings.entrySet()) {
            Holding holding = entry.getValue();
            out.writeUTF(entry.getKey());
            out.writeDouble(holding.amount);
            out.writeLong(holding.sinceMilli);
            out.writeUTF(holding.grant);
            out.writeLong(holding.position);
            Codec.strings(out, holding.causes);
            out.writeDouble(holding.busyMilli);
            out.writeLong(holding.usedUntilMilli);
            out.writeDouble(holding.usedPart);
            out.writeDouble(holding.score);
            Codec.strings(out, holding.refused);
        }
        out.writeInt(wishes.size());
        for (Map.Entry<String, Wish> entry : wishes.entrySet()) {
            Wish wish = entry.getValue();
            out.writeUTF(entry.getKey());
            out.writeDouble(wish.amount);
            out.writeBoolean(wish.open);
            out.writeLong(wish.sinceMilli);
            out.writeLong(wish.touchedMilli);
            out.writeUTF(wish.message);
            out.writeUTF(wish.latest);
            out.writeLong(wish.position);
            Codec.strings(out, wish.asked);
        }
    }

    static Pool read(DataInput in) throws IOException {
        Pool pool = new Pool();
        pool.declared = in.readDouble();
        pool.mostHeld = in.readDouble();
        pool.exclusive = in.readBoolean();
        pool.reportsUse = in.readBoolean();
        pool.decisions = in.readLong();
        pool.refusals = in.readLong();
        pool.peerDecisions = in.readLong();
        pool.peerRefusals = in.readLong();
        for (int left = in.readInt(); left > 0; left--) {
            Holding holding = new Holding();
            pool.holdings.put(in.readUTF(), holding);
            holding.amount = in.readDouble();
            holding.sinceMilli = in.readLong();
            holding.grant = in.readUTF();
            holding.position = in.readLong();
            holding.causes = Codec.strings(in);
            holding.busyMilli = in.readDouble();
            holding.usedUntilMilli = in.readLong();
            holding.usedPart = in.readDouble();
            holding.score = in.readDouble();
            holding.refused = new LinkedHashSet<>(Codec.strings(in));
        }
        for (int left = in.readInt(); left > 0; left--) {
            Wish wish = new Wish();
            pool.wishes.put(in.readUTF(), wish);
            wish.amount = in.readDouble();
            wish.open = in.readBoolean();
            wish.sinceMilli = in.readLong();
            wish.touchedMilli = in.readLong();
            wish.message = in.readUTF();
            wish.latest = in.readUTF();
            wish.position = in.readLong();
            wish.asked = new LinkedHashSet<>(Codec.strings(in));
        }
        return pool;
    }
}
