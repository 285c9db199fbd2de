package io.skein.projection.causalgraph;

import io.skein.kernel.agent.AgentEvent;
import io.skein.kernel.agent.AgentQuarantined;
import io.skein.kernel.agent.AgentRegistered;
import io.skein.kernel.agent.AgentReleased;
import io.skein.kernel.agent.MessageBlocked;
import io.skein.kernel.agent.MessageRecorded;
import io.skein.kernel.agent.TrustAdjusted;
import io.skein.kernel.id.AgentId;
import io.skein.kernel.message.Message;
import io.skein.kernel.message.MessageType;
import io.skein.kernel.message.Outcome;
import io.skein.projection.engine.Columns;
import io.skein.projection.engine.Fold;
import io.skein.projection.engine.LoggedEvent;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

final class GraphFold implements Fold {
    private record Key(String network, String agent) implements Comparable<Key> {
        @Override
        public int compareTo(Key other) {
            int byNetwork = network.compareTo(other.network);
            return byNetwork != 0 ? byNetwork : agent.compareTo(other.agent);
        }
    }

    private static final class Node {
        final Key key;
        final long firstPosition;
        long lastPosition;
        long sent;
        long received;
        long errors;

        @Nullable
        Boolean quarantined;

        Node(Key key, long position) {
            this.key = key;
            this.firstPosition = position;
        }
    }

    private static final class Edge {
        final CausalEdge key;
        final long firstPosition;
        long lastPosition;
        long messages;
        long errors;

        Edge(CausalEdge key, long position) {
            this.key = key;
            this.firstPosition = position;
        }
    }

    private record Added(String network, long count) {}

    private final Map<Key, Node> nodes = new HashMap<>();
    private final Map<CausalEdge, Edge> edges = new HashMap<>();
    private GraphMetrics metrics = new GraphMetrics();

    @Override
    public void on(LoggedEvent event) {
        if (!event.isKnown() || !(event.payload() instanceof AgentEvent agentEvent)) {
            return;
        }
        long position = event.position();
        String network = agentEvent.networkId().value();
        switch (agentEvent) {
            case AgentRegistered registered -> {}
            case TrustAdjusted adjusted -> {}
            case MessageRecorded recorded -> recorded(network, recorded.message(), position);
            case MessageBlocked blocked -> said(network, blocked.message(), position);
            case AgentQuarantined quarantined -> mark(network, quarantined.agentId(), true, position);
            case AgentReleased released -> mark(network, released.agentId(), false, position);
        }
    }

    private void recorded(String network, Message message, long position) {
        said(network, message, position);
        String source = message.agentId().value();
        String relationship = relationship(message.type());
        int error = isError(message) ? 1 : 0;
        for (AgentId target : new LinkedHashSet<>(message.targetAgents())) {
            node(network, target.value(), position).received++;
            CausalEdge key = new CausalEdge(network, source, target.value(), relationship);
            Edge edge = edges.computeIfAbsent(key, absent -> new Edge(absent, position));
            edge.messages++;
            edge.errors += error;
            edge.lastPosition = position;
        }
    }

    private void said(String network, Message message, long position) {
        Node sender = node(network, message.agentId().value(), position);
        sender.sent++;
        sender.errors += isError(message) ? 1 : 0;
        metrics.message(network, position);
    }

    private void mark(String network, AgentId agent, boolean quarantined, long position) {
        node(network, agent.value(), position).quarantined = quarantined;
        metrics.touch(network, position);
    }

    private Node node(String network, String agent, long position) {
        Node node = nodes.computeIfAbsent(new Key(network, agent), key -> new Node(key, position));
        node.lastPosition = position;
        return node;
    }

    private static boolean isError(Message message) {
        Outcome outcome = message.outcome();
        return outcome != null && outcome.isError();
    }

    private static String relationship(MessageType type) {
        return switch (type) {
            case REQUEST -> "request";
            case RESPONSE -> "response";
            case BROADCAST -> "broadcast";
        };
    }

    @Override
    public void write(Connection database) throws SQLException {
        Collection<Node> nodeRows = new TreeMap<>(nodes).values();
        // A row that was inserted, not updated, has no deleting transaction (xmax = 0): so new ones are counted without
        // asking first.
        Columns.of(nodeRows)
                .text(row -> row.key.network())
                .text(row -> row.key.agent())
                .number(row -> row.sent)
                .number(row -> row.received)
                .number(row -> row.errors)
                .flag(row -> row.quarantined)
                .number(row -> row.firstPosition)
                .number(row -> row.lastPosition)
                .query(database, """
                        with changes as (
                            select * from unnest(?, ?, ?, ?, ?, ?, ?, ?) as c
                                (network_id, agent_id, sent, received, errors, quarantined, first_position, last_position)),
                        written as (
                            insert into causal_node as n
                                (network_id, agent_id, sent, received, errors, quarantined, first_position, last_position)
                            select network_id, agent_id, sent, received, errors, coalesce(quarantined, false), first_position, last_position
                            from changes
                            on conflict (network_id, agent_id) do update set
                                sent = n.sent + excluded.sent, received = n.received + excluded.received,
                                errors = n.errors + excluded.errors, last_position = excluded.last_position
                            returning n.network_id, (xmax = 0) as added)
                        select network_id, count(*) from written where added group by network_id""", GraphFold::added)
                .forEach(added -> metrics.nodesAdded(added.network(), added.count()));
        Columns.of(nodeRows.stream().filter(row -> row.quarantined != null).toList())
                .text(row -> row.key.network())
                .text(row -> row.key.agent())
                .flag(row -> row.quarantined)
                .update(database, """
                        update causal_node n set quarantined = c.quarantined
                        from unnest(?, ?, ?) as c (network_id, agent_id, quarantined)
                        where n.network_id = c.network_id and n.agent_id = c.agent_id and n.quarantined <> c.quarantined""");
        Columns.of(new TreeMap<>(edges).values())
                .text(row -> row.key.network())
                .text(row -> row.key.source())
                .text(row -> row.key.target())
                .text(row -> row.key.relationship())
                .number(row -> row.messages)
                .number(row -> row.errors)
                .number(row -> row.firstPosition)
                .number(row -> row.lastPosition)
                .query(database, """
                        with written as (
                            insert into causal_edge as e
                                (network_id, source, target, relationship, messages, errors, first_position, last_position)
                            select * from unnest(?, ?, ?, ?, ?, ?, ?, ?)
                            on conflict (network_id, source, target, relationship) do update set
                                messages = e.messages + excluded.messages, errors = e.errors + excluded.errors,
                                last_position = excluded.last_position
                            returning e.network_id, (xmax = 0) as added)
                        select network_id, count(*) from written where added group by network_id""", GraphFold::added)
                .forEach(added -> metrics.edgesAdded(added.network(), added.count()));
        metrics.write(database);
        nodes.clear();
        edges.clear();
        metrics = new GraphMetrics();
    }

    private static Added added(java.sql.ResultSet row) throws SQLException {
        return new Added(row.getString(1), row.getLong(2));
    }
}
