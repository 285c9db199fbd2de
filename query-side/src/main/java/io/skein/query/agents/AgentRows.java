package io.skein.query.agents;

import io.skein.kernel.agent.AgentSummary;
import io.skein.kernel.id.AgentId;
import io.skein.kernel.id.NetworkId;
import io.skein.query.reading.ItemChanges;
import io.skein.query.reading.ItemChanges.OfNetwork;
import io.skein.query.reading.Rows;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** The SQL over {@code agent}. */
@Component
final class AgentRows {
    private static final String SELECT = """
            select t.network_id, t.agent_id, t.sent, t.received, t.errors, t.good, t.bad, t.quarantined, t.quarantined_until,
                   t.first_position, t.last_position, t.first_seen_at, t.last_seen_at
            from agent t""";

    private final JdbcClient jdbc;

    AgentRows(@Qualifier("queryJdbcClient") JdbcClient queryJdbcClient) {
        this.jdbc = queryJdbcClient;
    }

    Optional<AgentSummary> find(NetworkId networkId, AgentId agentId) {
        return jdbc.sql(SELECT + " where t.network_id = :network and t.agent_id = :agent")
                .param("network", networkId.value())
                .param("agent", agentId.value())
                .query(AgentRows::agent)
                .optional();
    }

    List<AgentSummary> list(NetworkId networkId, @Nullable AgentId after, int limit) {
        return jdbc.sql(SELECT
                        + " where t.network_id = :network and t.agent_id > :after order by t.agent_id limit :limit")
                .param("network", networkId.value())
                .param("after", after == null ? "" : after.value())
                .param("limit", limit)
                .query(AgentRows::agent)
                .list();
    }

    List<AgentSummary> lastActive(NetworkId networkId, int limit) {
        return jdbc.sql(SELECT
                        + " where t.network_id = :network order by t.last_position desc, t.agent_id limit :limit")
                .param("network", networkId.value())
                .param("limit", limit)
                .query(AgentRows::agent)
                .list();
    }

    Optional<List<OfNetwork<AgentSummary>>> changed(Map<NetworkId, Long> after, long to, int rowLimit) {
        return ItemChanges.read(jdbc, SELECT, "true", after, to, rowLimit, AgentRows::agent);
    }

    /** Networks with a message; one row each, so the list costs what it returns. */
    List<NetworkId> networks() {
        return jdbc.sql("select network_id from causal_count where messages > 0 order by network_id")
                .query((row, number) -> new NetworkId(row.getString("network_id")))
                .list();
    }

    private static AgentSummary agent(ResultSet row, int number) throws SQLException {
        Trust trust = Trust.of(row.getDouble("good"), row.getDouble("bad"));
        return new AgentSummary(
                new NetworkId(row.getString("network_id")),
                new AgentId(row.getString("agent_id")),
                row.getLong("sent"),
                row.getLong("received"),
                row.getLong("errors"),
                trust.mean(),
                trust.low(),
                trust.high(),
                row.getBoolean("quarantined"),
                Rows.instantOrNull(row, "quarantined_until"),
                row.getLong("first_position"),
                row.getLong("last_position"),
                Rows.instant(row, "first_seen_at"),
                Rows.instant(row, "last_seen_at"));
    }
}
