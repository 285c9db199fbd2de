package io.skein.projection.causalgraph;

import io.skein.kernel.agent.AgentEvent;
import io.skein.projection.engine.Checkpoints;
import io.skein.projection.engine.Checkpoints.Checkpoint;
import io.skein.projection.engine.Fold;
import io.skein.projection.engine.LogReplay;
import io.skein.projection.engine.LoggedEvent;
import io.skein.projection.engine.Projection;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who talks to whom: tables {@code causal_node}, {@code causal_edge}, {@code causal_count}, and, measured now and then, {@code graph_metrics} and
 * {@code causal_rank}.
 *
 * <p>A recorded message makes its sender and each of its targets a node and adds one to the edge of its kind from the sender to each target, once
 * however often a target is named; a message to oneself is an edge to oneself, a message to nobody only a node. Where it claims a resource by asking for
 * it, it adds one to the dependency of its sender on each target, and by refusing it, to the conflict between them. A blocked message counts for its
 * sender's node and among the network's messages, and makes no edge and no target: it reached nobody. An agent that is quarantined is a node, so
 * that it can be marked; registration alone makes none. Marked with it is every edge into and out of it: each path through it runs over two of them.
 *
 * <p>The graph is kept in memory and written row by row as it changes. After a restart it is made from its rows, whatever the log's length; only the
 * requests that wait for an answer come from a checkpoint and the log behind it.
 */
public final class GraphTopologyManager implements Projection {
    public static final String NAME = "causal-graph";
    private static final Logger LOG = LoggerFactory.getLogger(GraphTopologyManager.class);

    private final LogReplay log;
    private final long checkpointEvery;
    private final GraphLimits limits;
    private @Nullable Topology memory;
    private long position;
    private long checkpointed;

    /** @param checkpointEvery events between two checkpoints of the requests that wait for an answer, 1 or more */
    public GraphTopologyManager(LogReplay log, long checkpointEvery, GraphLimits limits) {
        this.log = log;
        this.checkpointEvery = checkpointEvery;
        this.limits = limits;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public List<String> tables() {
        return List.of("causal_node", "causal_edge", "causal_count", "graph_metrics", "causal_rank");
    }

    @Override
    public void forget() {
        memory = null;
    }

    @Override
    public Fold open(long after, Connection database) throws SQLException {
        Topology known = memory;
        if (known == null || position != after) {
            known = remember(after, database);
        }
        return new GraphFold(known);
    }

    /** SHA-256 of what is in memory, which is made from what is stored where there is nothing; equal after a live run, a replay and a crash. */
    public byte[] stateDigest(long after, Connection database) throws SQLException {
        Topology known = memory;
        return (known == null || position != after ? remember(after, database) : known).digest();
    }

    private Topology remember(long after, Connection database) throws SQLException {
        Topology restored = new Topology(limits);
        TopologyRows.restore(restored, database);
        long from = 0;
        Optional<Checkpoint> saved = Checkpoints.load(database, NAME)
                .filter(checkpoint ->
                        checkpoint.version().equals(OpenRequests.VERSION) && checkpoint.position() <= after);
        if (saved.isPresent()) {
            restore(restored.requests(), saved.get().state());
            from = saved.get().position();
        }
        log.between(NAME, from, after, database, event -> {
            AgentEvent read = read(event);
            if (read != null) {
                restored.remember(read);
            }
        });
        LOG.info(
                "event=graph_restored networks={} checkpoint={} position={}",
                restored.networks().size(),
                from,
                after);
        memory = restored;
        position = after;
        checkpointed = from;
        return restored;
    }

    private static @Nullable AgentEvent read(LoggedEvent event) {
        return event.isA(AgentEvent.class) ? (AgentEvent) event.payload() : null;
    }

    private final class GraphFold implements Fold {
        private final Topology topology;

        GraphFold(Topology topology) {
            this.topology = topology;
        }

        @Override
        public void on(LoggedEvent event) {
            AgentEvent read = read(event);
            if (read != null) {
                topology.on(read, event.position());
            }
            position = event.position();
        }

        @Override
        public void skip(LoggedEvent event) {
            position = event.position();
        }

        @Override
        public void write(Connection database) throws SQLException {
            TopologyRows.write(topology, database);
            if (position - checkpointed >= checkpointEvery) {
                Checkpoints.save(
                        database, NAME, new Checkpoint(position, OpenRequests.VERSION, bytes(topology.requests())));
                checkpointed = position;
            }
        }
    }

    private static byte[] bytes(OpenRequests requests) {
        try {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            requests.save(new DataOutputStream(bytes));
            return bytes.toByteArray();
        } catch (IOException impossible) {
            throw new UncheckedIOException("writing to memory failed", impossible);
        }
    }

    private static void restore(OpenRequests requests, byte[] state) {
        try {
            requests.restore(new DataInputStream(new ByteArrayInputStream(state)));
        } catch (IOException broken) {
            throw new UncheckedIOException("the checkpoint of " + NAME + " cannot be read", broken);
        }
    }
}
