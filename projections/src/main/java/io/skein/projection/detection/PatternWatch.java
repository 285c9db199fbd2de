package io.skein.projection.detection;

import io.skein.kernel.agent.AgentEvent;
import io.skein.kernel.agent.MessageBlocked;
import io.skein.kernel.agent.MessageRecorded;
import io.skein.kernel.alert.AlertCommand.RaiseAlert;
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
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs detectors over the log and proposes what they find: rows of {@code proposed_command} that command-side takes. It has no table of its own; the
 * memory of each detector is saved now and then under its own name, and a proposal's id follows from the finding, so that a rebuild proposes what is
 * known already.
 */
public final class PatternWatch implements Projection {
    public static final String NAME = "patterns";
    private static final Logger LOG = LoggerFactory.getLogger(PatternWatch.class);

    private final LogReplay log;
    private final long checkpointEvery;
    private final Supplier<List<PatternFold>> unknowing;
    private @Nullable List<PatternFold> detectors;
    private long position;
    private long checkpointed;

    /**
     * @param checkpointEvery events between two checkpoints of the detectors' memory, 1 or more
     * @param unknowing gives new detectors, that know nothing yet
     */
    public PatternWatch(LogReplay log, long checkpointEvery, Supplier<List<PatternFold>> unknowing) {
        this.log = log;
        this.checkpointEvery = checkpointEvery;
        this.unknowing = unknowing;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public List<String> tables() {
        return List.of();
    }

    @Override
    public void forget() {
        detectors = null;
    }

    @Override
    public Fold open(long after, Connection database) throws SQLException {
        List<PatternFold> running = detectors;
        if (running == null || position != after) {
            running = remember(after, database);
        }
        return new WatchingFold(running);
    }

    private List<PatternFold> remember(long after, Connection database) throws SQLException {
        List<PatternFold> restored = unknowing.get();
        long[] from = new long[restored.size()];
        long earliest = after;
        for (int i = 0; i < from.length; i++) {
            PatternFold detector = restored.get(i);
            String version = detector.identity().toString();
            Optional<Checkpoint> saved = Checkpoints.load(database, checkpoint(detector))
                    .filter(checkpoint -> checkpoint.version().equals(version) && checkpoint.position() <= after);
            if (saved.isPresent()) {
                restore(detector, saved.get().state());
                from[i] = saved.get().position();
            }
            earliest = Math.min(earliest, from[i]);
        }
        log.between(NAME, earliest, after, database, event -> {
            AgentEvent read = read(event);
            for (int i = 0; read != null && i < from.length; i++) {
                if (event.position() > from[i]) {
                    restored.get(i).on(read, event.position());
                }
            }
        });
        LOG.info("event=detectors_restored detectors={} checkpoint={} position={}", from.length, earliest, after);
        detectors = restored;
        position = after;
        checkpointed = earliest;
        return restored;
    }

    private static @Nullable AgentEvent read(LoggedEvent event) {
        if (event.isA(MessageRecorded.class) || event.isA(MessageBlocked.class)) {
            return (AgentEvent) event.payload();
        }
        return null;
    }

    private static String checkpoint(PatternFold detector) {
        return NAME + "/" + detector.identity().name();
    }

    private final class WatchingFold implements Fold {
        private final List<PatternFold> running;
        private final List<Finding> found = new ArrayList<>();

        WatchingFold(List<PatternFold> running) {
            this.running = running;
        }

        @Override
        public void on(LoggedEvent event) {
            AgentEvent read = read(event);
            if (read != null) {
                for (PatternFold detector : running) {
                    found.addAll(detector.on(read, event.position()));
                }
            }
            position = event.position();
        }

        @Override
        public void skip(LoggedEvent event) {
            position = event.position();
        }

        @Override
        public void write(Connection database) throws SQLException {
            for (Finding finding : found) {
                RaiseAlert alert = finding.alert();
                ProposedAlerts.propose(
                        database,
                        alert,
                        List.of(alert.alertId().value(), Long.toString(finding.position())),
                        finding.position());
            }
            found.clear();
            if (position - checkpointed >= checkpointEvery) {
                for (PatternFold detector : running) {
                    Checkpoints.save(
                            database,
                            checkpoint(detector),
                            new Checkpoint(position, detector.identity().toString(), bytes(detector)));
                }
                checkpointed = position;
            }
        }
    }

    static byte[] bytes(PatternFold detector) {
        try {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            detector.save(new DataOutputStream(bytes));
            return bytes.toByteArray();
        } catch (IOException impossible) {
            throw new UncheckedIOException("writing to memory failed", impossible);
        }
    }

    static void restore(PatternFold detector, byte[] state) {
        try {
            detector.restore(new DataInputStream(new ByteArrayInputStream(state)));
        } catch (IOException broken) {
            throw new UncheckedIOException(
                    "the checkpoint of " + detector.identity().name() + " cannot be read", broken);
        }
    }
}
