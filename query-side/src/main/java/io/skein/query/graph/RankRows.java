package io.skein.query.graph;

import io.skein.kernel.graph.GraphComponent;
import io.skein.kernel.graph.MeasuredGraph.Rank;
import io.skein.kernel.graph.Relationship;
import io.skein.kernel.id.AgentId;
import io.skein.kernel.id.NetworkId;
import io.skein.kernel.page.Page;
import io.skein.query.reading.Cursor;
import io.skein.query.reading.Rows;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** The SQL over {@code causal_rank}: where each agent stood when the graph was measured last. */
@Component
final class RankRows {
    private static final String COMPONENTS = "components";
    private static final int AGENTS_SHOWN = 100;

    private final JdbcClient jdbc;

    RankRows(@Qualifier("queryJdbcClient") JdbcClient queryJdbcClient) {
        this.jdbc = queryJdbcClient;
    }

    List<Rank> byPageRank(NetworkId networkId, int limit) {
        return ranks(networkId, "page_rank", limit);
    }

    List<Rank> byBetweenness(NetworkId networkId, int limit) {
        return ranks(networkId, "betweenness", limit);
    }

    private List<Rank> ranks(NetworkId networkId, String column, int limit) {
        return jdbc.sql("""
                        select agent_id, component, component_size, page_rank, betweenness, betweenness_error
                        from causal_rank where network_id = :network order by\s""" + column + " desc, agent_id limit :limit")
                .param("network", networkId.value())
                .param("limit", limit)
                .query(RankRows::rank)
                .list();
    }

    private static Rank rank(ResultSet row, int number) throws SQLException {
        return new Rank(
                new AgentId(row.getString("agent_id")),
                row.getInt("component"),
                row.getInt("component_size"),
                row.getDouble("page_rank"),
                row.getDouble("betweenness"),
                Rows.doubleOrNull(row, "betweenness_error"));
    }

    /** The key of a component in its list. */
    private record Key(int size, int component) {
        static final Key BEFORE_ALL = new Key(Integer.MAX_VALUE, -1);

        static Key parse(String text) {
            String[] parts = text.split("/", -1);
            if (parts.length != 2) {
                throw new IllegalArgumentException("a key of " + parts.length + " parts; expected 2");
            }
            return new Key(Integer.parseInt(parts[0]), Integer.parseInt(parts[1]));
        }
    }

    Page<GraphComponent> components(NetworkId networkId, long position, int limit, @Nullable String cursor) {
        Key after = cursor == null ? Key.BEFORE_ALL : Cursor.key(COMPONENTS, cursor, Key::parse);
        List<GraphComponent> found = jdbc.sql("""
                        with page as (
                            select component, max(component_size) as size, max(last_position) as measured
                            from causal_rank where network_id = :network and component_size > 1
                            group by component
                            having (max(component_size), -component) < (:size, :negated)
                            order by 2 desc, 1 limit :limit)
                        select p.component, p.size, p.measured, array(
                            select r.agent_id from causal_rank r where r.network_id = :network and r.component = p.component
                            order by r.page_rank desc, r.agent_id limit :shown) as agents
                        from page p order by p.size desc, p.component""")
                .param("network", networkId.value())
                .param("size", after.size())
                .param("negated", -after.component())
                .param("shown", AGENTS_SHOWN)
                .param("limit", limit + 1)
                .query((row, number) -> new GraphComponent(
                        row.getInt("component"),
                        row.getInt("size"),
                        Arrays.stream((String[]) row.getArray("agents").getArray())
                                .map(AgentId::new)
                                .toList(),
                        row.getLong("measured")))
                .list();
        return Cursor.page(
                position, found, limit, COMPONENTS, component -> component.size() + "/" + component.component());
    }

    /** The agents of a component, in order of their ids as bytes; at most the limit. */
    List<String> agents(NetworkId networkId, int component, int limit) {
        return jdbc.sql("""
                        select agent_id from causal_rank where network_id = :network and component = :component
                        order by agent_id collate "C" limit :limit""")
                .param("network", networkId.value())
                .param("component", component)
                .param("limit", limit)
                .query(String.class)
                .list();
    }

    /** An edge between two agents of a component, of whatever kinds. */
    record Pair(String source, String target) {}

    List<Pair> pairs(NetworkId networkId, int component, @Nullable Relationship relationship, int limit) {
        return jdbc.sql("""
                        with member as materialized (
                            select agent_id from causal_rank where network_id = :network and component = :component)
                        select distinct e.source, e.target
                        from causal_edge e join member s on s.agent_id = e.source join member t on t.agent_id = e.target
                        where e.network_id = :network and not e.folded and e.source <> e.target
                            and (cast(:relationship as text) is null or e.relationship = :relationship)
                        limit :limit""")
                .param("network", networkId.value())
                .param("component", component)
                .param(
                        "relationship",
                        relationship == null ? null : relationship.name().toLowerCase(Locale.ROOT))
                .param("limit", limit)
                .query((row, number) -> new Pair(row.getString("source"), row.getString("target")))
                .list();
    }

    /** The component an agent is in now, or -1. */
    int componentOf(NetworkId networkId, String agent) {
        return jdbc.sql("select component from causal_rank where network_id = :network and agent_id = :agent")
                .param("network", networkId.value())
                .param("agent", agent)
                .query(Integer.class)
                .optional()
                .orElse(-1);
    }
}
