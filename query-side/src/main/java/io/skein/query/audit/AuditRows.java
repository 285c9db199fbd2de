package io.skein.query.audit;

import io.skein.kernel.audit.AuditEntry;
import io.skein.kernel.audit.AuditQuery.ListEntries;
import io.skein.kernel.id.AgentId;
import io.skein.kernel.id.ConversationId;
import io.skein.kernel.id.NetworkId;
import io.skein.query.reading.Rows;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** The SQL over {@code audit_entry}. */
@Component
final class AuditRows {
    private static final String SELECT = """
            select t.position, t.recorded_at, t.network_id, t.event_type, t.aggregate_type, t.aggregate_id, t.sequence, t.subject,
                   t.message_id, t.conversation_id, t.actor, t.summary
            from audit_entry t""";
    private static final String OF_AGENT =
            " join history_party p on p.position = t.position and p.network_id = :network and p.agent_id = :agent and p.speaks";

    private final JdbcClient jdbc;

    AuditRows(@Qualifier("queryJdbcClient") JdbcClient queryJdbcClient) {
        this.jdbc = queryJdbcClient;
    }

    /** @param after the position of the last entry of the page before; null for the first page */
    List<AuditEntry> list(ListEntries query, @Nullable Long after, int limit) {
        @Nullable AgentId agent = query.agentId();
        @Nullable ConversationId conversation = query.conversationId();
        @Nullable String type = query.eventType();
        @Nullable NetworkId network = query.networkId();
        StringBuilder sql = new StringBuilder(SELECT)
                .append(agent == null ? "" : OF_AGENT)
                .append(network == null ? " where t.network_id is null" : " where t.network_id = :network");
        if (agent != null) {
            sql.append(" and t.agent_id = :agent");
        }
        if (conversation != null) {
            sql.append(" and t.conversation_id = :conversation");
        }
        if (type != null) {
            sql.append(" and t.event_type = :type");
        }
        if (after != null) {
            sql.append(query.newestFirst() ? " and t.position < :after" : " and t.position > :after");
        }
        sql.append(query.newestFirst() ? " order by t.position desc" : " order by t.position")
                .append(" limit :limit");
        return jdbc.sql(sql.toString())
                .param("network", network == null ? "" : network.value())
                .param("agent", agent == null ? "" : agent.value())
                .param("conversation", conversation == null ? "" : conversation.value())
                .param("type", type == null ? "" : type)
                .param("after", after == null ? 0 : after)
                .param("limit", limit)
                .query(AuditRows::entry)
                .list();
    }

    long count(NetworkId networkId) {
        return jdbc.sql("select count(*) from audit_entry where network_id = :network")
                .param("network", networkId.value())
                .query(Long.class)
                .single();
    }

    private static AuditEntry entry(ResultSet row, int number) throws SQLException {
        @Nullable String network = row.getString("network_id");
        return new AuditEntry(
                row.getLong("position"),
                Rows.instant(row, "recorded_at"),
                network == null ? null : new NetworkId(network),
                row.getString("event_type"),
                row.getString("aggregate_type"),
                row.getString("aggregate_id"),
                row.getLong("sequence"),
                row.getString("subject"),
                row.getString("message_id"),
                row.getString("conversation_id"),
                row.getString("actor"),
                row.getString("summary"));
    }
}
