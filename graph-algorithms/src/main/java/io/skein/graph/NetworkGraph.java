package io.skein.graph;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.LongConsumer;

/**
 * The causal graph of one network, kept up message by message: some 110 bytes an edge, O(1) expected work for each.
 *
 * <p>Nodes and edges have numbers from 0 in the order in which they came; all answers follow from that order and the positions given, never from a
 * clock. Edges of one pair of agents, whichever way, form a link: links are what degree, triangles and communities are counted on. What changed
 * since {@link #forgetChanges} is listed, so that its rows can be written.
 *
 * <p>Not thread-safe.
 */
public final class NetworkGraph {
    /** Kinds of edges: any number below. */
    public static final int KINDS = 8;

    /** Links of the less connected end looked at for triangles; for a link between two agents with more, none are counted. */
    public static final int TRIANGLE_CAP = 64;

    private static final int COMMUNITY_CAP = 32;
    private static final int MESSAGES_EACH_NODE = 4;
    private static final double STRENGTH_STEP = 0.01;
    private static final int NONE = -1;
    private static final long RESTORED = -1;

    private static final int QUARANTINED = 1;
    private static final int CHANGED = 4;
    private static final int AFFECTED = 8;

    private final Names names = new Names();
    private final LongColumn sent = new LongColumn();
    private final LongColumn received = new LongColumn();
    private final LongColumn nodeErrors = new LongColumn();
    private final LongColumn deliveries = new LongColumn();
    private final LongColumn nodeFirst = new LongColumn();
    private final LongColumn nodeActive = new LongColumn();
    private final LongColumn nodeLast = new LongColumn();
    private final LongColumn triangles = new LongColumn();
    private final IntColumn ordinals = new IntColumn();
    private final IntColumn communities = new IntColumn();
    private final IntColumn degrees = new IntColumn();
    private final IntColumn firstLinks = new IntColumn();
    private final IntColumn nodeFlags = new IntColumn();

    private final IntColumn low = new IntColumn();
    private final IntColumn high = new IntColumn();
    private final IntColumn nextOfLow = new IntColumn();
    private final IntColumn nextOfHigh = new IntColumn();
    private final IntColumn firstEdges = new IntColumn();
    // The link's number from 1, and above it its hash: most strangers are known without looking at the link.
    private long[] slots = new long[32];

    private final IntColumn edgeLinks = new IntColumn();
    private final IntColumn nextEdges = new IntColumn();
    private final IntColumn edgeFlags = new IntColumn();
    private final IntColumn edgeOrdinals = new IntColumn();
    private final LongColumn messages = new LongColumn();
    private final LongColumn edgeErrors = new LongColumn();
    private final LongColumn edgeFirst = new LongColumn();
    private final LongColumn edgeActive = new LongColumn();
    private final LongColumn edgeLast = new LongColumn();
    private final LongColumn weights = new LongColumn();
    private final LongColumn steps = new LongColumn();
    private final IntColumn strengths = new IntColumn();
    private final SketchColumn latencies = new SketchColumn();

    private final IntList changedNodes = new IntList();
    private final IntList changedEdges = new IntList();
    private final int[] labels = new int[COMMUNITY_CAP + 1];
    private final long[] votes = new long[COMMUNITY_CAP + 1];
    private long messageCount;
    private long triangleCount;
    private long triangleSkips;
    private long isolated;
    private int nextOrdinal;
    private int nextEdgeOrdinal;

    // ---- nodes -----------------------------------------------------------------------------------------------------

    /** The number of the agent's node, or -1. */
    public int find(String agent) {
        return names.find(agent);
    }

    /** The number of the agent's node, made if there is none, with the position noted. */
    public int node(String agent, long position) {
        int node = names.intern(agent);
        if (node == ordinals.size()) {
            newNode(nextOrdinal++, position);
        }
        nodeActive.set(node, position);
        nodeChanged(node, position);
        return node;
    }

    private void newNode(int ordinal, long position) {
        sent.add(0);
        received.add(0);
        nodeErrors.add(0);
        deliveries.add(0);
        nodeFirst.add(position);
        nodeActive.add(position);
        nodeLast.add(position);
        triangles.add(0);
        ordinals.add(ordinal);
        communities.add(ordinal);
        degrees.add(0);
        firstLinks.add(NONE);
        nodeFlags.add(0);
        isolated++;
    }

    /** A message of the agent, whether or not it reached anybody. */
    public void sent(int node, boolean error) {
        messageCount++;
        sent.plus(node, 1);
        nodeErrors.plus(node, error ? 1 : 0);
    }

    /** A message that named the agent as target. */
    public void received(int node) {
        received.plus(node, 1);
    }

    /** Marks the agent, and every edge into and out of it: each path through the agent runs over two of them. O(degree). */
    public void mark(int node, boolean quarantined, long position) {
        if (isQuarantined(node) == quarantined) {
            return;
        }
        flag(nodeFlags, node, QUARANTINED, quarantined);
        for (int link = firstLinks.get(node); link != NONE; link = nextLink(link, node)) {
            boolean affected = isLinkAffected(link);
            for (int edge = firstEdges.get(link); edge != NONE; edge = nextEdges.get(edge)) {
                if (isEdgeAffected(edge) != affected) {
                    flag(edgeFlags, edge, AFFECTED, affected);
                    edgeChanged(edge, position);
                }
            }
        }
    }

    private static boolean has(int flags, int flag) {
        return (flags & flag) != 0;
    }

    private static void flag(IntColumn flags, int index, int flag, boolean on) {
        flags.set(index, on ? flags.get(index) | flag : flags.get(index) & ~flag);
    }

    private void nodeChanged(int node, long position) {
        nodeLast.set(node, position);
        if (!has(nodeFlags.get(node), CHANGED)) {
            flag(nodeFlags, node, CHANGED, true);
            changedNodes.add(node);
        }
    }

    private void edgeChanged(int edge, long position) {
        edgeLast.set(edge, position);
        if (!has(edgeFlags.get(edge), CHANGED)) {
            flag(edgeFlags, edge, CHANGED, true);
            changedEdges.add(edge);
        }
    }

    // ---- edges -----------------------------------------------------------------------------------------------------

    /** The agent sends a message to so many targets: its traffic, of which an edge's strength is a share. Before the message's edges. */
    public void delivers(int source, int targets) {
        deliveries.plus(source, targets);
    }

    /**
     * A message from one agent to one of its targets.
     *
     * @param kind 0 to 7
     * @param targets how many the message has: they share its weight
     * @return the number of the edge
     */
    public int message(int source, int target, int kind, boolean error, int targets, long position) {
        long now = deliveries.get(source);
        int edge = edge(source, target, kind, position);
        messages.plus(edge, 1);
        edgeErrors.plus(edge, error ? 1 : 0);
        double weight = Double.longBitsToDouble(weights.get(edge)) * Decay.after(now - steps.get(edge))
                + Decay.total(targets) / targets;
        weights.set(edge, Double.doubleToRawLongBits(weight));
        steps.set(edge, now);
        strengths.set(edge, Float.floatToRawIntBits(share(weight, now)));
        edgeActive.set(edge, position);
        edgeChanged(edge, position);
        return edge;
    }

    /** Notes how long an answer on the edge took. @param micros 0 or more */
    public void latency(int edge, long micros) {
        char[] sketch = latencies.get(edge);
        latencies.set(edge, sketch.length == 0 ? LatencySketch.of(micros) : LatencySketch.with(sketch, micros));
    }

    private static float share(double weight, long deliveries) {
        double total = Decay.total(deliveries);
        return (float) (total <= 0 ? 0 : Math.min(1, weight / total));
    }

    /** The number of the edge, or -1. */
    public int findEdge(int source, int target, int kind) {
        int link = (int) slots[slot(Math.min(source, target), Math.max(source, target))] - 1;
        return link == NONE ? NONE : edgeOf(link, code(source, target, kind));
    }

    private int edge(int source, int target, int kind, long position) {
        int link = link(Math.min(source, target), Math.max(source, target), position);
        int code = code(source, target, kind);
        int known = edgeOf(link, code);
        return known != NONE ? known : newEdge(link, code, nextEdgeOrdinal++, position);
    }

    private int newEdge(int link, int code, int ordinal, long position) {
        int edge = edgeLinks.size();
        edgeLinks.add(link);
        nextEdges.add(firstEdges.get(link));
        firstEdges.set(link, edge);
        edgeFlags.add(code << 8 | (isLinkAffected(link) ? AFFECTED : 0));
        edgeOrdinals.add(ordinal);
        messages.add(0);
        edgeErrors.add(0);
        edgeFirst.add(position);
        edgeActive.add(position);
        edgeLast.add(position);
        weights.add(0);
        steps.add(0);
        strengths.add(0);
        return edge;
    }

    // The kind, and whether it runs from the higher number to the lower.
    private static int code(int source, int target, int kind) {
        return kind << 1 | (source > target ? 1 : 0);
    }

    private int edgeOf(int link, int code) {
        int edge = firstEdges.get(link);
        while (edge != NONE && edgeFlags.get(edge) >>> 8 != code) {
            edge = nextEdges.get(edge);
        }
        return edge;
    }

    private boolean isLinkAffected(int link) {
        return has(nodeFlags.get(low.get(link)) | nodeFlags.get(high.get(link)), QUARANTINED);
    }

    // ---- links -----------------------------------------------------------------------------------------------------

    private int nextLink(int link, int node) {
        return low.get(link) == node ? nextOfLow.get(link) : nextOfHigh.get(link);
    }

    private int otherEnd(int link, int node) {
        int one = low.get(link);
        return one == node ? high.get(link) : one;
    }

    private int link(int from, int to, long position) {
        int slot = slot(from, to);
        if (slots[slot] != 0) {
            return (int) slots[slot] - 1;
        }
        int link = low.size();
        slots[slot] = (long) hash(from, to) << 32 | (link + 1);
        low.add(from);
        high.add(to);
        firstEdges.add(NONE);
        nextOfLow.add(firstLinks.get(from));
        firstLinks.set(from, link);
        if (from == to) {
            // A link to oneself hangs on its node once, and counts for nothing.
            nextOfHigh.add(NONE);
        } else {
            nextOfHigh.add(firstLinks.get(to));
            firstLinks.set(to, link);
            countTriangles(from, to, position);
            connected(from);
            connected(to);
        }
        if ((link + 1) * 2L > slots.length) {
            rehash();
        }
        return link;
    }

    private void connected(int node) {
        if (degrees.get(node) == 0) {
            isolated--;
        }
        degrees.plus(node, 1);
    }

    private void countTriangles(int one, int other, long position) {
        int fewer = degrees.get(one) <= degrees.get(other) ? one : other;
        int more = fewer == one ? other : one;
        if (degrees.get(fewer) > TRIANGLE_CAP) {
            triangleSkips++;
            return;
        }
        for (int link = firstLinks.get(fewer); link != NONE; link = nextLink(link, fewer)) {
            int third = otherEnd(link, fewer);
            if (third != fewer && third != more && slots[slot(Math.min(third, more), Math.max(third, more))] != 0) {
                triangles.plus(one, 1);
                triangles.plus(other, 1);
                triangles.plus(third, 1);
                triangleCount++;
                if (position != RESTORED) {
                    nodeChanged(third, position);
                }
            }
        }
    }

    private int slot(int from, int to) {
        int mask = slots.length - 1;
        int hash = hash(from, to);
        int slot = hash & mask;
        while (slots[slot] != 0) {
            if ((int) (slots[slot] >>> 32) == hash) {
                int link = (int) slots[slot] - 1;
                if (low.get(link) == from && high.get(link) == to) {
                    break;
                }
            }
            slot = (slot + 1) & mask;
        }
        return slot;
    }

    private static int hash(int from, int to) {
        return Mix.of((long) from << 32 | to);
    }

    private void rehash() {
        if (slots.length == 1 << 30) {
            throw new IllegalStateException(
                    "a network has " + low.size() + " pairs of agents; expected at most half of " + slots.length);
        }
        long[] wider = new long[slots.length * 2];
        int mask = wider.length - 1;
        for (long held : slots) {
            if (held != 0) {
                int slot = (int) (held >>> 32) & mask;
                while (wider[slot] != 0) {
                    slot = (slot + 1) & mask;
                }
                wider[slot] = held;
            }
        }
        slots = wider;
    }

    // ---- going round -----------------------------------------------------------------------------------------------

    /**
     * Looks at one edge more, and each fourth time at one node, all in turn: the node joins the community that most of its messages stay in, an edge that was not used
     * gets the strength that is left of it. Called once for each message, so everything is looked at again and again and nothing all at once.
     */
    public void sweep(long position) {
        int edgeCount = edgeLinks.size();
        if (edgeCount > 0) {
            refresh((int) (messageCount % edgeCount), position);
        }
        if (ordinals.size() > 0 && messageCount % MESSAGES_EACH_NODE == 0) {
            joinCommunity((int) (messageCount / MESSAGES_EACH_NODE % ordinals.size()), position);
        }
    }

    private void refresh(int edge, long position) {
        float left = currentStrength(edge);
        if (Math.abs(left - strength(edge)) > STRENGTH_STEP) {
            strengths.set(edge, Float.floatToRawIntBits(left));
            edgeChanged(edge, position);
        }
    }

    private float currentStrength(int edge) {
        long now = deliveries.get(source(edge));
        double weight = Double.longBitsToDouble(weights.get(edge)) * Decay.after(now - steps.get(edge));
        return share(weight, now);
    }

    private void joinCommunity(int node, long position) {
        int own = communities.get(node);
        labels[0] = own;
        votes[0] = 0;
        int known = 1;
        int looked = 0;
        for (int link = firstLinks.get(node); link != NONE && looked < COMMUNITY_CAP; link = nextLink(link, node)) {
            int neighbour = otherEnd(link, node);
            if (neighbour != node) {
                looked++;
                int label = communities.get(neighbour);
                int at = 0;
                while (at < known && labels[at] != label) {
                    at++;
                }
                if (at == known) {
                    labels[known] = label;
                    votes[known] = 0;
                    known++;
                }
                for (int edge = firstEdges.get(link); edge != NONE; edge = nextEdges.get(edge)) {
                    votes[at] += messages.get(edge);
                }
            }
        }
        int best = 0;
        for (int at = 1; at < known; at++) {
            if (votes[at] > votes[best] || (votes[at] == votes[best] && best != 0 && labels[at] < labels[best])) {
                best = at;
            }
        }
        if (labels[best] != own) {
            communities.set(node, labels[best]);
            nodeChanged(node, position);
        }
    }

    // ---- what is known ---------------------------------------------------------------------------------------------

    public int nodeCount() {
        return ordinals.size();
    }

    public int edgeCount() {
        return edgeLinks.size();
    }

    /** Pairs of different agents, or an agent and itself, with any edge between them. */
    public int linkCount() {
        return low.size();
    }

    /** Messages said, whether or not they reached anybody. */
    public long messageCount() {
        return messageCount;
    }

    /** Agents that have no edge but to themselves. */
    public long isolatedCount() {
        return isolated;
    }

    /** Links for which no triangles were counted, as both ends had more than {@value #TRIANGLE_CAP}. */
    public long triangleSkips() {
        return triangleSkips;
    }

    /** Share of the pairs of neighbours of one agent that are neighbours themselves, 0 to 1; a lower bound where links were skipped. O(nodes). */
    public double clustering() {
        double pairs = 0;
        for (int node = 0; node < degrees.size(); node++) {
            double degree = degrees.get(node);
            pairs += degree * (degree - 1) / 2;
        }
        return pairs == 0 ? 0 : 3.0 * triangleCount / pairs;
    }

    public String agent(int node) {
        return names.name(node);
    }

    public long sentBy(int node) {
        return sent.get(node);
    }

    public long receivedBy(int node) {
        return received.get(node);
    }

    public long errorsOf(int node) {
        return nodeErrors.get(node);
    }

    /** Deliveries to targets, each target of a message one. */
    public long deliveriesOf(int node) {
        return deliveries.get(node);
    }

    /** Its place in the order in which nodes came; keeps its value when others are let go. */
    public int ordinal(int node) {
        return ordinals.get(node);
    }

    /** The place of an edge in the order in which edges came; keeps its value when others are let go. */
    public int edgeOrdinal(int edge) {
        return edgeOrdinals.get(edge);
    }

    /** The ordinal of the next node. */
    public int nextOrdinal() {
        return nextOrdinal;
    }

    /** The ordinal of the next edge. */
    public int nextEdgeOrdinal() {
        return nextEdgeOrdinal;
    }

    /** The community's name: the ordinal of one that is or was in it. */
    public int community(int node) {
        return communities.get(node);
    }

    /** Other agents it has an edge with. */
    public int degree(int node) {
        return degrees.get(node);
    }

    public long triangles(int node) {
        return triangles.get(node);
    }

    public boolean isQuarantined(int node) {
        return has(nodeFlags.get(node), QUARANTINED);
    }

    public long firstPositionOfNode(int node) {
        return nodeFirst.get(node);
    }

    /** Of the newest event about the agent itself. */
    public long activePositionOfNode(int node) {
        return nodeActive.get(node);
    }

    /** Of the newest event that changed anything here. */
    public long lastPositionOfNode(int node) {
        return nodeLast.get(node);
    }

    public int source(int edge) {
        int link = edgeLinks.get(edge);
        return (edgeFlags.get(edge) >>> 8 & 1) == 0 ? low.get(link) : high.get(link);
    }

    public int target(int edge) {
        int link = edgeLinks.get(edge);
        return (edgeFlags.get(edge) >>> 8 & 1) == 0 ? high.get(link) : low.get(link);
    }

    public int kind(int edge) {
        return edgeFlags.get(edge) >>> 9;
    }

    public long messagesOn(int edge) {
        return messages.get(edge);
    }

    public long errorsOn(int edge) {
        return edgeErrors.get(edge);
    }

    /** Decayed share of the source's traffic, 0 to 1, as of the last use or the last sweep that found it changed by more than 0.01. */
    public float strength(int edge) {
        return Float.intBitsToFloat(strengths.get(edge));
    }

    public double weight(int edge) {
        return Double.longBitsToDouble(weights.get(edge));
    }

    public long step(int edge) {
        return steps.get(edge);
    }

    /** The edge's {@link LatencySketch}, empty where no answer was timed; not to be changed. */
    public char[] latencies(int edge) {
        return latencies.get(edge);
    }

    /** Whether an end of it is in quarantine. */
    public boolean isEdgeAffected(int edge) {
        return has(edgeFlags.get(edge), AFFECTED);
    }

    public long firstPositionOfEdge(int edge) {
        return edgeFirst.get(edge);
    }

    public long activePositionOfEdge(int edge) {
        return edgeActive.get(edge);
    }

    public long lastPositionOfEdge(int edge) {
        return edgeLast.get(edge);
    }

    /** Numbers of the nodes that changed since {@link #forgetChanges}, ascending. */
    public int[] changedNodes() {
        return changedNodes.sorted();
    }

    /** Numbers of the edges that changed since {@link #forgetChanges}, ascending. */
    public int[] changedEdges() {
        return changedEdges.sorted();
    }

    public void forgetChanges() {
        for (int i = 0; i < changedNodes.size(); i++) {
            flag(nodeFlags, changedNodes.get(i), CHANGED, false);
        }
        for (int i = 0; i < changedEdges.size(); i++) {
            flag(edgeFlags, changedEdges.get(i), CHANGED, false);
        }
        changedNodes.clear();
        changedEdges.clear();
    }

    /** The directed graph of who reaches whom, without edges to oneself. O(nodes + edges). */
    public CompactGraph compact() {
        return CompactGraph.of(nodeCount(), edges -> {
            for (int edge = 0; edge < edgeLinks.size(); edge++) {
                edges.accept(source(edge), target(edge));
            }
        });
    }

    // ---- restoring -------------------------------------------------------------------------------------------------

    /** A node as it was; nodes must come in their old order, before all edges. */
    public void restoreNode(NodeState node) {
        int number = names.intern(node.agent());
        if (number != ordinals.size()) {
            throw new IllegalStateException("node " + node.agent() + " is there twice; expected once");
        }
        newNode(node.ordinal(), node.firstPosition());
        sent.set(number, node.sent());
        received.set(number, node.received());
        nodeErrors.set(number, node.errors());
        deliveries.set(number, node.deliveries());
        nodeActive.set(number, node.activePosition());
        nodeLast.set(number, node.lastPosition());
        communities.set(number, node.community());
        flag(nodeFlags, number, QUARANTINED, node.quarantined());
    }

    /** An edge as it was; edges must come in their old order. Degrees, triangles and marks follow from them. */
    public void restoreEdge(EdgeState edge) {
        int source = names.find(edge.source());
        int target = names.find(edge.target());
        if (source == NONE || target == NONE) {
            throw new IllegalStateException(
                    "edge " + edge.source() + " to " + edge.target() + " ends nowhere; expected a node at each end");
        }
        int link = link(Math.min(source, target), Math.max(source, target), RESTORED);
        int number = newEdge(link, code(source, target, edge.kind()), edge.ordinal(), edge.firstPosition());
        messages.set(number, edge.messages());
        edgeErrors.set(number, edge.errors());
        weights.set(number, Double.doubleToRawLongBits(edge.weight()));
        steps.set(number, edge.step());
        strengths.set(number, Float.floatToRawIntBits(edge.strength()));
        edgeActive.set(number, edge.activePosition());
        edgeLast.set(number, edge.lastPosition());
        if (edge.latencies().length > 0) {
            latencies.set(number, edge.latencies());
        }
    }

    /**
     * What is neither a node's nor an edge's.
     *
     * @param messages how many there were, blocked ones too
     * @param nextOrdinal of the next node
     * @param nextEdgeOrdinal of the next edge
     */
    public void restoreCounts(long messages, int nextOrdinal, int nextEdgeOrdinal) {
        messageCount = messages;
        this.nextOrdinal = nextOrdinal;
        this.nextEdgeOrdinal = nextEdgeOrdinal;
    }

    /** A node as its row keeps it. */
    public record NodeState(
            String agent,
            int ordinal,
            long sent,
            long received,
            long errors,
            long deliveries,
            int community,
            boolean quarantined,
            long firstPosition,
            long activePosition,
            long lastPosition) {}

    /** An edge as its row keeps it. */
    public record EdgeState(
            String source,
            String target,
            int kind,
            int ordinal,
            long messages,
            long errors,
            double weight,
            long step,
            float strength,
            char[] latencies,
            long firstPosition,
            long activePosition,
            long lastPosition) {}

    // ---- folding ---------------------------------------------------------------------------------------------------

    /** An edge by name. */
    public record EdgeName(String source, String target, int kind) {}

    /**
     * A smaller graph in another's place.
     *
     * @param graph what is left, and the aggregate node
     * @param kept for each node of it the number it had, -1 for a new aggregate
     * @param agents that are no longer in it
     * @param edges that are no longer in it
     */
    public record Folded(NetworkGraph graph, int[] kept, List<String> agents, List<EdgeName> edges) {}

    /**
     * Folds the nodes that were active longest ago into the aggregate node, with their counts and edges, and edges that were used longest ago into its edge
     * with itself. Agents in quarantine stay. Numbers change, ordinals do not. O(nodes + edges), and as much memory again meanwhile.
     *
     * @param keepNodes most nodes to keep, besides the aggregate, those in quarantine and those of the event at the position
     * @param keepEdges most edges to keep, besides those of the event at the position and the aggregate's new ones
     * @param aggregate agent id of the node they go into
     * @param coarse whether edges of those that go are told from each other no longer: all go into the aggregate's edges with itself, one for each kind
     */
    public Folded fold(int keepNodes, int keepEdges, String aggregate, boolean coarse, long position) {
        long nodesBefore = oldestKept(nodeActive, keepNodes, position);
        long edgesBefore = oldestKept(edgeActive, keepEdges, position);
        NetworkGraph left = new NetworkGraph();
        int[] numbers = new int[nodeCount()];
        IntList kept = new IntList();
        List<String> agents = new ArrayList<>();
        int known = find(aggregate);
        for (int node = 0; node < numbers.length; node++) {
            boolean stays = nodeActive.get(node) >= nodesBefore || isQuarantined(node) || node == known;
            numbers[node] = stays ? left.nodeCount() : NONE;
            if (stays) {
                kept.add(node);
                left.restoreNode(stateOf(node));
                left.keepChange(has(nodeFlags.get(node), CHANGED), left.nodeFlags, numbers[node], left.changedNodes);
            } else {
                agents.add(agent(node));
            }
        }
        left.restoreCounts(messageCount, nextOrdinal, nextEdgeOrdinal);
        int into = left.node(aggregate, position);
        if (known == NONE) {
            kept.add(NONE);
        }
        for (int node = 0; node < numbers.length; node++) {
            if (numbers[node] == NONE) {
                numbers[node] = into;
                left.sent.plus(into, sent.get(node));
                left.received.plus(into, received.get(node));
                left.nodeErrors.plus(into, nodeErrors.get(node));
                left.deliveries.plus(into, deliveries.get(node));
            }
        }
        IntList dropped = new IntList();
        for (int edge = 0; edge < edgeCount(); edge++) {
            boolean moved = numbers[source(edge)] == into && source(edge) != known
                    || numbers[target(edge)] == into && target(edge) != known;
            if (moved || edgeActive.get(edge) < edgesBefore) {
                dropped.add(edge);
            } else {
                left.restoreEdge(edgeStateOf(edge));
                int number = left.edgeCount() - 1;
                left.keepChange(has(edgeFlags.get(edge), CHANGED), left.edgeFlags, number, left.changedEdges);
            }
        }
        List<EdgeName> edges = new ArrayList<>();
        for (int i = 0; i < dropped.size(); i++) {
            int edge = dropped.get(i);
            int source = numbers[source(edge)];
            int target = numbers[target(edge)];
            boolean moved = !coarse && (source == into || target == into);
            edges.add(new EdgeName(agent(source(edge)), agent(target(edge)), kind(edge)));
            left.take(this, edge, moved ? source : into, moved ? target : into, position);
        }
        for (int i = 0; i < kept.size(); i++) {
            int old = kept.get(i);
            if (old != NONE && (degree(old) != left.degree(i) || triangles(old) != left.triangles(i))) {
                left.nodeChanged(i, position);
            }
        }
        int[] keptNumbers = new int[kept.size()];
        for (int i = 0; i < keptNumbers.length; i++) {
            keptNumbers[i] = kept.get(i);
        }
        return new Folded(left, keptNumbers, agents, edges);
    }

    // The position from which on things are kept: as many as should be, or, where one event alone made more, those of
    // that event.
    private static long oldestKept(LongColumn active, int keep, long position) {
        if (active.size() <= keep) {
            return 0;
        }
        long[] sorted = new long[active.size()];
        for (int i = 0; i < sorted.length; i++) {
            sorted[i] = active.get(i);
        }
        Arrays.sort(sorted);
        return Math.min(position, sorted[sorted.length - keep - 1] + 1);
    }

    private void keepChange(boolean changed, IntColumn flags, int number, IntList list) {
        if (changed) {
            flag(flags, number, CHANGED, true);
            list.add(number);
        }
    }

    private void take(NetworkGraph from, int old, int source, int target, long position) {
        int edge = edge(source, target, from.kind(old), position);
        messages.plus(edge, from.messages.get(old));
        edgeErrors.plus(edge, from.edgeErrors.get(old));
        edgeFirst.set(edge, Math.min(edgeFirst.get(edge), from.edgeFirst.get(old)));
        edgeActive.set(edge, Math.max(edgeActive.get(edge), from.edgeActive.get(old)));
        long now = deliveries.get(source);
        double weight = weight(edge) * Decay.after(now - steps.get(edge))
                + from.weight(old) * Decay.after(from.deliveries.get(from.source(old)) - from.step(old));
        weights.set(edge, Double.doubleToRawLongBits(weight));
        steps.set(edge, now);
        strengths.set(edge, Float.floatToRawIntBits(share(weight, now)));
        char[] sketch = from.latencies.get(old);
        if (sketch.length > 0) {
            char[] own = latencies.get(edge);
            latencies.set(edge, own.length == 0 ? sketch : LatencySketch.merge(own, sketch));
        }
        edgeChanged(edge, position);
    }

    /** The node as its row keeps it. */
    public NodeState stateOf(int node) {
        return new NodeState(
                agent(node),
                ordinal(node),
                sentBy(node),
                receivedBy(node),
                errorsOf(node),
                deliveriesOf(node),
                community(node),
                isQuarantined(node),
                firstPositionOfNode(node),
                activePositionOfNode(node),
                lastPositionOfNode(node));
    }

    /** The edge as its row keeps it. */
    public EdgeState edgeStateOf(int edge) {
        return new EdgeState(
                agent(source(edge)),
                agent(target(edge)),
                kind(edge),
                edgeOrdinal(edge),
                messagesOn(edge),
                errorsOn(edge),
                weight(edge),
                step(edge),
                strength(edge),
                latencies(edge).clone(),
                firstPositionOfEdge(edge),
                activePositionOfEdge(edge),
                lastPositionOfEdge(edge));
    }

    /** SHA-256 over all that later answers depend on: equal graphs, equal digests. */
    public byte[] digest() {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            ByteBuffer number = ByteBuffer.allocate(Long.BYTES);
            LongConsumer add = value -> digest.update(number.putLong(0, value).array());
            add.accept(messageCount);
            add.accept(triangleCount);
            add.accept(triangleSkips);
            add.accept(isolated);
            add.accept(nextOrdinal);
            add.accept(nextEdgeOrdinal);
            for (int node = 0; node < nodeCount(); node++) {
                digest.update(agent(node).getBytes(StandardCharsets.UTF_8));
                for (LongColumn column : new LongColumn[] {
                    sent, received, nodeErrors, deliveries, nodeFirst, nodeActive, nodeLast, triangles
                }) {
                    add.accept(column.get(node));
                }
                for (IntColumn column : new IntColumn[] {ordinals, communities, degrees}) {
                    add.accept(column.get(node));
                }
                add.accept(nodeFlags.get(node) & ~CHANGED);
                for (int link = firstLinks.get(node); link != NONE; link = nextLink(link, node)) {
                    add.accept(otherEnd(link, node));
                }
            }
            for (int edge = 0; edge < edgeCount(); edge++) {
                add.accept(source(edge));
                add.accept(target(edge));
                add.accept(edgeFlags.get(edge) & ~CHANGED);
                for (LongColumn column :
                        new LongColumn[] {messages, edgeErrors, edgeFirst, edgeActive, edgeLast, weights, steps}) {
                    add.accept(column.get(edge));
                }
                add.accept(strengths.get(edge));
                add.accept(edgeOrdinals.get(edge));
                for (char part : latencies.get(edge)) {
                    add.accept(part);
                }
            }
            return digest.digest();
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every Java has SHA-256", impossible);
        }
    }
}
