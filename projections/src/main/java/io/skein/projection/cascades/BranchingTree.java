package io.skein.projection.cascades;

import io.skein.kernel.agent.AgentEvent;
import io.skein.kernel.agent.MessageRecorded;
import io.skein.kernel.alert.Detector;
import io.skein.kernel.alert.Grade;
import io.skein.kernel.alert.Pattern;
import io.skein.kernel.alert.Severity;
import io.skein.kernel.id.AgentId;
import io.skein.kernel.message.Message;
import io.skein.kernel.message.MessageType;
import io.skein.projection.detection.Finding;
import io.skein.projection.detection.Finding.Ended;
import io.skein.projection.detection.Occurrence;
import io.skein.projection.detection.Parameters;
import io.skein.projection.detection.PatternFold;
import io.skein.projection.detection.Windowed;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Finds messages that lead to ever more of them: one root whose tree grows wide, deep and fast, or a whole network whose reproduction number is above
 * one. O(1) expected for a message; memory bounded by {@link CascadePolicy#messages()}. The definition stands in docs/detectors.md.
 */
final class BranchingTree implements PatternFold {
    static final String NAME = "branching-tree";
    private static final String OWASP = "ASI08 Cascading Failures";
    private static final int DEPTHS = 64;
    private static final int BRANCHES = 24;
    private static final int REPEATS = 16;
    private static final int NETWORKS = 1_000;
    private static final int TOP = 3;

    private record Key(String network, String message) {
        static void write(DataOutput out, Key key) throws IOException {
            out.writeUTF(key.network);
            out.writeUTF(key.message);
        }

        static Key read(DataInput in) throws IOException {
            return new Key(in.readUTF(), in.readUTF());
        }
    }

    /** A message as far as others may follow from it. */
    private static final class Node {
        final String root;
        final String agent;
        final int depth;
        final long position;
        int offspring;
        /** Who reacted to it with what, as fingerprints: whole words for repeats, the sender alone for reactions. */
        long[] reactions = {};

        Node(String root, String agent, int depth, long position) {
            this.root = root;
            this.agent = agent;
            this.depth = depth;
            this.position = position;
        }

        boolean isNew(long fingerprint) {
            for (long reaction : reactions) {
                if (reaction == fingerprint) {
                    return false;
                }
            }
            if (reactions.length < REPEATS) {
                reactions = Arrays.copyOf(reactions, reactions.length + 1);
            } else {
                System.arraycopy(reactions, 1, reactions, 0, REPEATS - 1);
            }
            reactions[reactions.length - 1] = fingerprint;
            return true;
        }
    }

    /** What follows from one message; answers and repeats left out. */
    private static final class Tree {
        final int[] widths = new int[DEPTHS];
        String rootAgent = "";
        long size;
        int depth;
        /** Messages at the deepest step. */
        long deepest;

        long beganMilli;
        long bucket;
        long sizeAtBucket;
        long sizeBefore;
        Amplifiers amplifiers = new Amplifiers();
        Occurrence occurrence = new Occurrence();
    }

    /** The messages of a network that matured since the last judgement. */
    private static final class Generation {
        long parents;
        long offspring;
        long squares;
        long ofToldTrees;
        int streak;
        Amplifiers amplifiers = new Amplifiers();
        Occurrence occurrence = new Occurrence();
    }

    private final CascadePolicy policy;
    private final Windowed<Key, Node> nodes;
    private final Windowed<Key, Tree> trees;
    private final Windowed<Key, Boolean> maturing;
    private final Windowed<Key, Generation> networks = new Windowed<>(Long.MAX_VALUE / 4, NETWORKS);
    private long watermark = Long.MIN_VALUE;

    BranchingTree(CascadePolicy policy) {
        this.policy = policy;
        this.nodes = new Windowed<>(1_000L * policy.windowSeconds(), policy.messages());
        this.trees = new Windowed<>(1_000L * policy.windowSeconds(), Math.max(1, policy.messages() / 4));
        this.maturing = new Windowed<>(1_000L * policy.maturitySeconds(), policy.messages());
    }

    @Override
    public Detector identity() {
        return new Detector(NAME, "2", Parameters.of(policy));
    }

    @Override
    public List<Finding> on(AgentEvent event, long position, long atMilli) {
        if (!(event instanceof MessageRecorded recorded)) {
            return List.of();
        }
        Message message = recorded.message();
        watermark = Math.max(watermark, atMilli);
        List<Finding> found = new ArrayList<>(0);
        for (Map.Entry<Key, Boolean> due = maturing.pollOver(watermark);
                due != null;
                due = maturing.pollOver(watermark)) {
            mature(due.getKey(), position, found);
        }
        nodes.forget(watermark);
        for (Map.Entry<Key, Tree> over = trees.pollOver(watermark); over != null; over = trees.pollOver(watermark)) {
            Ended ended = over.getValue()
                    .occurrence
                    .ended("nothing followed from it for " + policy.windowSeconds() + " s", position);
            if (ended != null) {
                found.add(ended);
            }
        }
        String network = message.networkId().value();
        Key id = new Key(network, message.messageId().value());
        if (nodes.get(id) != null) {
            return found;
        }
        Key causeId = message.causationId() == null
                ? null
                : new Key(network, message.causationId().value());
        Node parent = causeId == null ? null : nodes.get(causeId);
        String agent = message.agentId().value();
        if (message.type() == MessageType.RESPONSE) {
            // An answer hands its place on: what follows from it, follows from what it answers.
            nodes.put(
                    id,
                    new Node(
                            parent == null ? id.message() : parent.root,
                            agent,
                            parent == null ? 0 : parent.depth,
                            position),
                    watermark);
            return found;
        }
        boolean repeat = parent != null && !parent.isNew(fingerprint(message));
        boolean reactsAnew = parent != null && parent.isNew(mix(agent.hashCode(), 0x5bd1e995));
        Node node = new Node(
                parent == null ? id.message() : parent.root, agent, parent == null ? 0 : parent.depth + 1, position);
        nodes.put(id, node, watermark);
        Tree tree = tree(network, node);
        int deliveries = message.targetAgents().size();
        tree.amplifiers.count(agent, deliveries, reactsAnew, repeat);
        generation(network).amplifiers.count(agent, deliveries, reactsAnew, repeat);
        if (repeat) {
            return found;
        }
        maturing.put(id, true, watermark);
        if (parent != null && causeId != null) {
            parent.offspring++;
            if (parent.offspring == 2 && tree.occurrence.kept() < BRANCHES) {
                tree.occurrence.add(causeId.message(), parent.position);
            }
        }
        grow(tree, node);
        alarm(network, id.message(), node, tree, position, found);
        return found;
    }

    private Tree tree(String network, Node node) {
        Key key = new Key(network, node.root);
        Tree tree = trees.get(key);
        if (tree == null) {
            tree = new Tree();
            tree.rootAgent = node.agent;
            tree.beganMilli = watermark;
            tree.bucket = watermark / (1_000L * policy.paceSeconds());
            tree.occurrence.add(node.root, node.position);
        }
        trees.put(key, tree, watermark);
        return tree;
    }

    private Generation generation(String network) {
        Key key = new Key(network, "");
        Generation generation = networks.get(key);
        if (generation == null) {
            generation = new Generation();
            networks.put(key, generation, watermark);
        }
        return generation;
    }

    private void grow(Tree tree, Node node) {
        long bucket = watermark / (1_000L * policy.paceSeconds());
        if (bucket != tree.bucket) {
            tree.sizeBefore = bucket == tree.bucket + 1 ? tree.sizeAtBucket : tree.size;
            tree.sizeAtBucket = tree.size;
            tree.bucket = bucket;
        }
        tree.size++;
        tree.deepest = node.depth > tree.depth ? 1 : tree.deepest + (node.depth == tree.depth ? 1 : 0);
        tree.depth = Math.max(tree.depth, node.depth);
        tree.widths[Math.min(node.depth, DEPTHS - 1)]++;
    }

    private void alarm(String network, String message, Node node, Tree tree, long position, List<Finding> found) {
        boolean told = tree.occurrence.isTold();
        tree.occurrence.grownTo(tree.size);
        if (tree.size < policy.size() || tree.depth < policy.depth()) {
            return;
        }
        Reproduction inner = inner(tree);
        boolean fast = 2 * (tree.size - tree.sizeBefore) >= tree.size;
        if (!told && (!fast || inner.probabilityAbove(policy.growth()) <= policy.certainty())) {
            return;
        }
        if (!tree.occurrence.tell()) {
            return;
        }
        tree.occurrence.add(message, position);
        List<String> top = tree.amplifiers.top(TOP);
        List<String> agents = new ArrayList<>(List.of(tree.rootAgent));
        agents.addAll(top);
        found.add(tree.occurrence.finding(
                identity(),
                Pattern.CASCADE,
                told ? Severity.CRITICAL : Severity.WARNING,
                Grade.FACT,
                network,
                List.of(node.root),
                agents,
                "One message of " + tree.rootAgent + " led to " + (tree.size - 1) + " more within "
                        + tenths((watermark - tree.beganMilli) / 1_000.0) + " s, " + tree.depth
                        + " steps deep; each led to "
                        + tenths(inner.mean()) + " others" + interval(inner)
                        + (top.isEmpty() ? "." : ". Multiplied most by " + tree.amplifiers.describe(top) + "."),
                OWASP,
                position));
    }

    /** What the messages of all steps but the last led to. */
    private static Reproduction inner(Tree tree) {
        return new Reproduction(tree.size - tree.deepest, tree.size - 1, 0);
    }

    private static String interval(Reproduction reproduction) {
        return " (95 %: " + tenths(reproduction.quantile(0.025)) + " to " + tenths(reproduction.quantile(0.975)) + ")";
    }

    private static String tenths(double value) {
        return String.format(Locale.ROOT, "%.1f", value);
    }

    private void mature(Key key, long position, List<Finding> found) {
        Node node = nodes.get(key);
        if (node == null) {
            return;
        }
        Generation generation = generation(key.network());
        generation.parents++;
        generation.offspring += node.offspring;
        generation.squares += (long) node.offspring * node.offspring;
        Tree tree = trees.get(new Key(key.network(), node.root));
        if (tree != null && tree.occurrence.isTold()) {
            generation.ofToldTrees += node.offspring;
        }
        if (node.offspring >= 2 && generation.occurrence.kept() < BRANCHES) {
            generation.occurrence.add(key.message(), node.position);
        }
        if (generation.parents < policy.volume()) {
            return;
        }
        Reproduction reproduction = new Reproduction(generation.parents, generation.offspring, generation.squares);
        boolean above = reproduction.probabilityAbove(1) > policy.certainty();
        // A tree that has its own alert needs no second one.
        boolean known = 2 * generation.ofToldTrees >= generation.offspring;
        generation.streak = above && !known ? generation.streak + 1 : 0;
        if (generation.streak >= policy.windows()) {
            generation.occurrence.grownTo(generation.streak);
            if (generation.occurrence.tell()) {
                generation.occurrence.add(key.message(), node.position);
                found.add(spread(key.network(), generation, reproduction, position));
            }
        } else if (generation.streak == 0) {
            Ended ended = generation.occurrence.ended(
                    "each message leads to " + tenths(reproduction.mean()) + " others now", position);
            if (ended != null) {
                found.add(ended);
            }
            generation.occurrence = new Occurrence();
        }
        generation.parents = 0;
        generation.offspring = 0;
        generation.squares = 0;
        generation.ofToldTrees = 0;
        if (generation.streak == 0) {
            generation.amplifiers.clear();
        }
    }

    private Finding spread(String network, Generation generation, Reproduction reproduction, long position) {
        List<String> top = generation.amplifiers.top(TOP);
        return generation.occurrence.finding(
                identity(),
                Pattern.CASCADE,
                Severity.WARNING,
                Grade.FINDING,
                network,
                List.of("network", generation.occurrence.firstMessage()),
                top,
                "In the whole network each message leads to " + tenths(reproduction.mean()) + " others"
                        + interval(reproduction)
                        + ", for " + generation.streak * policy.volume() + " messages on end"
                        + (top.isEmpty() ? "." : ". Multiplied most by " + generation.amplifiers.describe(top) + "."),
                OWASP,
                position);
    }

    /** Sender, targets and words: the same again is a repeat. */
    private static long fingerprint(Message message) {
        long hash = message.agentId().value().hashCode();
        for (AgentId target : message.targetAgents()) {
            hash = mix(hash, target.value().hashCode());
        }
        return mix(
                hash, message.content() == null ? 0 : message.content().value().hashCode());
    }

    private static long mix(long hash, long more) {
        long mixed = (hash ^ more) * 0x9E3779B97F4A7C15L;
        return mixed ^ (mixed >>> 29);
    }

    /** What the tree of this root has come to; for tests. */
    @Nullable
    Shape shape(String network, String root) {
        Tree tree = trees.get(new Key(network, root));
        if (tree == null) {
            return null;
        }
        int width = 0;
        for (int each : tree.widths) {
            width = Math.max(width, each);
        }
        return new Shape(tree.size, tree.depth, width, tree.amplifiers.top(1));
    }

    record Shape(long size, int depth, int width, List<String> amplifier) {}

    @Override
    public void save(DataOutput out) throws IOException {
        out.writeLong(watermark);
        nodes.save(out, Key::write, (to, node) -> {
            to.writeUTF(node.root);
            to.writeUTF(node.agent);
            to.writeInt(node.depth);
            to.writeLong(node.position);
            to.writeInt(node.offspring);
            to.writeInt(node.reactions.length);
            for (long reaction : node.reactions) {
                to.writeLong(reaction);
            }
        });
        trees.save(out, Key::write, (to, tree) -> {
            for (int width : tree.widths) {
                to.writeInt(width);
            }
            to.writeUTF(tree.rootAgent);
            to.writeLong(tree.size);
            to.writeInt(tree.depth);
            to.writeLong(tree.deepest);
            to.writeLong(tree.beganMilli);
            to.writeLong(tree.bucket);
            to.writeLong(tree.sizeAtBucket);
            to.writeLong(tree.sizeBefore);
            tree.amplifiers.save(to);
            tree.occurrence.save(to);
        });
        maturing.save(out, Key::write, DataOutput::writeBoolean);
        networks.save(out, Key::write, (to, generation) -> {
            to.writeLong(generation.parents);
            to.writeLong(generation.offspring);
            to.writeLong(generation.squares);
            to.writeLong(generation.ofToldTrees);
            to.writeInt(generation.streak);
            generation.amplifiers.save(to);
            generation.occurrence.save(to);
        });
    }

    @Override
    public void restore(DataInput in) throws IOException {
        watermark = in.readLong();
        nodes.restore(in, Key::read, from -> {
            String root = from.readUTF();
            String agent = from.readUTF();
            Node node = new Node(root, agent, from.readInt(), from.readLong());
            node.offspring = from.readInt();
            node.reactions = new long[from.readInt()];
            for (int i = 0; i < node.reactions.length; i++) {
                node.reactions[i] = from.readLong();
            }
            return node;
        });
        trees.restore(in, Key::read, from -> {
            Tree tree = new Tree();
            for (int i = 0; i < DEPTHS; i++) {
                tree.widths[i] = from.readInt();
            }
            tree.rootAgent = from.readUTF();
            tree.size = from.readLong();
            tree.depth = from.readInt();
            tree.deepest = from.readLong();
            tree.beganMilli = from.readLong();
            tree.bucket = from.readLong();
            tree.sizeAtBucket = from.readLong();
            tree.sizeBefore = from.readLong();
            tree.amplifiers = Amplifiers.read(from);
            tree.occurrence = Occurrence.read(from);
            return tree;
        });
        maturing.restore(in, Key::read, DataInput::readBoolean);
        networks.restore(in, Key::read, from -> {
            Generation generation = new Generation();
            generation.parents = from.readLong();
            generation.offspring = from.readLong();
            generation.squares = from.readLong();
            generation.ofToldTrees = from.readLong();
            generation.streak = from.readInt();
            generation.amplifiers = Amplifiers.read(from);
            generation.occurrence = Occurrence.read(from);
            return generation;
        });
    }

    @Override
    public int size() {
        return nodes.size() + trees.size() + maturing.size() + networks.size();
    }

    @Override
    public long overBudget() {
        return nodes.evicted();
    }
}
