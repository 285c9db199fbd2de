package io.skein.projection.loops;

import io.skein.kernel.agent.MessageRecorded;
import io.skein.kernel.alert.EvidenceItem;
import io.skein.kernel.alert.Severity;
import io.skein.kernel.id.AgentId;
import io.skein.kernel.id.MessageId;
import io.skein.kernel.id.NetworkId;
import io.skein.kernel.message.Message;
import io.skein.kernel.message.MessageType;
import it.unimi.dsi.fastutil.ints.IntOpenHashSet;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Finds requests that return to an agent which still waits for its own answer. O(1) expected for a message, O({@value LoopPolicy#MAX_DEPTH})
 * at worst; memory bounded by {@link LoopPolicy#maxOpen()}. The definition stands in docs/detectors.md.
 *
 * <p>Each request hangs under the request that its sender was serving when it sent it. Nobody is followed who was answered, and a hand-back along
 * the way a request came (B asks back A, who asked it) is no way round.
 */
final class OpenRequestChain {
    static final String NAME = "open-request-chain";

    /** How alike two contents are from which on they are the same said again. */
    private static final double SAME = 0.9;

    /** Of the requests that wait for one agent in one conversation, only so many of the newest are looked at where a sender names no cause. */
    private static final int WAITING = 64;

    /** After this many laps an alarm speaks again only at every doubling, so that a runaway does not flood the log. */
    private static final int LAPS_EACH = 4;

    private record Key(String network, String message) {}

    private record Waiting(String network, String conversation, String agent) {}

    /** A chain's return to {@code target}: how many steps in succession went round the same rotation. */
    private record Return(String target, List<String> canonical, long steps) {}

    /** A message as far as later ones may hang on it. */
    private static final class Node {
        final Key key;
        final long position;
        final long expiresAtMilli;
        final boolean request;
        final String source;
        final String conversation;
        final List<String> targets;
        final Key root;
        final boolean inferred;
        final int depth;
        long signatureHigh;
        long signatureLow;

        @Nullable
        Node parent;

        /** Of an answer: whom it reached, and what that agent served when it asked. */
        @Nullable
        String asker;

        @Nullable
        Node onward;

        List<String> answeredBy = List.of();
        List<Return> returns = List.of();
        int[] words;
        long fingerprint;
        boolean gone;

        Node(
                Key key,
                long position,
                long expiresAtMilli,
                boolean request,
                String source,
                String conversation,
                List<String> targets,
                @Nullable Node parent,
                @Nullable Key root,
                boolean inferred,
                int depth,
                int[] words,
                long fingerprint) {
            this.key = key;
            this.position = position;
            this.expiresAtMilli = expiresAtMilli;
            this.request = request;
            this.source = source;
            this.conversation = conversation;
            this.targets = targets;
            this.parent = parent;
            this.root = root == null ? key : root;
            this.inferred = inferred;
            this.depth = depth;
            this.words = words;
            this.fingerprint = fingerprint;
        }

        void sign(long high, long low) {
            int bit = bit(source);
            signatureHigh = high | (bit >= 64 ? 1L << (bit - 64) : 0);
            signatureLow = low | (bit < 64 ? 1L << bit : 0);
        }

        boolean mayHaveAncestor(String agent) {
            int bit = bit(agent);
            return ((bit < 64 ? signatureLow >>> bit : signatureHigh >>> (bit - 64)) & 1) == 1;
        }

        private static int bit(String agent) {
            int hash = agent.hashCode() * 0x9E3779B9;
            return hash >>> 25;
        }

        boolean waitsFor(String agent) {
            return request && !gone && !answeredBy.contains(agent);
        }

        void answered(String agent) {
            if (!answeredBy.contains(agent)) {
                List<String> more = new ArrayList<>(answeredBy);
                more.add(agent);
                answeredBy = more;
            }
        }
    }

    private final LoopPolicy policy;
    private final LinkedHashMap<Key, Node> nodes = new LinkedHashMap<>();
    private final Map<Waiting, Deque<Node>> waiting = new HashMap<>();
    private long watermarkMilli = Long.MIN_VALUE;
    private long overBudget;

    OpenRequestChain(LoopPolicy policy) {
        this.policy = policy;
    }

    /** Takes the next message; its returns, in the order of its targets. */
    List<RoutingLoop> on(MessageRecorded recorded, long position, long atMilli) {
        Message message = recorded.message();
        forgetOlderThan(atMilli);
        String network = message.networkId().value();
        String source = message.agentId().value();
        String conversation =
                message.conversationId() == null ? "" : message.conversationId().value();
        // Who asks itself waits for nobody else.
        List<String> targets = new LinkedHashSet<>(message.targetAgents())
                .stream()
                        .map(AgentId::value)
                        .filter(target -> !target.equals(source))
                        .toList();

        Node cause = message.causationId() == null
                ? null
                : nodes.get(new Key(network, message.causationId().value()));
        boolean inferred = false;
        Node parent = null;
        if (cause != null) {
            parent = served(cause, source);
        } else if (message.causationId() == null && message.type() == MessageType.REQUEST && !conversation.isEmpty()) {
            parent = newestWaiting(new Waiting(network, conversation, source), null);
            inferred = parent != null;
        }
        Node node = node(recorded, position, network, source, conversation, targets, parent, inferred);
        if (!node.request) {
            Node answered = answer(message, cause, network, conversation, source, targets);
            if (answered != null) {
                node.asker = answered.source;
                node.onward = alive(answered.parent);
            }
            keep(node);
            return List.of();
        }
        List<RoutingLoop> found = returns(node);
        keep(node);
        return found;
    }

    /** The request that an agent serves when it speaks because of {@code cause}; null: none. */
    private static @Nullable Node served(Node cause, String agent) {
        if (cause.source.equals(agent)) {
            // It goes on with what it was doing: a second step, or the same again.
            return alive(cause.parent);
        }
        if (!cause.targets.contains(agent)) {
            return null;
        }
        if (cause.request) {
            return cause;
        }
        // An answer: whoever asked goes on with what it served when it asked.
        return agent.equals(cause.asker) ? alive(cause.onward) : null;
    }

    private static @Nullable Node alive(@Nullable Node node) {
        return node == null || node.gone ? null : node;
    }

    /** Closes what a response (or a broadcast that names its cause) answers; the answered request whose sender it reached first. */
    private @Nullable Node answer(
            Message message,
            @Nullable Node cause,
            String network,
            String conversation,
            String source,
            List<String> targets) {
        if (cause != null && cause.request && cause.targets.contains(source) && targets.contains(cause.source)) {
            cause.answered(source);
            return cause;
        }
        if (message.type() != MessageType.RESPONSE) {
            return null;
        }
        Node first = null;
        for (String target : targets) {
            Node asked = newestWaiting(new Waiting(network, conversation, source), target);
            if (asked != null) {
                asked.answered(source);
                first = first == null ? asked : first;
            }
        }
        return first;
    }

    /** The newest request that waits for an answer by the key's agent, from {@code asker} if one is named. */
    private @Nullable Node newestWaiting(Waiting key, @Nullable String asker) {
        Deque<Node> requests = waiting.get(key);
        if (requests == null) {
            return null;
        }
        for (Iterator<Node> newest = requests.descendingIterator(); newest.hasNext(); ) {
            Node request = newest.next();
            if (request.waitsFor(key.agent()) && (asker == null || request.source.equals(asker))) {
                return request;
            }
        }
        return null;
    }

    private Node node(
            MessageRecorded recorded,
            long position,
            String network,
            String source,
            String conversation,
            List<String> targets,
            @Nullable Node parent,
            boolean inferred) {
        Message message = recorded.message();
        boolean request = message.type() == MessageType.REQUEST;
        Node node = new Node(
                new Key(network, message.messageId().value()),
                position,
                watermarkMilli + policy.windowMilli(),
                request,
                source,
                conversation,
                targets,
                parent,
                parent == null ? null : parent.root,
                inferred,
                parent == null ? 0 : parent.depth + 1,
                request ? Words.of(message.content()) : Words.NONE,
                request ? Words.fingerprint(message.content()) : 0);
        node.sign(parent == null ? 0 : parent.signatureHigh, parent == null ? 0 : parent.signatureLow);
        return node;
    }

    private void keep(Node node) {
        nodes.put(node.key, node);
        if (node.request) {
            for (String target : node.targets) {
                Deque<Node> requests = waiting.computeIfAbsent(
                        new Waiting(node.key.network(), node.conversation, target), absent -> new ArrayDeque<>(2));
                requests.addLast(node);
                if (requests.size() > WAITING) {
                    requests.removeFirst();
                }
            }
        }
        while (nodes.size() > policy.maxOpen()) {
            overBudget++;
            forgetEldest();
        }
    }

    private void forgetOlderThan(long nowMilli) {
        watermarkMilli = Math.max(watermarkMilli, nowMilli);
        while (!nodes.isEmpty() && nodes.firstEntry().getValue().expiresAtMilli <= watermarkMilli) {
            forgetEldest();
        }
    }

    private void forgetEldest() {
        Node node = nodes.pollFirstEntry().getValue();
        node.gone = true;
        // Later messages may still hold this one; they must not hold its whole past.
        node.parent = null;
        node.onward = null;
        node.words = Words.NONE;
        if (node.request) {
            for (String target : node.targets) {
                Waiting key = new Waiting(node.key.network(), node.conversation, target);
                Deque<Node> requests = waiting.get(key);
                if (requests != null) {
                    if (requests.peekFirst() == node) {
                        requests.removeFirst();
                    }
                    if (requests.isEmpty()) {
                        waiting.remove(key);
                    }
                }
            }
        }
    }

    private List<RoutingLoop> returns(Node request) {
        Node parent = request.parent;
        if (parent == null) {
            return List.of();
        }
        List<RoutingLoop> found = List.of();
        for (String target : request.targets) {
            if (parent.mayHaveAncestor(target)) {
                RoutingLoop loop = returnTo(target, request);
                if (loop != null) {
                    found = found.isEmpty() ? new ArrayList<>(2) : found;
                    found.add(loop);
                }
            }
        }
        return found;
    }

    private @Nullable RoutingLoop returnTo(String target, Node closing) {
        List<Node> lap = openWayUpTo(target, closing);
        if (lap.isEmpty()) {
            return null;
        }
        List<String> rotation = rotation(lap, target);
        if (rotation.isEmpty()) {
            return null;
        }
        List<String> canonical = RoutingLoop.canonical(rotation);
        long steps = rotation.size();
        Node before = closing.parent;
        if (before != null) {
            for (Return earlier : before.returns) {
                if (earlier.target().equals(closing.source)
                        && earlier.canonical().equals(canonical)) {
                    steps = earlier.steps() + 1;
                }
            }
        }
        List<Return> returns = new ArrayList<>(closing.returns);
        returns.add(new Return(target, canonical, steps));
        closing.returns = returns;
        return describe(closing, lap, rotation, steps);
    }

    /** The open requests from the nearest that {@code target} sent down to {@code closing}; empty if an answer or the depth stands between. */
    private static List<Node> openWayUpTo(String target, Node closing) {
        List<Node> way = new ArrayList<>();
        way.add(closing);
        String via = closing.source;
        for (Node node = closing.parent;
                node != null && node.waitsFor(via) && way.size() <= LoopPolicy.MAX_DEPTH;
                node = node.parent) {
            way.add(node);
            if (node.source.equals(target)) {
                return way.reversed();
            }
            via = node.source;
        }
        return List.of();
    }

    /** Who asked whom once the ways out and back again are taken away; empty if nothing of a circle is left. */
    private static List<String> rotation(List<Node> lap, String target) {
        List<String> walk = new ArrayList<>();
        for (Node node : lap) {
            step(walk, node.source);
        }
        step(walk, target);
        int last = walk.size() - 1;
        if (last < 3 || walk.get(1).equals(walk.get(last - 1))) {
            return List.of();
        }
        return List.copyOf(walk.subList(0, last));
    }

    private static void step(List<String> walk, String agent) {
        int length = walk.size();
        if (length >= 2 && walk.get(length - 2).equals(agent)) {
            walk.removeLast();
        } else {
            walk.add(agent);
        }
    }

    private RoutingLoop describe(Node closing, List<Node> lap, List<String> rotation, long steps) {
        long laps = steps / rotation.size();
        boolean lapComplete = steps % rotation.size() == 0;
        boolean inferred = false;
        for (Node node : lap.subList(1, lap.size())) {
            inferred |= node.inferred;
        }
        int newWords = 0;
        boolean same = false;
        Severity severity = null;
        List<EvidenceItem> evidence = new ArrayList<>();
        if (lapComplete) {
            List<Node> chain = chain(closing);
            newWords = newWords(chain, lap.size());
            Node opening = lap.getFirst();
            same = closing.fingerprint != 0
                    && (closing.fingerprint == opening.fingerprint
                            || Words.similarity(closing.words, opening.words) >= SAME);
            severity = severity(laps, inferred, newWords, same);
            long round = Math.min(chain.size(), Math.max(lap.size(), steps));
            for (Node node : chain.subList(chain.size() - (int) round, chain.size())) {
                evidence.add(new EvidenceItem(new MessageId(node.key.message()), node.position));
            }
        }
        return new RoutingLoop(
                new NetworkId(closing.key.network()),
                new MessageId(closing.root.message()),
                rotation.stream().map(AgentId::new).toList(),
                new MessageId(closing.key.message()),
                closing.position,
                laps,
                lapComplete,
                inferred,
                newWords,
                same,
                severity,
                evidence);
    }

    private @Nullable Severity severity(long laps, boolean inferred, int newWords, boolean same) {
        boolean stagnant = same || newWords < policy.newWords();
        if (!stagnant && laps < policy.endlessLaps()) {
            return null;
        }
        // One lap of short questions in one conversation may be many things where nobody says what caused them.
        if (inferred && !same && laps < 2) {
            return null;
        }
        if (laps > LAPS_EACH && Long.bitCount(laps) != 1) {
            return null;
        }
        boolean critical = stagnant && !inferred && (same || laps >= 2);
        return critical ? Severity.CRITICAL : Severity.WARNING;
    }

    /** The chain down to the request, oldest first, open or not, as far as it is followed. */
    private static List<Node> chain(Node closing) {
        List<Node> chain = new ArrayList<>();
        for (Node node = closing;
                node != null && !node.gone && chain.size() <= LoopPolicy.MAX_DEPTH;
                node = node.parent) {
            chain.add(node);
        }
        return chain.reversed();
    }

    private static int newWords(List<Node> chain, int lap) {
        IntOpenHashSet said = new IntOpenHashSet();
        int most = 0;
        for (int i = 0; i < chain.size(); i++) {
            int added = 0;
            for (int word : chain.get(i).words) {
                added += said.add(word) ? 1 : 0;
            }
            // The request that opened the lap is the task itself (or was judged as the end of the lap before).
            if (i > chain.size() - lap) {
                most = Math.max(most, added);
            }
        }
        return most;
    }

    /** Writes all that later answers depend on; equal states give equal bytes. */
    void save(DataOutput out) throws IOException {
        out.writeLong(watermarkMilli);
        out.writeLong(overBudget);
        out.writeInt(nodes.size());
        Map<Node, Integer> index = new IdentityHashMap<>();
        for (Node node : nodes.values()) {
            Integer parent = node.parent == null ? null : index.get(node.parent);
            out.writeInt(parent == null ? -1 : parent);
            Integer onward = node.onward == null ? null : index.get(node.onward);
            out.writeInt(onward == null ? -1 : onward);
            out.writeUTF(node.asker == null ? "" : node.asker);
            index.put(node, index.size());
            out.writeUTF(node.key.network());
            out.writeUTF(node.key.message());
            out.writeUTF(node.root.message());
            out.writeLong(node.position);
            out.writeLong(node.expiresAtMilli);
            out.writeByte((node.request ? 1 : 0) | (node.inferred ? 2 : 0));
            out.writeUTF(node.source);
            out.writeUTF(node.conversation);
            strings(out, node.targets);
            strings(out, node.answeredBy);
            out.writeInt(node.depth);
            out.writeLong(node.signatureHigh);
            out.writeLong(node.signatureLow);
            out.writeInt(node.words.length);
            for (int word : node.words) {
                out.writeInt(word);
            }
            out.writeLong(node.fingerprint);
            out.writeInt(node.returns.size());
            for (Return back : node.returns) {
                out.writeUTF(back.target());
                strings(out, back.canonical());
                out.writeLong(back.steps());
            }
        }
    }

    /** Replaces the state by a saved one. */
    void restore(DataInput in) throws IOException {
        nodes.clear();
        waiting.clear();
        watermarkMilli = in.readLong();
        overBudget = in.readLong();
        int count = in.readInt();
        List<Node> order = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            int parent = in.readInt();
            int onward = in.readInt();
            String asker = in.readUTF();
            String network = in.readUTF();
            Key key = new Key(network, in.readUTF());
            Key root = new Key(network, in.readUTF());
            long position = in.readLong();
            long expires = in.readLong();
            int flags = in.readByte();
            String source = in.readUTF();
            String conversation = in.readUTF();
            List<String> targets = strings(in);
            List<String> answered = strings(in);
            int depth = in.readInt();
            long high = in.readLong();
            long low = in.readLong();
            int[] words = new int[in.readInt()];
            for (int w = 0; w < words.length; w++) {
                words[w] = in.readInt();
            }
            Node node = new Node(
                    key,
                    position,
                    expires,
                    (flags & 1) != 0,
                    source,
                    conversation,
                    targets,
                    parent < 0 ? null : order.get(parent),
                    root,
                    (flags & 2) != 0,
                    depth,
                    words,
                    in.readLong());
            node.onward = onward < 0 ? null : order.get(onward);
            node.asker = asker.isEmpty() ? null : asker;
            node.signatureHigh = high;
            node.signatureLow = low;
            node.answeredBy = answered;
            int returns = in.readInt();
            List<Return> back = new ArrayList<>(returns);
            for (int r = 0; r < returns; r++) {
                back.add(new Return(in.readUTF(), strings(in), in.readLong()));
            }
            node.returns = back;
            order.add(node);
            keep(node);
        }
    }

    private static void strings(DataOutput out, List<String> values) throws IOException {
        out.writeInt(values.size());
        for (String value : values) {
            out.writeUTF(value);
        }
    }

    private static List<String> strings(DataInput in) throws IOException {
        int count = in.readInt();
        List<String> values = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            values.add(in.readUTF());
        }
        return values;
    }

    long overBudget() {
        return overBudget;
    }

    /** Messages kept. */
    int size() {
        return nodes.size();
    }

    /** Agents that are waited for, by conversation; for tests of the bound. */
    Set<?> waitingKeys() {
        return waiting.keySet();
    }
}
