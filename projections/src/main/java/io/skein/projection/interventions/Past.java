package io.skein.projection.interventions;

import io.skein.kernel.agent.AgentQuarantined;
import io.skein.kernel.agent.MessageRecorded;
import io.skein.kernel.id.AgentId;
import io.skein.kernel.message.Message;
import io.skein.kernel.message.Outcome;
import io.skein.projection.engine.LogReplay;
import io.skein.projection.engine.LoggedEvent;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** The stretch of the log before an intervention. */
final class Past {
    /** No more than this is read; where it does not reach as far back as the window, the window is shorter. */
    private static final int MOST_EVENTS = 60_000;

    private static final int PAGE = 5_000;
    private static final long LEAST_MILLIS = 1_000;

    private Past() {}

    static void read(Looking one, LogReplay replay, Connection database) throws SQLException {
        List<LoggedEvent> read = new ArrayList<>();
        long reach = one.startMilli - 2 * one.windowMillis;
        long upTo = one.position;
        boolean whole = false;
        while (!whole && upTo > 0 && one.position - upTo < MOST_EVENTS) {
            long after = Math.max(0, upTo - PAGE);
            List<LoggedEvent> page = new ArrayList<>();
            replay.between(Interventions.NAME, after, upTo, database, page::add);
            page.addAll(read);
            read = page;
            whole = !read.isEmpty() && read.getFirst().recordedAt().toEpochMilli() < reach;
            upTo = after;
        }
        if (!whole && upTo > 0 && !read.isEmpty()) {
            long covered = one.startMilli - read.getFirst().recordedAt().toEpochMilli();
            one.windowMillis = Math.max(LEAST_MILLIS, Math.min(one.windowMillis, covered / 2));
        }
        List<Said> past = new ArrayList<>();
        for (LoggedEvent event : read) {
            long milli = event.recordedAt().toEpochMilli();
            if (milli < one.startMilli - 2 * one.windowMillis) {
                continue;
            }
            if (event.isA(MessageRecorded.class)) {
                Message message = ((MessageRecorded) event.payload()).message();
                if (message.networkId().value().equals(one.network)) {
                    past.add(said(message, milli));
                }
            } else if (event.isA(AgentQuarantined.class)
                    && ((AgentQuarantined) event.payload()).networkId().value().equals(one.network)) {
                one.apartBefore.add(
                        ((AgentQuarantined) event.payload()).agentId().value());
            }
        }
        one.said.addAll(0, past);
        one.pastRead = true;
    }

    static Said said(Message message, long milli) {
        Outcome outcome = message.outcome();
        return new Said(
                milli,
                message.agentId().value(),
                message.targetAgents().stream().map(AgentId::value).toList(),
                outcome != null && outcome != Outcome.OK);
    }
}
