package io.skein.projection.loops;

import io.skein.kernel.agent.MessageRecorded;
import io.skein.kernel.alert.AlertCommand.RaiseAlert;
import io.skein.kernel.alert.Pattern;
import io.skein.kernel.alert.Severity;
import io.skein.kernel.id.AgentId;
import io.skein.kernel.id.AlertId;
import io.skein.projection.detection.CausalOrder;
import io.skein.projection.detection.ProposedAlerts;
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
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs the detectors over the log, keeps every return of a request as a row of {@code routing_reentry}, and proposes an alert where one is due:
 * a row of {@code proposed_command} that command-side takes. The alert's id follows from pattern, network, rotation and the chain's first message,
 * so a growing loop adds to its alert, and a rebuild proposes what is known already.
 */
public final class PatternDetector implements Projection {
    public static final String NAME = "loops";
    private static final Logger LOG = LoggerFactory.getLogger(PatternDetector.class);

    private final LogReplay log;
    private final long checkpointEvery;
    private @Nullable Memory memory;
    private long position;
    private long checkpointed;

    /** @param checkpointEvery events between two checkpoints of the detectors' memory, 1 or more */
    public PatternDetector(LogReplay log, long checkpointEvery) {
        this.log = log;
        this.checkpointEvery = checkpointEvery;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public List<String> tables() {
        return List.of("routing_reentry");
    }

    @Override
    public void forget() {
        memory = null;
    }

    @Override
    public Fold open(long after, Connection database) throws SQLException {
        Memory running = memory;
        if (running == null || position != after) {
            running = remember(after, database);
        }
        return new DetectingFold(running);
    }

    /** What this projection knows between batches. */
    private record Memory(CausalOrder order, OpenRequestChain detector) {
        /** Names the detector and all that decides what it sees. */
        String version() {
            return "causal-order-1 " + detector.identity();
        }

        List<RoutingLoop> on(MessageRecorded recorded, long position) {
            List<RoutingLoop> found = new ArrayList<>();
            for (CausalOrder.Placed placed : order.on(recorded, position)) {
                found.addAll(detector.on(placed.recorded(), placed.position()));
            }
            return found;
        }
    }

    private Memory remember(long after, Connection database) throws SQLException {
        Memory restored = new Memory(new CausalOrder(), new OpenRequestChain(LoopPolicy.DEFAULT));
        String version = restored.version();
        long from = 0;
        Optional<Checkpoint> saved = Checkpoints.load(database, NAME)
                .filter(checkpoint -> checkpoint.version().equals(version) && checkpoint.position() <= after);
        if (saved.isPresent()) {
            restore(restored, saved.get().state());
            from = saved.get().position();
        }
        log.between(NAME, from, after, database, event -> {
            if (event.isKnown() && event.payload() instanceof MessageRecorded recorded) {
                restored.on(recorded, event.position());
            }
        });
        LOG.info("event=detector_restored detector={} checkpoint={} position={}", OpenRequestChain.NAME, from, after);
        memory = restored;
        position = after;
        checkpointed = from;
        return restored;
    }

    private final class DetectingFold implements Fold {
        private final Memory running;
        private final List<RoutingLoop> found = new ArrayList<>();

        DetectingFold(Memory running) {
            this.running = running;
        }

        @Override
        public void on(LoggedEvent event) {
            if (event.isKnown() && event.payload() instanceof MessageRecorded recorded) {
                found.addAll(running.on(recorded, event.position()));
            }
            position = event.position();
        }

        @Override
        public void skip(LoggedEvent event) {
            position = event.position();
        }

        @Override
        public void write(Connection database) throws SQLException {
            for (RoutingLoop loop : found) {
                record(database, loop);
                Severity severity = loop.severity();
                if (severity != null) {
                    propose(database, loop, severity, running.detector().identity());
                }
            }
            found.clear();
            if (position - checkpointed >= checkpointEvery) {
                Checkpoints.save(database, NAME, new Checkpoint(position, running.version(), bytes(running)));
                checkpointed = position;
            }
        }
    }

    private static void record(Connection database, RoutingLoop loop) throws SQLException {
        try (PreparedStatement insert = database.prepareStatement("""
                insert into routing_reentry (network_id, message_id, position, target, root_message_id, rotation, laps, inferred, new_words,
                    same_content, alarmed)
                values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)""")) {
            insert.setString(1, loop.network().value());
            insert.setString(2, loop.closing().value());
            insert.setLong(3, loop.position());
            insert.setString(4, loop.rotation().getFirst().value());
            insert.setString(5, loop.root().value());
            insert.setArray(
                    6,
                    database.createArrayOf(
                            "text", loop.rotation().stream().map(AgentId::value).toArray()));
            insert.setLong(7, loop.laps());
            insert.setBoolean(8, loop.inferred());
            insert.setInt(9, loop.newWords());
            insert.setBoolean(10, loop.sameContent());
            insert.setBoolean(11, loop.severity() != null);
            insert.executeUpdate();
        }
    }

    private static void propose(
            Connection database, RoutingLoop loop, Severity severity, io.skein.kernel.alert.Detector identity)
            throws SQLException {
        RaiseAlert alert = alert(loop, severity, identity);
        ProposedAlerts.propose(
                database,
                alert,
                List.of(
                        alert.alertId().value(),
                        Long.toString(loop.laps()),
                        loop.closing().value()),
                loop.position());
    }

    static RaiseAlert alert(RoutingLoop loop, Severity severity, io.skein.kernel.alert.Detector identity) {
        List<String> rotation = loop.rotation().stream().map(AgentId::value).toList();
        List<String> parts = new ArrayList<>(
                List.of("routing_loop", loop.network().value(), loop.root().value()));
        parts.addAll(RoutingLoop.canonical(rotation));
        return new RaiseAlert(
                AlertId.derivedFrom(parts),
                loop.network(),
                Pattern.ROUTING_LOOP,
                severity,
                loop.grade(),
                loop.rotation(),
                loop.evidence(),
                describe(loop, rotation),
                identity,
                "T4 Resource Overload");
    }

    private static String describe(RoutingLoop loop, List<String> rotation) {
        String way = rotation.stream().collect(Collectors.joining(" → ", "", " → " + rotation.getFirst()));
        String said = loop.sameContent()
                ? "the same request came back"
                : loop.newWords() < LoopPolicy.DEFAULT.newWords()
                        ? "nothing was added on the way"
                        : "there is no end to it";
        return "A request went round " + way + (loop.laps() == 1 ? " once" : " " + loop.laps() + " times")
                + " while nobody had answered; " + said + (loop.inferred() ? ". Its causes are inferred." : ".");
    }

    private static byte[] bytes(Memory memory) {
        try {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            DataOutputStream out = new DataOutputStream(bytes);
            memory.order().save(out);
            memory.detector().save(out);
            return bytes.toByteArray();
        } catch (IOException impossible) {
            throw new UncheckedIOException("writing to memory failed", impossible);
        }
    }

    private static void restore(Memory memory, byte[] state) {
        try {
            DataInputStream in = new DataInputStream(new ByteArrayInputStream(state));
            memory.order().restore(in);
            memory.detector().restore(in);
        } catch (IOException broken) {
            throw new UncheckedIOException("the checkpoint of " + OpenRequestChain.NAME + " cannot be read", broken);
        }
    }
}
