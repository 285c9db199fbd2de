package io.skein.projection.causalgraph;

import io.skein.graph.NetworkGraph;
import io.skein.graph.NetworkGraph.Folded;
import io.skein.kernel.agent.AgentEvent;
import io.skein.kernel.agent.AgentQuarantined;
import io.skein.kernel.agent.AgentRegistered;
import io.skein.kernel.agent.AgentReleased;
import io.skein.kernel.agent.InterventionDecided;
import io.skein.kernel.agent.MessageBlocked;
import io.skein.kernel.agent.MessageRecorded;
import io.skein.kernel.agent.TrustAdjusted;
import io.skein.kernel.graph.GraphNode;
import io.skein.kernel.graph.Relationship;
import io.skein.kernel.id.AgentId;
import io.skein.kernel.message.Claim;
import io.skein.kernel.message.ClaimAction;
import io.skein.kernel.message.Message;
import io.skein.kernel.message.MessageType;
import io.skein.kernel.message.Outcome;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What the projection knows between batches: the graph of each network, and the requests that wait for an answer. */
final class Topology {
    /** What was let go, by the event at the position. */
    record Folding(long position, Folded folded) {}

    /** A network's graph, and when its shape was measured last. */
    static final class Network {
        final String name;
        final GraphLimits limits;
        NetworkGraph graph = new NetworkGraph();
        double[] ranks = {};
        long measuredAtMessages;
        long lastPosition;
        long quarantined;
        long folded;
        boolean changed;
        final List<GraphMetrics> measured = new ArrayList<>();
        final List<Folding> foldings = new ArrayList<>();

        Network(String name, GraphLimits limits) {
            this.name = name;
            this.limits = limits;
        }

        void at(long position) {
            lastPosition = position;
            changed = true;
        }

        // A tenth more room than is needed, so that not every new agent folds again; where the edges of those that go
        // are too many, they go too.
        void foldWhereDue(long position) {
            if (graph.nodeCount() > limits.maxAgents() || graph.edgeCount() > limits.maxEdges()) {
                fold(false, position);
                if (graph.edgeCount() > limits.maxEdges()) {
                    fold(true, position);
                }
            }
        }

        private void fold(boolean coarse, long position) {
            Folded smaller = graph.fold(
                    limits.maxAgents() - limits.maxAgents() / 10,
                    limits.maxEdges() - limits.maxEdges() / 10,
                    GraphNode.FOLDED_AGENTS,
                    coarse,
                    position);
            int[] kept = smaller.kept();
            double[] keptRanks = new double[kept.length];
            for (int node = 0; node < kept.length; node++) {
                keptRanks[node] = kept[node] >= 0 && kept[node] < ranks.length ? ranks[kept[node]] : 0;
            }
            ranks = keptRanks;
            graph = smaller.graph();
            folded += smaller.agents().size();
            foldings.add(new Folding(position, smaller));
        }

        // Measured again after as many messages as there are nodes and edges: the cost of one message does not grow
        // with the graph.
        void measureWhereDue(long position) {
            long due = Math.max(limits.measureEvery(), (long) graph.nodeCount() + graph.edgeCount());
            if (graph.messageCount() - measuredAtMessages >= due) {
                GraphMetrics metrics = GraphMetrics.of(name, graph, ranks, position);
                ranks = metrics.ranks();
                measuredAtMessages = graph.messageCount();
                measured.clear();
                measured.add(metrics);
            }
        }
    }

    private final GraphLimits limits;
    private final Map<String, Network> networks = new TreeMap<>();
    private final OpenRequests requests = new OpenRequests();

    Topology(GraphLimits limits) {
        this.limits = limits;
    }

    Collection<Network> networks() {
        return networks.values();
    }

    Network network(String name) {
        return networks.computeIfAbsent(name, absent -> new Network(absent, limits));
    }

    OpenRequests requests() {
        return requests;
    }

    /** Takes only what is not in rows: for events whose rows are there already. */
    void remember(AgentEvent event) {
        if (event instanceof MessageRecorded recorded) {
            Message message = recorded.message();
            if (message.type() == MessageType.REQUEST) {
                requests.remember(message);
            } else if (message.type() == MessageType.RESPONSE) {
                targets(message).forEach(target -> requests.answered(message, target));
            }
        }
    }

    void on(AgentEvent event, long position) {
        Network network = network(event.networkId().value());
        switch (event) {
            case AgentRegistered registered -> {}
            case TrustAdjusted adjusted -> {}
            case InterventionDecided decided -> {}
            case MessageRecorded recorded -> {
                recorded(network.graph, recorded.message(), position);
                went(network, position);
            }
            case MessageBlocked blocked -> {
                said(network.graph, blocked.message(), position);
                went(network, position);
            }
            case AgentQuarantined quarantined -> mark(network, quarantined.agentId(), true, position);
            case AgentReleased released -> mark(network, released.agentId(), false, position);
        }
    }

    private static void went(Network network, long position) {
        network.graph.sweep(position);
        network.at(position);
        network.foldWhereDue(position);
        network.measureWhereDue(position);
    }

    private static int said(NetworkGraph graph, Message message, long position) {
        int sender = graph.node(message.agentId().value(), position);
        graph.sent(sender, isError(message));
        return sender;
    }

    private void recorded(NetworkGraph graph, Message message, long position) {
        int source = said(graph, message, position);
        boolean error = isError(message);
        LinkedHashSet<String> targets = targets(message);
        graph.delivers(source, targets.size());
        for (String name : targets) {
            int target = graph.node(name, position);
            graph.received(target);
            int edge = graph.message(
                    source, target, CausalEdge.kind(relationship(message.type())), error, targets.size(), position);
            if (message.type() == MessageType.RESPONSE) {
                long micros = requests.answered(message, name);
                if (micros >= 0) {
                    graph.latency(edge, micros);
                }
            }
            if (claims(message, ClaimAction.REQUEST)) {
                graph.message(
                        source, target, CausalEdge.kind(Relationship.DEPENDENCY), error, targets.size(), position);
            }
            if (claims(message, ClaimAction.REFUSE)) {
                graph.message(source, target, CausalEdge.kind(Relationship.CONFLICT), error, targets.size(), position);
            }
        }
        if (message.type() == MessageType.REQUEST) {
            requests.remember(message);
        }
    }

    private static void mark(Network network, AgentId agent, boolean quarantined, long position) {
        int node = network.graph.node(agent.value(), position);
        if (network.graph.isQuarantined(node) != quarantined) {
            network.quarantined += quarantined ? 1 : -1;
            network.graph.mark(node, quarantined, position);
        }
        network.at(position);
    }

    private static LinkedHashSet<String> targets(Message message) {
        LinkedHashSet<String> targets = new LinkedHashSet<>();
        message.targetAgents().forEach(target -> targets.add(target.value()));
        return targets;
    }

    private static boolean claims(Message message, ClaimAction action) {
        for (Claim claim : message.claims()) {
            if (claim.action() == action) {
                return true;
            }
        }
        return false;
    }

    private static boolean isError(Message message) {
        Outcome outcome = message.outcome();
        return outcome != null && outcome.isError();
    }

    private static Relationship relationship(MessageType type) {
        return switch (type) {
            case REQUEST -> Relationship.REQUEST;
            case RESPONSE -> Relationship.RESPONSE;
            case BROADCAST -> Relationship.BROADCAST;
        };
    }

    /** SHA-256 over all that is in memory: equal states, equal digests. */
    byte[] digest() {
        try {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            DataOutputStream out = new DataOutputStream(bytes);
            for (Network network : networks.values()) {
                out.writeUTF(network.name);
                out.write(network.graph.digest());
                out.writeLong(network.measuredAtMessages);
                out.writeLong(network.quarantined);
                out.writeLong(network.folded);
                for (int node = 0; node < network.ranks.length; node++) {
                    if (network.ranks[node] > 0) {
                        out.writeInt(node);
                        out.writeDouble(network.ranks[node]);
                    }
                }
            }
            requests.save(out);
            return MessageDigest.getInstance("SHA-256").digest(bytes.toByteArray());
        } catch (IOException | NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("a digest in memory failed", impossible);
        }
    }
}
