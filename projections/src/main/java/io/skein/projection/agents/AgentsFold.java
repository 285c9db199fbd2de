package io.skein.projection.agents;

import io.skein.kernel.agent.AgentEvent;
import io.skein.kernel.agent.AgentQuarantined;
import io.skein.kernel.agent.AgentRegistered;
import io.skein.kernel.agent.AgentReleased;
import io.skein.kernel.agent.MessageBlocked;
import io.skein.kernel.agent.MessageRecorded;
import io.skein.kernel.agent.TrustAdjusted;
import io.skein.kernel.id.AgentId;
import io.skein.kernel.id.NetworkId;
import io.skein.kernel.message.Message;
import io.skein.kernel.message.Outcome;
import io.skein.projection.engine.Columns;
import io.skein.projection.engine.Fold;
import io.skein.projection.engine.LoggedEvent;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

final class AgentsFold implements Fold {
    private record Key(String network, String agent) implements Comparable<Key> {
        @Override
        public int compareTo(Key other) {
            int byNetwork = network.compareTo(other.network);
            return byNetwork != 0 ? byNetwork : agent.compareTo(other.agent);
        }
    }

    private record Evidence(double good, double bad, Instant at) {}

    private record Quarantine(boolean quarantined, @Nullable Instant until) {}

    private static final class Change {
        final Key key;
        final long firstPosition;
        final Instant firstSeenAt;
        long lastPosition;
        Instant lastSeenAt;
        long sent;
        long received;
        long errors;
        final List<Evidence> evidence = new ArrayList<>(0);

        @Nullable
        Quarantine quarantine;

        Belief belief;

        Change(Key key, long position, Instant at) {
            this.key = key;
            this.firstPosition = position;
            this.firstSeenAt = at;
            this.lastPosition = position;
            this.lastSeenAt = at;
            this.belief = Belief.prior(at);
        }
    }

    private final Map<Key, Change> changes = new HashMap<>();

    @Override
    public void on(LoggedEvent event) {
        if (!event.isKnown() || !(event.payload() instanceof AgentEvent agentEvent)) {
            return;
        }
        long position = event.position();
        Instant at = event.recordedAt();
        Change agent = change(agentEvent.networkId(), agentEvent.agentId(), position, at);
        switch (agentEvent) {
            case AgentRegistered registered -> {}
            case MessageRecorded recorded -> recorded(agent, recorded.message(), position, at);
            case MessageBlocked blocked -> {
                agent.sent++;
                agent.errors += isError(blocked.message()) ? 1 : 0;
            }
            case TrustAdjusted adjusted -> agent.evidence.add(new Evidence(adjusted.good(), adjusted.bad(), at));
            case AgentQuarantined quarantined -> agent.quarantine = new Quarantine(true, quarantined.expiresAt());
            case AgentReleased released -> agent.quarantine = new Quarantine(false, null);
        }
    }

    private void recorded(Change sender, Message message, long position, Instant at) {
        sender.sent++;
        Outcome outcome = message.outcome();
        if (isError(message)) {
            sender.errors++;
            sender.evidence.add(new Evidence(0, 1, at));
        } else if (outcome == Outcome.OK) {
            sender.evidence.add(new Evidence(1, 0, at));
        }
        for (AgentId target : new LinkedHashSet<>(message.targetAgents())) {
            change(message.networkId(), target, position, at).received++;
        }
    }

    private static boolean isError(Message message) {
        Outcome outcome = message.outcome();
        return outcome != null && outcome.isError();
    }

    private Change change(NetworkId network, AgentId agent, long position, Instant at) {
        Change change =
                changes.computeIfAbsent(new Key(network.value(), agent.value()), key -> new Change(key, position, at));
        change.lastPosition = position;
        change.lastSeenAt = at;
        return change;
    }

    @Override
    public void write(Connection database) throws SQLException {
        Map<Key, Change> ordered = new TreeMap<>(changes);
        List<Change> rows = new ArrayList<>(ordered.values());
        believe(database, rows.stream().filter(row -> !row.evidence.isEmpty()).toList(), ordered);
        Columns.of(rows)
                .text(row -> row.key.network())
                .text(row -> row.key.agent())
                .number(row -> row.sent)
                .number(row -> row.received)
                .number(row -> row.errors)
                .real(row -> row.belief.good())
                .real(row -> row.belief.bad())
                .instant(row -> row.belief.asOf())
                .flag(row -> !row.evidence.isEmpty())
                .flag(row -> row.quarantine != null)
                .flag(row -> row.quarantine != null && row.quarantine.quarantined())
                .instant(row -> row.quarantine == null ? null : row.quarantine.until())
                .number(row -> row.firstPosition)
                .number(row -> row.lastPosition)
                .instant(row -> row.firstSeenAt)
                .instant(row -> row.lastSeenAt)
                .update(database, """
                        merge into agent a using (
                            select * from unnest(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) as c
                                (network_id, agent_id, sent, received, errors, good, bad, evidence_at, believed,
                                 decided, quarantined, until, first_position, last_position, first_seen_at, last_seen_at)
                            ) c
                        on a.network_id = c.network_id and a.agent_id = c.agent_id
                        when matched then update set
                            sent = a.sent + c.sent, received = a.received + c.received, errors = a.errors + c.errors,
                            good = case when c.believed then c.good else a.good end,
                            bad = case when c.believed then c.bad else a.bad end,
                            evidence_at = case when c.believed then c.evidence_at else a.evidence_at end,
                            quarantined = case when c.decided then c.quarantined else a.quarantined end,
                            quarantined_until = case when c.decided then c.until else a.quarantined_until end,
                            last_position = c.last_position, last_seen_at = c.last_seen_at
                        when not matched then insert
                            (network_id, agent_id, sent, received, errors, good, bad, evidence_at, quarantined,
                             quarantined_until, first_position, last_position, first_seen_at, last_seen_at)
                            values (c.network_id, c.agent_id, c.sent, c.received, c.errors, c.good, c.bad, c.evidence_at,
                             c.quarantined, c.until, c.first_position, c.last_position, c.first_seen_at, c.last_seen_at)""");
        changes.clear();
    }

    // Evidence fades by the time between one piece and the next, so it is added one by one to what the table says.
    private static void believe(Connection database, List<Change> judged, Map<Key, Change> all) throws SQLException {
        Columns.of(judged)
                .text(row -> row.key.network())
                .text(row -> row.key.agent())
                .query(database, """
                        select a.network_id, a.agent_id, a.good, a.bad, a.evidence_at
                        from agent a join unnest(?, ?) as k (network_id, agent_id) using (network_id, agent_id)""", row -> {
                    Change change = all.get(new Key(row.getString(1), row.getString(2)));
                    if (change != null) {
                        change.belief = new Belief(
                                row.getDouble(3),
                                row.getDouble(4),
                                row.getTimestamp(5).toInstant());
                    }
                    return true;
                });
        for (Change change : judged) {
            for (Evidence piece : change.evidence) {
                change.belief = change.belief.with(piece.good(), piece.bad(), piece.at());
            }
        }
    }
}
