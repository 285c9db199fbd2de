package io.skein.projection.loops;

import io.skein.kernel.agent.AgentEvent;
import io.skein.kernel.agent.MessageRecorded;
import io.skein.kernel.alert.Detector;
import io.skein.kernel.alert.EvidenceItem;
import io.skein.kernel.alert.Pattern;
import io.skein.kernel.alert.Severity;
import io.skein.kernel.id.AgentId;
import io.skein.projection.detection.CausalOrder;
import io.skein.projection.detection.CausalOrder.Placed;
import io.skein.projection.detection.Codec;
import io.skein.projection.detection.Finding;
import io.skein.projection.detection.Finding.Reentry;
import io.skein.projection.detection.Finding.Told;
import io.skein.projection.detection.Occurrence;
import io.skein.projection.detection.Occurrences;
import io.skein.projection.detection.Parameters;
import io.skein.projection.detection.PatternFold;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** Reads the log causes first, keeps every return of a request, and speaks where one is an alarm: one alert for each chain and rotation. */
final class RoutingLoops implements PatternFold {
    private static final int OPEN = 10_000;

    /** A loop: where its chain began, and who takes part in which order, wherever it is entered. */
    private record Round(String network, String root, List<String> canonical) {
        static void write(DataOutput out, Round round) throws IOException {
            out.writeUTF(round.network);
            out.writeUTF(round.root);
            Codec.strings(out, round.canonical);
        }

        static Round read(DataInput in) throws IOException {
            return new Round(in.readUTF(), in.readUTF(), Codec.strings(in));
        }
    }

    private final LoopPolicy policy;
    private final CausalOrder order = new CausalOrder();
    private final OpenRequestChain chain;
    private final Occurrences<Round> rounds;

    RoutingLoops(LoopPolicy policy) {
        this.policy = policy;
        this.chain = new OpenRequestChain(policy);
        this.rounds = new Occurrences<>(1_000L * policy.quietSeconds(), OPEN);
    }

    @Override
    public Detector identity() {
        return new Detector(OpenRequestChain.NAME, "2", Parameters.of(policy));
    }

    @Override
    public List<Finding> on(AgentEvent event, long position, long atMilli) {
        List<Finding> found = new ArrayList<>(0);
        rounds.forget(atMilli, position, found);
        if (!(event instanceof MessageRecorded recorded)) {
            return found;
        }
        for (Placed placed : order.on(recorded, position, atMilli)) {
            for (RoutingLoop loop : chain.on(placed.recorded(), placed.position(), placed.atMilli())) {
                take(loop, position, atMilli, found);
            }
        }
        return found;
    }

    private void take(RoutingLoop loop, long position, long atMilli, List<Finding> found) {
        List<String> rotation = loop.rotation().stream().map(AgentId::value).toList();
        Severity severity = loop.severity();
        found.add(new Reentry(
                loop.network(),
                loop.closing().value(),
                loop.position(),
                loop.root().value(),
                rotation,
                loop.laps(),
                loop.inferred(),
                loop.newWords(),
                loop.sameContent(),
                severity != null));
        Round round = new Round(loop.network().value(), loop.root().value(), RoutingLoop.canonical(rotation));
        if (severity == null && rounds.get(round) == null) {
            return;
        }
        Occurrence occurrence = rounds.seen(round, atMilli);
        if (severity == null) {
            return;
        }
        for (EvidenceItem item : loop.evidence()) {
            occurrence.add(item.messageId().value(), item.position());
        }
        List<String> root = new ArrayList<>(List.of(round.root()));
        root.addAll(round.canonical());
        Told told = occurrence.finding(
                identity(),
                Pattern.ROUTING_LOOP,
                severity,
                loop.grade(),
                round.network(),
                root,
                rotation,
                describe(loop, rotation),
                "T4 Resource Overload",
                position);
        // The whole way round, causes first, rather than what happened to be kept.
        found.add(told.showing(loop.evidence()));
    }

    private String describe(RoutingLoop loop, List<String> rotation) {
        String way = rotation.stream().collect(Collectors.joining(" → ", "", " → " + rotation.getFirst()));
        String said = loop.sameContent()
                ? "the same request came back"
                : loop.newWords() < policy.newWords() ? "nothing was added on the way" : "there is no end to it";
        return "A request went round " + way + (loop.laps() == 1 ? " once" : " " + loop.laps() + " times")
                + " while nobody had answered; " + said + (loop.inferred() ? ". Its causes are inferred." : ".");
    }

    @Override
    public void save(DataOutput out) throws IOException {
        order.save(out);
        chain.save(out);
        rounds.save(out, Round::write);
    }

    @Override
    public void restore(DataInput in) throws IOException {
        order.restore(in);
        chain.restore(in);
        rounds.restore(in, Round::read);
    }

    @Override
    public int size() {
        return order.waiting() + chain.size() + rounds.size();
    }

    @Override
    public long overBudget() {
        return chain.overBudget();
    }
}
