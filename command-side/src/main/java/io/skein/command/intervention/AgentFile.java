package io.skein.command.intervention;

import io.skein.kernel.trust.Belief;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** What decisions about interventions need to know of an agent. */
final class AgentFile {
    Belief belief;
    boolean quarantined;
    /** Null: until released. */
    @Nullable
    Instant until;
    /** Position at which the newest quarantine began; 0: never. What the agent said before is no news. */
    long since;
    /** The alert behind the quarantine, where Skein ordered it. */
    String cause = "";

    boolean automatic;
    /** An intervention that is decided and not yet in the log. */
    String pending = "";
    /** Whether its score was decided on, and what bad evidence came since. */
    boolean scored;

    double badSince;

    AgentFile(Instant at) {
        belief = Belief.none(at);
    }

    boolean isQuarantinedAt(Instant at) {
        return quarantined && (until == null || at.isBefore(until));
    }

    void save(DataOutput out) throws IOException {
        out.writeDouble(belief.ownGood());
        out.writeDouble(belief.ownBad());
        out.writeDouble(belief.peerGood());
        out.writeDouble(belief.peerBad());
        Saved.instant(out, belief.asOf());
        out.writeBoolean(quarantined);
        out.writeBoolean(until != null);
        Saved.instant(out, until == null ? Instant.EPOCH : until);
        out.writeLong(since);
        out.writeUTF(cause);
        out.writeBoolean(automatic);
        out.writeUTF(pending);
        out.writeBoolean(scored);
        out.writeDouble(badSince);
    }

    static AgentFile read(DataInput in) throws IOException {
        AgentFile file = new AgentFile(Instant.EPOCH);
        file.belief = new Belief(in.readDouble(), in.readDouble(), in.readDouble(), in.readDouble(), Saved.instant(in));
        file.quarantined = in.readBoolean();
        boolean ends = in.readBoolean();
        Instant until = Saved.instant(in);
        file.until = ends ? until : null;
        file.since = in.readLong();
        file.cause = in.readUTF();
        file.automatic = in.readBoolean();
        file.pending = in.readUTF();
        file.scored = in.readBoolean();
        file.badSince = in.readDouble();
        return file;
    }
}
