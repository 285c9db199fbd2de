package io.skein.command.intervention;

import io.skein.command.bus.Commands;
import io.skein.command.eventlog.DuplicateEventException;
import io.skein.command.quarantine.QuarantinedAgents;
import io.skein.eventlog.LogPages;
import io.skein.eventlog.LogRow;
import io.skein.eventlog.LogTail;
import io.skein.kernel.agent.AgentQuarantined;
import io.skein.kernel.agent.AgentReleased;
import io.skein.kernel.agent.EndQuarantine;
import io.skein.kernel.id.AgentKey;
import io.skein.kernel.problem.RefusedException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.axonframework.modelling.command.ConcurrencyException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/**
 * Follows the log into an {@link InterventionLedger} and sends what it decides, once it has read to the end. Every node follows, so that each knows who is in
 * quarantine; one at a time sends. What is sent twice, by a crash or by two nodes, the log takes once. A quarantine's end is a time in the log: it holds
 * without this process, which only says so in the log when it comes.
 */
public final class InterventionProcess implements SmartLifecycle {
    private static final Logger LOG = LoggerFactory.getLogger(InterventionProcess.class);
    private static final String NAME = "interventions";
    /** Any number will do; all nodes must use the same. */
    private static final long ADVISORY_LOCK = 0x536B_496E_7465_7276L;

    private static final int PAGE = 2_000;
    private static final long SAVE_EVERY_EVENTS = 100_000;
    private static final Duration WAIT = Duration.ofSeconds(1);
    private static final Duration PAUSE_AFTER_FAILURE = Duration.ofSeconds(2);
    private static final int ATTEMPTS = 5;

    private final DataSource dataSource;
    private final LogPages pages;
    private final LogTail tail;
    private final Commands commands;
    private final QuarantinedAgents quarantined;
    private final Clock clock;
    private volatile @Nullable Thread thread;
    private volatile boolean running;
    private volatile long position;
    private InterventionLedger ledger;
    private final Set<String> sent = new HashSet<>();
    private long saved;
    private boolean caughtUp;

    InterventionProcess(
            DataSource dataSource,
            LogPages pages,
            LogTail tail,
            Commands commands,
            QuarantinedAgents quarantined,
            Clock clock) {
        this.dataSource = dataSource;
        this.pages = pages;
        this.tail = tail;
        this.commands = commands;
        this.quarantined = quarantined;
        this.clock = clock;
        this.ledger = new InterventionLedger(this::senderAt);
    }

    /** Every event up to here has been considered. */
    public long position() {
        return position;
    }

    @Override
    public void start() {
        running = true;
        thread = Thread.ofPlatform().daemon().name("skein-interventions").start(this::run);
    }

    @Override
    public void stop() {
        running = false;
        Thread following = thread;
        if (following != null) {
            following.interrupt();
            try {
                following.join(Duration.ofSeconds(10));
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
        boolean loaded = false;
        boolean complained = false;
        try {
            while (running) {
                try {
                    if (!loaded) {
                        load();
                        loaded = true;
                    }
                    follow();
                    complained = false;
                } catch (SQLException | RuntimeException failure) {
                    if (running && !complained) {
                        LOG.warn(
                                "event=interventions_interrupted position={} action=retrying cause={}",
                                position,
                                failure.toString());
                        complained = true;
                    }
                    Thread.sleep(PAUSE_AFTER_FAILURE);
                }
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    private void follow() throws InterruptedException, SQLException {
        List<LogRow> page = pages.after(position, PAGE);
        for (LogRow row : page) {
            take(row);
            position = row.position();
        }
        if (position - saved >= SAVE_EVERY_EVENTS) {
            save();
        }
        if (!caughtUp) {
            // Answers to what was decided long ago stand further on in the log.
            if (!page.isEmpty() && tail.head() - position > PAGE) {
                return;
            }
            caughtUp = true;
            quarantined.clear();
            ledger.quarantined().forEach(quarantined::add);
        }
        decide();
        tail.awaitBeyond(position, untilNextEnd(), TimeUnit.MILLISECONDS);
    }

    private long untilNextEnd() {
        Instant end = ledger.nextEnd();
        Instant latest = clock.instant().plus(WAIT);
        return end.isBefore(latest)
                ? Math.max(20, Duration.between(clock.instant(), end).toMillis() + 1)
                : WAIT.toMillis();
    }

    private void take(LogRow row) {
        try {
            Object event = LogFacts.of(row);
            if (event == null) {
                return;
            }
            ledger.on(row.position(), row.recordedAt(), event);
            if (caughtUp && event instanceof AgentQuarantined begun) {
                quarantined.add(begun.agent(), begun.expiresAt());
            } else if (caughtUp && event instanceof AgentReleased ended) {
                quarantined.remove(ended.agent());
            }
        } catch (IllegalArgumentException | tools.jackson.core.JacksonException faulty) {
            LOG.error(
                    "event=intervention_event_skipped position={} type={} cause={}",
                    row.position(),
                    row.payloadType(),
                    faulty.getClass().getName());
        }
    }

    private void decide() throws SQLException {
        Map<String, Object> open = ledger.commands();
        sent.retainAll(open.keySet());
        open.keySet().removeAll(sent);
        List<AgentKey> ended = ledger.ranOutAt(clock.instant());
        if (open.isEmpty() && ended.isEmpty()) {
            return;
        }
        try (Connection connection = dataSource.getConnection()) {
            connection.setAutoCommit(false);
            try {
                if (isMine(connection)) {
                    open.forEach((name, command) -> {
                        send(command);
                        sent.add(name);
                        ledger.sent(name);
                    });
                    ended.forEach(agent -> send(new EndQuarantine(agent)));
                }
            } finally {
                connection.rollback();
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

    private void send(Object command) {
        for (int attempt = 1; ; attempt++) {
            try {
                commands.send(command);
                return;
            } catch (DuplicateEventException done) {
                return;
            } catch (RefusedException refused) {
                LOG.info(
                        "event=intervention_overtaken command={} reason={} detail=\"{}\"",
                        command.getClass().getSimpleName(),
                        refused.refusal().reason(),
                        refused.refusal().detail());
                return;
            } catch (ConcurrencyException raced) {
                if (attempt == ATTEMPTS) {
                    throw raced;
                }
            }
        }
    }

    private @Nullable AgentKey senderAt(long at) {
        List<LogRow> row = pages.after(at - 1, 1);
        return row.isEmpty()
                        || row.getFirst().position() != at
                        || row.getFirst().aggregateId().indexOf('/') < 0
                ? null
                : AgentKey.parse(row.getFirst().aggregateId());
    }

    private void load() throws SQLException {
        try (Connection connection = dataSource.getConnection();
                PreparedStatement select = connection.prepareStatement(
                        "select position, state from intervention_state where name = ? and version = ?")) {
            select.setString(1, NAME);
            select.setString(2, InterventionLedger.VERSION);
            try (ResultSet row = select.executeQuery()) {
                if (row.next()) {
                    InterventionLedger read = new InterventionLedger(this::senderAt);
                    read.read(new DataInputStream(new ByteArrayInputStream(row.getBytes(2))));
                    ledger = read;
                    position = row.getLong(1);
                    saved = position;
                    LOG.info("event=interventions_resumed position={}", position);
                }
            }
        } catch (IOException unreadable) {
            LOG.warn("event=intervention_state_unreadable action=reading_the_log cause={}", unreadable.toString());
            ledger = new InterventionLedger(this::senderAt);
            position = 0;
        }
    }

    private void save() throws SQLException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            ledger.save(out);
        } catch (IOException impossible) {
            throw new IllegalStateException("memory could not be written", impossible);
        }
        try (Connection connection = dataSource.getConnection();
                PreparedStatement upsert = connection.prepareStatement("""
                        insert into intervention_state (name, position, version, state) values (?, ?, ?, ?)
                        on conflict (name) do update
                        set position = excluded.position, version = excluded.version, state = excluded.state
                        where intervention_state.position < excluded.position or intervention_state.version <> excluded.version""")) {
            upsert.setString(1, NAME);
            upsert.setLong(2, position);
            upsert.setString(3, InterventionLedger.VERSION);
            upsert.setBytes(4, bytes.toByteArray());
            upsert.executeUpdate();
        }
        saved = position;
    }
}
