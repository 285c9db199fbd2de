package io.skein.projection.detection;

import io.skein.kernel.agent.AgentEvent;
import io.skein.kernel.agent.MessageBlocked;
import io.skein.kernel.agent.MessageRecorded;
import io.skein.kernel.alert.AlertCommand.ResolveAlert;
import io.skein.kernel.id.UserId;
import io.skein.projection.detection.Finding.Ended;
import io.skein.projection.detection.Finding.Reentry;
import io.skein.projection.detection.Finding.Told;
import io.skein.projection.engine.Checkpoints;
import io.skein.projection.engine.Checkpoints.Checkpoint;
import io.skein.projection.engine.Fold;
import io.skein.projection.engine.LogReplay;
import io.skein.projection.engine.LoggedEvent;
import io.skein.projection.engine.Projection;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs all detectors over the log and proposes what they find: rows of {@code proposed_command} that command-side takes; returns of requests become rows
 * of {@code routing_reentry}. Clock and detectors are saved now and then, all at one position, each under its own name; a restart goes on from there, and one
 * whose version or parameters changed reads the log again, silently. A proposal's id follows from the finding, so that a rebuild proposes what is known already.
 */
public final class PatternDetector implements Projection {
    public static final String NAME = "patterns";
    private static final String CLOCK = NAME + "/event-clock";
    private static final String CLOCK_VERSION = "1";
    private static final Logger LOG = LoggerFactory.getLogger(PatternDetector.class);

    private final LogReplay log;
    private final long checkpointEvery;
    private final Supplier<List<PatternFold>> unknowing;
    private @Nullable Detection running;
    private long position;
    private long checkpointed;

    /**
     * @param checkpointEvery events between two checkpoints of the detectors' memory, 1 or more
     * @param unknowing gives new detectors, that know nothing yet
     */
    public PatternDetector(LogReplay log, long checkpointEvery, Supplier<List<PatternFold>> unknowing) {
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
        return List.of("routing_reentry");
    }

    @Override
    public void forget() {
        running = null;
    }

    @Override
    public Fold open(long after, Connection database) throws SQLException {
        Detection detection = running;
        if (detection == null || position != after) {
            detection = remember(after, database);
        }
        return new DetectingFold(detection);
    }

    /** SHA-256 over the state of the clock and of each detector; none before the first batch. */
    public SortedMap<String, String> digests() {
        Detection detection = running;
        return detection == null ? new TreeMap<>() : detection.digests();
    }

    private Detection remember(long after, Connection database) throws SQLException {
        Detection restored = new Detection(unknowing.get());
        List<PatternFold> detectors = restored.detectors();
        Optional<Checkpoint> clock = saved(database, CLOCK, CLOCK_VERSION, after);
        long clockAt = clock.map(Checkpoint::position).orElse(0L);
        long[] from = new long[detectors.size()];
        long earliest = after;
        for (int i = 0; i < from.length; i++) {
            PatternFold detector = detectors.get(i);
            Optional<Checkpoint> saved = saved(
                            database, checkpoint(detector), detector.identity().toString(), after)
                    .filter(checkpoint -> checkpoint.position() == clockAt);
            if (saved.isPresent()) {
                Detection.restore(detector, saved.get().state());
                from[i] = saved.get().position();
            }
            earliest = Math.min(earliest, from[i]);
        }
        if (clock.isPresent() && earliest == clockAt) {
            restored.restoreClock(clock.get().state());
        } else {
            earliest = 0;
        }
        log.between(NAME, earliest, after, database, event -> {
            AgentEvent read = read(event);
            if (read == null) {
                return;
            }
            long at = restored.tick(read);
            for (int i = 0; i < from.length; i++) {
                if (event.position() > from[i]) {
                    detectors.get(i).on(read, event.position(), at);
                }
            }
        });
        LOG.info("event=detectors_restored detectors={} checkpoint={} position={}", from.length, earliest, after);
        running = restored;
        position = after;
        checkpointed = earliest;
        return restored;
    }

    private static Optional<Checkpoint> saved(Connection database, String name, String version, long after)
            throws SQLException {
        return Checkpoints.load(database, name)
                .filter(checkpoint -> checkpoint.version().equals(version) && checkpoint.position() <= after);
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

    private final class DetectingFold implements Fold {
        private final Detection detection;
        private final List<Finding> found = new ArrayList<>();

        DetectingFold(Detection detection) {
            this.detection = detection;
        }

        @Override
        public void on(LoggedEvent event) {
            AgentEvent read = read(event);
            if (read != null) {
                found.addAll(detection.on(read, event.position()));
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
                switch (finding) {
                    case Told told -> ProposedAlerts.propose(database, told.alert(), told.position());
                    case Ended ended ->
                        ProposedAlerts.propose(
                                database,
                                new ResolveAlert(ended.alertId(), UserId.SKEIN, ended.reason()),
                                ended.networkId(),
                                ended.position());
                    case Reentry reentry -> insert(database, reentry);
                }
            }
            found.clear();
            if (position - checkpointed >= checkpointEvery) {
                Checkpoints.save(database, CLOCK, new Checkpoint(position, CLOCK_VERSION, detection.clockState()));
                for (PatternFold detector : detection.detectors()) {
                    Checkpoints.save(
                            database,
                            checkpoint(detector),
                            new Checkpoint(position, detector.identity().toString(), Detection.state(detector)));
                }
                checkpointed = position;
            }
        }
    }

    private static void insert(Connection database, Reentry reentry) throws SQLException {
        try (PreparedStatement insert = database.prepareStatement("""
                insert into routing_reentry (network_id, message_id, position, target, root_message_id, rotation, laps, inferred, new_words,
                    same_content, alarmed)
                values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)""")) {
            insert.setString(1, reentry.networkId().value());
            insert.setString(2, reentry.message());
            insert.setLong(3, reentry.position());
            insert.setString(4, reentry.rotation().getFirst());
            insert.setString(5, reentry.root());
            insert.setArray(6, database.createArrayOf("text", reentry.rotation().toArray()));
            insert.setLong(7, reentry.laps());
            insert.setBoolean(8, reentry.inferred());
            insert.setInt(9, reentry.newWords());
            insert.setBoolean(10, reentry.sameContent());
            insert.setBoolean(11, reentry.alarmed());
            insert.executeUpdate();
        }
    }
}
