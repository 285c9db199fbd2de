package io.skein.projection.agents;

import io.skein.eventlog.KernelJson;
import io.skein.kernel.agent.AgentEvent;
import io.skein.kernel.agent.AgentQuarantined;
import io.skein.kernel.agent.AgentRegistered;
import io.skein.kernel.agent.AgentReleased;
import io.skein.kernel.agent.InterventionDecided;
import io.skein.kernel.agent.MessageBlocked;
import io.skein.kernel.agent.MessageRecorded;
import io.skein.kernel.agent.TrustAdjusted;
import io.skein.kernel.alert.AlertEvent;
import io.skein.kernel.id.AgentId;
import io.skein.kernel.id.NetworkId;
import io.skein.kernel.message.Message;
import io.skein.kernel.message.Outcome;
import io.skein.kernel.policy.Policies;
import io.skein.kernel.policy.PolicyChanged;
import io.skein.kernel.policy.TrustRules;
import io.skein.kernel.trust.Belief;
import io.skein.kernel.trust.PeerStatement;
import io.skein.projection.engine.Columns;
import io.skein.projection.engine.Fold;
import io.skein.projection.engine.LoggedEvent;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
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

    private record Quarantine(boolean quarantined, @Nullable Instant until) {}

    private record AlertStep(AlertEvent event, long position, Instant at, Policies policies) {}

    private record Changed(TrustPiece piece, Key agent, long number, long successesBefore, double good, double bad) {}

    private static final class Change {
        final Key key;
        final NetworkId network;
        long firstPosition;
        Instant firstSeenAt;
        long lastPosition;
        Instant lastSeenAt;
        long sent;
        long received;
        long errors;
        final List<TrustPiece> pieces = new ArrayList<>(0);

        @Nullable
        Quarantine quarantine;

        Belief belief;
        double good;
        double bad;
        long trustChanges;
        long successesSince;

        Change(Key key, NetworkId network, long position, Instant at, TrustRules rules) {
            this.key = key;
            this.network = network;
            this.firstPosition = position;
            this.firstSeenAt = at;
            this.lastPosition = position;
            this.lastSeenAt = at;
            this.belief = Belief.none(at);
            this.good = belief.good(rules);
            this.bad = belief.bad(rules);
        }
    }

    private final Map<Key, Change> changes = new HashMap<>();
    private final List<AlertStep> alertSteps = new ArrayList<>();
    private final List<PolicyStep> policySteps = new ArrayList<>();
    private final Agents agents;

    private record PolicyStep(PolicyChanged event, long position) {}

    /** @param agents holds the policies, which outlive a batch */
    AgentsFold(Agents agents) {
        this.agents = agents;
    }

    @Override
    public void on(LoggedEvent event) {
        if (event.isA(AlertEvent.class)) {
            alertSteps.add(new AlertStep(
                    (AlertEvent) event.payload(), event.position(), event.recordedAt(), agents.policies()));
            return;
        }
        if (event.isA(PolicyChanged.class)) {
            PolicyChanged changed = (PolicyChanged) event.payload();
            policySteps.add(new PolicyStep(changed, event.position()));
            agents.change(changed, event.position());
            return;
        }
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
            case TrustAdjusted adjusted -> {
                agent.pieces.add(new TrustPiece(
                        TrustPiece.Kind.ADJUSTED,
                        adjusted.good(),
                        adjusted.bad(),
                        at,
                        position,
                        agents.policies(),
                        adjusted.reason(),
                        null,
                        adjusted.by().value()));
            }
            case AgentQuarantined quarantined -> agent.quarantine = new Quarantine(true, quarantined.expiresAt());
            case AgentReleased released -> agent.quarantine = new Quarantine(false, null);
            case InterventionDecided decided -> {}
        }
    }

    private void recorded(Change sender, Message message, long position, Instant at) {
        sender.sent++;
        Outcome outcome = message.outcome();
        if (isError(message)) {
            sender.errors++;
            sender.pieces.add(piece(
                    TrustPiece.Kind.FAILURE,
                    0,
                    rules(message.networkId()).failure(),
                    at,
                    position,
                    "Message " + message.messageId() + " reported "
                            + (outcome == Outcome.TIMEOUT ? "a timeout" : "an error"),
                    null));
        } else if (outcome == Outcome.OK) {
            sender.pieces.add(
                    piece(TrustPiece.Kind.SUCCESS, rules(message.networkId()).success(), 0, at, position, "", null));
        }
        PeerStatement.of(message).ifPresent(said -> {
            double weight = rules(message.networkId()).peer();
            change(message.networkId(), said.about(), position, at)
                    .pieces
                    .add(piece(
                            TrustPiece.Kind.PEER,
                            said.good() ? weight : 0,
                            said.good() ? 0 : weight,
                            at,
                            position,
                            message.agentId() + " spoke " + (said.good() ? "for" : "against") + " it in message "
                                    + message.messageId(),
                            message.agentId().value()));
        });
        for (AgentId target : new LinkedHashSet<>(message.targetAgents())) {
            change(message.networkId(), target, position, at).received++;
        }
    }

    private TrustPiece piece(
            TrustPiece.Kind kind,
            double good,
            double bad,
            Instant at,
            long position,
            String reason,
            @Nullable String by) {
        return new TrustPiece(kind, good, bad, at, position, agents.policies(), reason, null, by);
    }

    private TrustRules rules(NetworkId network) {
        return agents.policies().rules(network).trust();
    }

    private static boolean isError(Message message) {
        Outcome outcome = message.outcome();
        return outcome != null && outcome.isError();
    }

    private Change change(NetworkId network, AgentId agent, long position, Instant at) {
        Change change = changes.computeIfAbsent(
                new Key(network.value(), agent.value()), key -> new Change(key, network, position, at, rules(network)));
        // What an alert means is only known when the batch is written, after later events were seen.
        if (position < change.firstPosition) {
            change.firstPosition = position;
            change.firstSeenAt = at;
            change.belief = Belief.none(at);
        }
        if (position > change.lastPosition) {
            change.lastPosition = position;
            change.lastSeenAt = at;
        }
        return change;
    }

    @Override
    public void write(Connection database) throws SQLException {
        Columns.of(policySteps)
                .number(PolicyStep::position)
                .text(step -> KernelJson.mapper().writeValueAsString(step.event()))
                .update(
                        database,
                        "insert into trust_policy (position, change) select * from unnest(?, ?) on conflict (position) do nothing");
        charge(database);
        Map<Key, Change> ordered = new TreeMap<>(changes);
        List<Change> rows = new ArrayList<>(ordered.values());
        List<Changed> history = believe(
                database, rows.stream().filter(row -> !row.pieces.isEmpty()).toList(), ordered);
        Columns.of(rows)
                .text(row -> row.key.network())
                .text(row -> row.key.agent())
                .number(row -> row.sent)
                .number(row -> row.received)
                .number(row -> row.errors)
                .real(row -> row.good)
                .real(row -> row.bad)
                .real(row -> row.belief.ownGood())
                .real(row -> row.belief.ownBad())
                .real(row -> row.belief.peerGood())
                .real(row -> row.belief.peerBad())
                .instant(row -> row.belief.asOf())
                .number(row -> row.trustChanges)
                .number(row -> row.successesSince)
                .flag(row -> !row.pieces.isEmpty())
                .flag(row -> row.quarantine != null)
                .flag(row -> row.quarantine != null && row.quarantine.quarantined())
                .instant(row -> row.quarantine == null ? null : row.quarantine.until())
                .number(row -> row.firstPosition)
                .number(row -> row.lastPosition)
                .instant(row -> row.firstSeenAt)
                .instant(row -> row.lastSeenAt)
                .update(database, """
                        merge into agent a using (
                            select * from unnest(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) as c
                                (network_id, agent_id, sent, received, errors, good, bad, own_good, own_bad, peer_good, peer_bad, evidence_at,
                                 trust_changes, successes_since, believed,
                                 decided, quarantined, until, first_position, last_position, first_seen_at, last_seen_at)
                            ) c
                        on a.network_id = c.network_id and a.agent_id = c.agent_id
                        when matched then update set
                            sent = a.sent + c.sent, received = a.received + c.received, errors = a.errors + c.errors,
                            good = case when c.believed then c.good else a.good end,
                            bad = case when c.believed then c.bad else a.bad end,
                            own_good = case when c.believed then c.own_good else a.own_good end,
                            own_bad = case when c.believed then c.own_bad else a.own_bad end,
                            peer_good = case when c.believed then c.peer_good else a.peer_good end,
                            peer_bad = case when c.believed then c.peer_bad else a.peer_bad end,
                            evidence_at = case when c.believed then c.evidence_at else a.evidence_at end,
                            trust_changes = case when c.believed then c.trust_changes else a.trust_changes end,
                            successes_since = case when c.believed then c.successes_since else a.successes_since end,
                            quarantined = case when c.decided then c.quarantined else a.quarantined end,
                            quarantined_until = case when c.decided then c.until else a.quarantined_until end,
                            last_position = c.last_position, last_seen_at = c.last_seen_at
                        when not matched then insert
                            (network_id, agent_id, sent, received, errors, good, bad, own_good, own_bad, peer_good, peer_bad, evidence_at,
                             trust_changes, successes_since, quarantined,
                             quarantined_until, first_position, last_position, first_seen_at, last_seen_at)
                            values (c.network_id, c.agent_id, c.sent, c.received, c.errors, c.good, c.bad, c.own_good, c.own_bad, c.peer_good,
                             c.peer_bad, c.evidence_at, c.trust_changes, c.successes_since,
                             c.quarantined, c.until, c.first_position, c.last_position, c.first_seen_at, c.last_seen_at)""");
        remember(database, history);
        changes.clear();
        alertSteps.clear();
        policySteps.clear();
    }

    /** Turns what alerts say into pieces of evidence, in the order of the log. */
    private void charge(Connection database) throws SQLException {
        if (alertSteps.isEmpty()) {
            return;
        }
        AlertCharges charges = new AlertCharges();
        charges.load(database, alertSteps.stream().map(AlertStep::event).toList());
        for (AlertStep step : alertSteps) {
            for (AlertCharges.Cost cost : charges.on(step.event(), step.at(), step.policies())) {
                change(step.event().networkId(), cost.agent(), step.position(), step.at())
                        .pieces
                        .add(new TrustPiece(
                                cost.bad() < 0 ? TrustPiece.Kind.DISMISSED : TrustPiece.Kind.PATTERN,
                                0,
                                cost.bad(),
                                step.at(),
                                step.position(),
                                step.policies(),
                                cost.reason(),
                                step.event().alertId().value(),
                                null));
            }
        }
        charges.save(database);
    }

    // Evidence fades by the time between one piece and the next, so it is added one by one to what the table says.
    private static List<Changed> believe(Connection database, List<Change> judged, Map<Key, Change> all)
            throws SQLException {
        Columns.of(judged)
                .text(row -> row.key.network())
                .text(row -> row.key.agent())
                .query(database, """
                        select a.network_id, a.agent_id, a.own_good, a.own_bad, a.peer_good, a.peer_bad, a.evidence_at, a.trust_changes, a.successes_since
                        from agent a join unnest(?, ?) as k (network_id, agent_id) using (network_id, agent_id)""", row -> {
                    Change change = all.get(new Key(row.getString(1), row.getString(2)));
                    if (change != null) {
                        change.belief = new Belief(
                                row.getDouble(3),
                                row.getDouble(4),
                                row.getDouble(5),
                                row.getDouble(6),
                                row.getTimestamp(7).toInstant());
                        change.trustChanges = row.getLong(8);
                        change.successesSince = row.getLong(9);
                    }
                    return true;
                });
        List<Changed> history = new ArrayList<>();
        for (Change change : judged) {
            change.pieces.sort(Comparator.comparingLong(TrustPiece::position));
            for (TrustPiece piece : change.pieces) {
                add(change, piece, history);
            }
        }
        return history;
    }

    private static void add(Change change, TrustPiece piece, List<Changed> history) {
        TrustRules rules = piece.policies().rules(change.network).trust();
        Belief faded = change.belief.fadedTo(piece.at(), piece.policies(), change.network);
        change.belief = piece.kind() == TrustPiece.Kind.PEER
                ? faded.plusPeer(piece.good(), piece.bad())
                : faded.plus(piece.good(), piece.bad());
        change.good = change.belief.good(rules);
        change.bad = change.belief.bad(rules);
        if (piece.kind() == TrustPiece.Kind.SUCCESS) {
            change.successesSince++;
            return;
        }
        change.trustChanges++;
        history.add(
                new Changed(piece, change.key, change.trustChanges, change.successesSince, change.good, change.bad));
        change.successesSince = 0;
    }

    /** The newest changes of each agent: one that fell out of the window within this batch is not written at all. */
    private static void remember(Connection database, List<Changed> history) throws SQLException {
        Map<Key, Map<Long, Changed>> newest = new TreeMap<>();
        for (Changed changed : history) {
            newest.computeIfAbsent(changed.agent(), first -> new TreeMap<>())
                    .put(changed.number() % Agents.TRUST_CHANGES, changed);
        }
        List<Changed> rows = newest.values().stream()
                .flatMap(ofAgent -> ofAgent.values().stream())
                .toList();
        Columns.of(rows)
                .text(row -> row.agent().network())
                .text(row -> row.agent().agent())
                .number(row -> row.number() % Agents.TRUST_CHANGES)
                .number(Changed::number)
                .number(row -> row.piece().position())
                .instant(row -> row.piece().at())
                .text(row -> row.piece().kind().name().toLowerCase(Locale.ROOT))
                .real(row -> row.piece().good())
                .real(row -> row.piece().bad())
                .text(row -> row.piece().reason())
                .text(row -> row.piece().alertId())
                .text(row -> row.piece().by())
                .number(Changed::successesBefore)
                .real(Changed::good)
                .real(Changed::bad)
                .update(database, """
                        insert into trust_change (network_id, agent_id, slot, number, position, recorded_at, kind, good, bad, reason, alert_id,
                            changed_by, successes_before, good_after, bad_after)
                        select * from unnest(?, ?, ?::bigint[]::smallint[], ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                        on conflict (network_id, agent_id, slot) do update set
                            number = excluded.number, position = excluded.position, recorded_at = excluded.recorded_at, kind = excluded.kind,
                            good = excluded.good, bad = excluded.bad, reason = excluded.reason, alert_id = excluded.alert_id,
                            changed_by = excluded.changed_by, successes_before = excluded.successes_before,
                            good_after = excluded.good_after, bad_after = excluded.bad_after""");
    }
}
