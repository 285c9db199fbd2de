package io.skein.query.agents;

import io.skein.kernel.agent.AgentSummary;
import io.skein.kernel.id.AgentId;
import io.skein.kernel.id.AlertId;
import io.skein.kernel.id.NetworkId;
import io.skein.kernel.trust.TrustView;
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

    /** Changes before the given number, newest first. */
    List<TrustView.Change> trustChanges(NetworkId networkId, AgentId agentId, long before, int limit) {
        return jdbc.sql("""
                        select number, position, recorded_at, kind, good, bad, reason, alert_id, changed_by, successes_before, good_after, bad_after
                        from trust_change where network_id = :network and agent_id = :agent and number < :before
                        order by number desc limit :limit""")
                .param("network", networkId.value())
                .param("agent", agentId.value())
                .param("before", before)
                .param("limit", limit)
                .query((row, number) -> {
                    Trust after = Trust.of(row.getDouble("good_after"), row.getDouble("bad_after"));
                    @Nullable String alert = row.getString("alert_id");
                    return new TrustView.Change(
                            row.getLong("number"),
                            row.getLong("position"),
                            Rows.instant(row, "recorded_at"),
                            row.getString("kind"),
                            row.getDouble("good"),
                            row.getDouble("bad"),
                            row.getString("reason"),
                            alert == null ? null : new AlertId(alert),
                            row.getString("changed_by"),
                            row.getLong("successes_before"),
                            after.mean(),
                            after.low(),
                            after.high());
                })
                .list();
    }

    /** The belief with these changes. */
    Optional<TrustView> trust(
            NetworkId networkId, AgentId agentId, List<TrustView.Change> changes, @Nullable String next) {
        return jdbc.sql("""
                        select good, bad, evidence_at, successes_since from agent where network_id = :network and agent_id = :agent""")
                .param("network", networkId.value())
                .param("agent", agentId.value())
                .query((row, number) -> {
                    Trust trust = Trust.of(row.getDouble("good"), row.getDouble("bad"));
                    return new TrustView(
                            networkId,
                            agentId,
                            trust.mean(),
                            trust.low(),
                            trust.high(),
                            row.getDouble("good"),
                            row.getDouble("bad"),
                            Rows.instant(row, "evidence_at"),
                            row.getLong("successes_since"),
                            changes,
                            next);
                })
                .optional();
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
