package io.skein.projection.interventions;

import io.skein.eventlog.KernelJson;
import io.skein.kernel.agent.AgentEvent;
import io.skein.kernel.agent.AgentQuarantined;
import io.skein.kernel.agent.AgentReleased;
import io.skein.kernel.agent.InterventionDecided;
import io.skein.kernel.agent.MessageBlocked;
import io.skein.kernel.agent.MessageRecorded;
import io.skein.kernel.id.AgentId;
import io.skein.kernel.id.AlertId;
import io.skein.kernel.id.UserId;
import io.skein.kernel.intervention.Effect;
import io.skein.kernel.intervention.Outcome;
import io.skein.kernel.message.Message;
import io.skein.projection.engine.Fold;
import io.skein.projection.engine.LogReplay;
import io.skein.projection.engine.LoggedEvent;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

final class InterventionsFold implements Fold {
    private static final String TARGETS_QUARANTINED = "TARGETS_QUARANTINED";
    private static final Duration LEAST_WINDOW = Duration.ofSeconds(5);
    private static final Duration MOST_WINDOW = Duration.ofMinutes(5);
    /** Beyond, effects are not looked at: each keeps the messages of its network in memory. */
    private static final int MOST_LOOKED_AT = 64;

    private record Step(AgentEvent event, long position, Instant at) {}

    private final List<Looking> looking;
    private final LogReplay replay;
    private final List<Step> steps = new ArrayList<>();

    InterventionsFold(List<Looking> looking, LogReplay replay) {
        this.looking = looking;
        this.replay = replay;
    }

    @Override
    public void on(LoggedEvent event) {
        look(looking, event);
        if (event.isA(MessageBlocked.class)
                || event.isA(InterventionDecided.class)
                || event.isA(AgentQuarantined.class)
                || event.isA(AgentReleased.class)) {
            AgentEvent payload = (AgentEvent) event.payload();
            steps.add(new Step(payload, event.position(), event.recordedAt()));
            begin(payload, event.position(), event.recordedAt());
        }
    }

    /** An effect is looked at from the decision on. A quarantine by hand is a decision; one that follows Skein's own is not a second. */
    private void begin(AgentEvent event, long position, Instant at) {
        Looking one = null;
        if (event instanceof InterventionDecided decided && decided.outcome() != Outcome.RENEWED) {
            one = looking(decided, decided.interventionId(), decided.until(), position, at, decided.withheld() != null);
        } else if (event instanceof AgentQuarantined quarantined
                && !quarantined.by().equals(UserId.SKEIN)) {
            one = looking(quarantined, byHand(position), quarantined.expiresAt(), position, at, false);
        }
        if (one != null) {
            looking.add(one);
        }
    }

    private static Looking looking(
            AgentEvent event, String id, @Nullable Instant until, long position, Instant at, boolean withheld) {
        return new Looking(
                event.networkId().value(),
                id,
                event.agentId().value(),
                position,
                at.toEpochMilli(),
                window(at, until).toMillis(),
                withheld);
    }

    private static Duration window(Instant at, @Nullable Instant until) {
        Duration length = until == null ? MOST_WINDOW : Duration.between(at, until);
        return length.compareTo(MOST_WINDOW) > 0
                ? MOST_WINDOW
                : length.compareTo(LEAST_WINDOW) < 0 ? LEAST_WINDOW : length;
    }

    private static String byHand(long position) {
        return "by-hand-" + position;
    }

    /** Shows an event to those who look. Messages are read only where somebody does. */
    static void look(List<Looking> looking, LoggedEvent event) {
        if (looking.isEmpty()) {
            return;
        }
        long milli = event.recordedAt().toEpochMilli();
        Message message = null;
        for (Looking one : looking) {
            if (one.over || event.position() <= one.position) {
                continue;
            }
            one.at(milli);
            if (one.over) {
                continue;
            }
            if (event.isA(MessageRecorded.class)) {
                message = message == null ? ((MessageRecorded) event.payload()).message() : message;
                if (message.networkId().value().equals(one.network)) {
                    one.said.add(Past.said(message, milli));
                }
            } else if (event.isA(AgentQuarantined.class) || event.isA(AgentReleased.class)) {
                AgentEvent about = (AgentEvent) event.payload();
                if (!about.networkId().value().equals(one.network)) {
                    continue;
                }
                boolean mine = about.agentId().value().equals(one.agent);
                if (!mine && about instanceof AgentQuarantined) {
                    one.apartAfter.add(about.agentId().value());
                } else if (mine && about instanceof AgentReleased) {
                    one.ended(milli);
                }
            }
        }
    }

    @Override
    public void write(Connection database) throws SQLException {
        for (Step step : steps) {
            switch (step.event()) {
                case InterventionDecided decided -> decided(database, decided, step);
                case AgentQuarantined quarantined -> quarantined(database, quarantined, step);
                case AgentReleased released -> end(database, released, step, released.by(), released.reason());
                case MessageBlocked blocked -> blocked(database, blocked, step);
                default ->
                    throw new IllegalStateException(
                            "step of type " + step.event().getClass());
            }
        }
        steps.clear();
        for (Looking one : looking) {
            if (!one.pastRead) {
                before(database, one);
            }
            Looking.Cut cut = one.cut;
            if (cut != null) {
                effect(database, one, cut);
                one.cut = null;
            }
        }
        looking.removeIf(one -> one.over);
    }

    private void before(Connection database, Looking one) throws SQLException {
        long present =
                looking.stream().filter(other -> other.pastRead && !other.over).count();
        if (present >= MOST_LOOKED_AT) {
            one.over = true;
            one.cut = null;
            try (PreparedStatement update = database.prepareStatement(
                    "update intervention set effect_final = true where network_id = ? and intervention_id = ?")) {
                update.setString(1, one.network);
                update.setString(2, one.id);
                update.executeUpdate();
            }
            return;
        }
        int after = one.said.size();
        long asked = one.windowMillis;
        Past.read(one, replay, database);
        Looking.Cut cut = one.cut;
        if (cut != null) {
            int past = one.said.size() - after;
            one.cut = new Looking.Cut(
                    Math.min(cut.lengthMillis(), one.windowMillis), cut.messages() + past, cut.apart(), cut.isFinal());
        }
        if (asked != one.windowMillis) {
            try (PreparedStatement update = database.prepareStatement(
                    "update intervention set window_millis = ? where network_id = ? and intervention_id = ?")) {
                update.setLong(1, one.windowMillis);
                update.setString(2, one.network);
                update.setString(3, one.id);
                update.executeUpdate();
            }
        }
    }

    private static void effect(Connection database, Looking one, Looking.Cut cut) throws SQLException {
        Effect effect = Effects.of(
                one.agent,
                one.startMilli,
                one.windowMillis,
                cut.lengthMillis(),
                cut.isFinal(),
                one.said.subList(0, cut.messages()),
                one.apart(cut));
        try (PreparedStatement update = database.prepareStatement(
                "update intervention set effect = ?, effect_final = ? where network_id = ? and intervention_id = ?")) {
            update.setString(1, KernelJson.mapper().writeValueAsString(effect));
            update.setBoolean(2, cut.isFinal());
            update.setString(3, one.network);
            update.setString(4, one.id);
            update.executeUpdate();
        }
    }

    private void decided(Connection database, InterventionDecided decided, Step step) throws SQLException {
        if (decided.outcome() == Outcome.RENEWED) {
            try (PreparedStatement update = database.prepareStatement("""
                    update intervention set until_at = ?, renewals = renewals + 1, last_position = ?
                    where network_id = ? and agent_id = ? and outcome = 'quarantined' and ended_at is null""")) {
                update.setTimestamp(1, Timestamp.from(decided.until()));
                update.setLong(2, step.position());
                update.setString(3, decided.networkId().value());
                update.setString(4, decided.agentId().value());
                update.executeUpdate();
            }
            return;
        }
        insert(
                database,
                decided,
                decided.interventionId(),
                decided.outcome(),
                decided.withheld(),
                decided.rule(),
                decided.cause(),
                KernelJson.mapper().writeValueAsString(decided.evidence()),
                decided.score(),
                decided.reason(),
                UserId.SKEIN,
                decided.policyVersion(),
                decided.decidedFrom(),
                decided.until(),
                step);
    }

    private void quarantined(Connection database, AgentQuarantined quarantined, Step step) throws SQLException {
        if (quarantined.by().equals(UserId.SKEIN)) {
            return;
        }
        end(database, quarantined, step, quarantined.by(), "Replaced by another quarantine.");
        insert(
                database,
                quarantined,
                byHand(step.position()),
                Outcome.QUARANTINED,
                null,
                null,
                quarantined.cause(),
                "[]",
                null,
                quarantined.reason(),
                quarantined.by(),
                null,
                step.position(),
                quarantined.expiresAt(),
                step);
    }

    private void insert(
            Connection database,
            AgentEvent event,
            String id,
            Outcome outcome,
            @Nullable Enum<?> withheld,
            @Nullable Enum<?> rule,
            @Nullable AlertId cause,
            String evidence,
            @Nullable Double score,
            String reason,
            UserId by,
            @Nullable Long policyVersion,
            long decidedFrom,
            @Nullable Instant until,
            Step step)
            throws SQLException {
        try (PreparedStatement insert = database.prepareStatement("""
                insert into intervention (network_id, intervention_id, agent_id, outcome, withheld, rule, cause, evidence, score, reason, decided_by,
                    policy_version, decided_from, position, decided_at, until_at, window_millis, effect_final, last_position)
                values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, false, ?)
                on conflict (network_id, intervention_id) do nothing""")) {
            insert.setString(1, event.networkId().value());
            insert.setString(2, id);
            insert.setString(3, event.agentId().value());
            insert.setString(4, word(outcome));
            insert.setString(5, withheld == null ? null : word(withheld));
            insert.setString(6, rule == null ? null : word(rule));
            insert.setString(7, cause == null ? null : cause.value());
            insert.setString(8, evidence);
            insert.setObject(9, score);
            insert.setString(10, reason);
            insert.setString(11, by.value());
            insert.setObject(12, policyVersion);
            insert.setLong(13, decidedFrom);
            insert.setLong(14, step.position());
            insert.setTimestamp(15, Timestamp.from(step.at()));
            insert.setTimestamp(16, until == null ? null : Timestamp.from(until));
            insert.setLong(17, window(step.at(), until).toMillis());
            insert.setLong(18, step.position());
            insert.executeUpdate();
        }
    }

    private static void end(Connection database, AgentEvent event, Step step, UserId by, String reason)
            throws SQLException {
        try (PreparedStatement update = database.prepareStatement("""
                update intervention set ended_at = ?, ended_by = ?, end_reason = ?, last_position = ?
                where network_id = ? and agent_id = ? and outcome = 'quarantined' and ended_at is null""")) {
            update.setTimestamp(1, Timestamp.from(step.at()));
            update.setString(2, by.value());
            update.setString(3, reason);
            update.setLong(4, step.position());
            update.setString(5, event.networkId().value());
            update.setString(6, event.agentId().value());
            update.executeUpdate();
        }
    }

    private static void blocked(Connection database, MessageBlocked blocked, Step step) throws SQLException {
        Message message = blocked.message();
        boolean toNobody = blocked.reason().equals(TARGETS_QUARANTINED);
        boolean fine = message.outcome() == null || !message.outcome().isError();
        String[] agents = toNobody
                ? message.targetAgents().stream().map(AgentId::value).toArray(String[]::new)
                : new String[] {message.agentId().value()};
        try (PreparedStatement update = database.prepareStatement("""
                update intervention set blocked = blocked + ?, blocked_fine = blocked_fine + ?, blocked_others = blocked_others + ?, last_position = ?
                where network_id = ? and agent_id = any(?) and outcome = 'quarantined' and ended_at is null""")) {
            update.setInt(1, toNobody ? 0 : 1);
            update.setInt(2, toNobody || !fine ? 0 : 1);
            update.setInt(3, toNobody ? 1 : 0);
            update.setLong(4, step.position());
            update.setString(5, blocked.networkId().value());
            update.setArray(6, database.createArrayOf("text", agents));
            update.executeUpdate();
        }
    }

    private static String word(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }
}
