package io.skein.query.history;

import io.skein.kernel.history.HistoryFilter;
import io.skein.query.reading.Rows;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * A filter as SQL in two parts: the candidates, which an index gives in the order of positions, and what must hold of each. Finding few among many candidates is
 * bounded by how many are looked at.
 */
final class HistorySql {
    private final Map<String, Object> parameters = new LinkedHashMap<>();
    private final StringBuilder candidates = new StringBuilder();
    private final StringBuilder conditions = new StringBuilder();

    HistorySql(HistoryFilter filter, Stretch stretch) {
        parameters.put("network", filter.networkId().value());
        parameters.put("first", stretch.first());
        parameters.put("last", stretch.last());
        candidates(filter);
        conditions(filter);
    }

    private void candidates(HistoryFilter filter) {
        if (filter.agentId() != null) {
            candidates.append("""
                    select p.position from history_party p where p.network_id = :network and p.agent_id = :agent""");
            parameters.put("agent", filter.agentId().value());
            if (filter.counterpartId() != null) {
                candidates
                        .append(" and exists (select 1 from history_party q where q.network_id = :network")
                        .append(
                                " and q.agent_id = :counterpart and q.position = p.position and (p.speaks or q.speaks))");
                parameters.put("counterpart", filter.counterpartId().value());
            }
        } else if (filter.conversationId() != null) {
            candidates.append("""
                    select p.position from audit_entry p where p.network_id = :network and p.conversation_id = :conversation""");
        } else {
            candidates.append("select p.position from audit_entry p where p.network_id = :network");
        }
        candidates.append(" and p.position between :first and :last");
    }

    private void conditions(HistoryFilter filter) {
        if (filter.conversationId() != null) {
            parameters.put("conversation", filter.conversationId().value());
            if (filter.agentId() != null) {
                require("t.conversation_id = :conversation", null, null);
            }
        }
        if (!filter.eventTypes().isEmpty()) {
            require("t.event_type = any(:types)", "types", new TreeSet<>(filter.eventTypes()).toArray(String[]::new));
        }
        word("t.message_type", "messageType", filter.messageType());
        word("t.outcome", "outcome", filter.outcome());
        word("t.severity", "severity", filter.severity());
        if (filter.from() != null) {
            require("t.recorded_at >= :from", "from", Rows.parameter(filter.from()));
        }
        if (filter.to() != null) {
            require("t.recorded_at < :to", "to", Rows.parameter(filter.to()));
        }
        if (filter.text() != null) {
            // A line break, which no id has keeps a match from running over the end of one id into the next.
            require(
                    "position(:text in lower(concat_ws(E'\\n', t.subject, t.actor, t.message_id, t.conversation_id, t.causation_id))) > 0",
                    "text",
                    filter.text().toLowerCase(Locale.ROOT));
        }
    }

    private void word(String column, String parameter, @Nullable Enum<?> value) {
        if (value != null) {
            require(column + " = :" + parameter, parameter, value.name().toLowerCase(Locale.ROOT));
        }
    }

    private void require(String condition, @Nullable String parameter, @Nullable Object value) {
        conditions.append(" and ").append(condition);
        if (parameter != null && value != null) {
            parameters.put(parameter, value);
        }
    }

    /** Whether a candidate may fall through. */
    boolean isSelective() {
        return !conditions.isEmpty();
    }

    Map<String, Object> parameters() {
        return parameters;
    }

    /** The candidates' positions. */
    String candidates() {
        return candidates.toString();
    }

    /** What must hold of a candidate's entry {@code t}, from {@code and} on; empty for nothing. */
    String conditions() {
        return conditions.toString();
    }
}
