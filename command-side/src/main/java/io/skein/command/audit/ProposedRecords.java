package io.skein.command.audit;

import io.skein.command.bus.Commands;
import io.skein.command.ingest.DeadLetter;
import io.skein.command.ingest.DeadLetters;
import io.skein.eventlog.KernelJson;
import io.skein.kernel.audit.AuditLogCommand;
import io.skein.kernel.audit.AuditLogCommand.RecordAccess;
import io.skein.kernel.audit.AuditLogCommand.RecordAct;
import io.skein.kernel.problem.Reason;
import io.skein.kernel.problem.Refusal;
import io.skein.kernel.problem.RefusedException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import javax.sql.DataSource;
import org.axonframework.modelling.command.ConcurrencyException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import tools.jackson.core.JacksonException;

/**
 * Brings into the log what the other sides saw and may not write themselves: takes rows of {@code proposed_record}, oldest first, sends each as a command and removes
 * it when the outcome is durable. A crash in between sends it again, which changes nothing. What cannot be a command becomes a dead letter. One node at a time.
 */
final class ProposedRecords implements SmartLifecycle {
    static final String DOOR = "records";

    private static final Logger LOG = LoggerFactory.getLogger(ProposedRecords.class);
    /** Any number will do; all nodes must use the same. */
    private static final long ADVISORY_LOCK = 0x536B_5265_636F_7264L;

    private static final int PORTION = 100;
    private static final int ATTEMPTS = 5;
    private static final Duration PAUSE = Duration.ofMillis(500);
    private static final Duration PAUSE_AFTER_FAILURE = Duration.ofSeconds(2);

    private final DataSource dataSource;
    private final Commands commands;
    private final DeadLetters deadLetters;
    private final Clock clock;
    private volatile @Nullable Thread thread;
    private volatile boolean running;

    ProposedRecords(DataSource dataSource, Commands commands, DeadLetters deadLetters, Clock clock) {
        this.dataSource = dataSource;
        this.commands = commands;
        this.deadLetters = deadLetters;
        this.clock = clock;
    }

    private record Row(UUID id, String type, byte[] payload) {}

    @Override
    public void start() {
        running = true;
        thread = Thread.ofPlatform().daemon().name("skein-proposed-records").start(this::run);
    }

    @Override
    public void stop() {
        running = false;
        Thread working = thread;
        if (working != null) {
            working.interrupt();
            try {
                working.join(Duration.ofSeconds(10));
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    private void run() {
        boolean complained = false;
        while (running) {
            Duration pause = PAUSE;
            try {
                if (recordSome() == PORTION) {
                    pause = Duration.ZERO;
                }
                complained = false;
            } catch (SQLException | RuntimeException failure) {
                if (running && !complained) {
                    LOG.warn("event=proposed_records_interrupted action=retrying cause={}", failure.toString());
                    complained = true;
                }
                pause = PAUSE_AFTER_FAILURE;
            }
            try {
                Thread.sleep(pause);
            } catch (InterruptedException stopped) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    /** How many were recorded. */
    private int recordSome() throws SQLException {
        try (Connection connection = dataSource.getConnection()) {
            connection.setAutoCommit(false);
            try {
                List<Row> rows = isMine(connection) ? oldest(connection) : List.of();
                rows.forEach(this::record);
                remove(connection, rows);
                connection.commit();
                return rows.size();
            } catch (SQLException | RuntimeException failure) {
                connection.rollback();
                throw failure;
            } finally {
                connection.setAutoCommit(true);
            }
        }
    }

    private static boolean isMine(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("select pg_try_advisory_xact_lock(" + ADVISORY_LOCK + ")")) {
            rows.next();
            return rows.getBoolean(1);
        }
    }

    private static List<Row> oldest(Connection connection) throws SQLException {
        List<Row> oldest = new ArrayList<>();
        try (PreparedStatement select = connection.prepareStatement(
                "select record_id, type, payload from proposed_record order by proposed_at, record_id limit ?")) {
            select.setInt(1, PORTION);
            try (ResultSet rows = select.executeQuery()) {
                while (rows.next()) {
                    oldest.add(new Row(rows.getObject(1, UUID.class), rows.getString(2), rows.getBytes(3)));
                }
            }
        }
        return oldest;
    }

    private static void remove(Connection connection, List<Row> rows) throws SQLException {
        if (rows.isEmpty()) {
            return;
        }
        try (PreparedStatement delete =
                connection.prepareStatement("delete from proposed_record where record_id = any(?)")) {
            delete.setArray(
                    1,
                    connection.createArrayOf("uuid", rows.stream().map(Row::id).toArray()));
            delete.executeUpdate();
        }
    }

    private void record(Row row) {
        try {
            send(command(row));
        } catch (RefusedException refused) {
            setAside(row, refused.refusal());
        }
    }

    private static AuditLogCommand command(Row row) {
        Class<? extends AuditLogCommand> type = switch (row.type()) {
            case "RecordAccess" -> RecordAccess.class;
            case "RecordAct" -> RecordAct.class;
            default ->
                throw new RefusedException(new Refusal(
                        Reason.INVALID,
                        "type",
                        "proposed record is of a type that is not known; expected RecordAccess or RecordAct"));
        };
        try {
            return KernelJson.mapper().readValue(row.payload(), type);
        } catch (JacksonException | IllegalArgumentException | NullPointerException broken) {
            throw new RefusedException(
                    new Refusal(Reason.MALFORMED, "", "proposed record is no " + row.type() + "; expected its JSON"));
        }
    }

    private void send(AuditLogCommand command) {
        for (int attempt = 1; ; attempt++) {
            try {
                commands.send(command);
                return;
            } catch (ConcurrencyException raced) {
                if (attempt == ATTEMPTS) {
                    throw raced;
                }
            }
        }
    }

    /** @throws io.skein.eventlog.LogUnavailableException if it cannot be kept; then the row stays too */
    private void setAside(Row row, Refusal refusal) {
        LOG.error(
                "event=proposed_record_set_aside record={} type={} reason={} detail=\"{}\"",
                row.id(),
                row.type(),
                KernelJson.word(refusal.reason()),
                refusal.detail());
        deadLetters.add(List.of(
                new DeadLetter(DOOR, refusal, null, row.id().toString(), row.payload(), null, null, clock.instant())));
    }
}
