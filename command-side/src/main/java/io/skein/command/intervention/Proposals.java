package io.skein.command.intervention;

import io.skein.command.bus.Commands;
import io.skein.command.ingest.DeadLetter;
import io.skein.command.ingest.DeadLetters;
import io.skein.eventlog.KernelJson;
import io.skein.eventlog.LogUnavailableException;
import io.skein.kernel.alert.AlertCommand;
import io.skein.kernel.alert.AlertCommand.RaiseAlert;
import io.skein.kernel.alert.AlertCommand.ResolveAlert;
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
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import javax.sql.DataSource;
import org.axonframework.modelling.command.ConcurrencyException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import tools.jackson.core.JacksonException;

/**
 * Decides what the detectors proposed: takes rows of {@code proposed_command} in the order of their positions, sends each as a command and removes it when
 * the outcome is durable. A crash in between sends it again, which changes nothing. What cannot be a command becomes a dead letter. One node at a time.
 */
public final class Proposals implements SmartLifecycle {
    static final String DOOR = "proposals";

    private static final Logger LOG = LoggerFactory.getLogger(Proposals.class);
    /** Any number will do; all nodes must use the same. */
    private static final long ADVISORY_LOCK = 0x536B_5072_6F70_6F73L;

    private static final SortedMap<String, Class<? extends AlertCommand>> PROPOSED = new TreeMap<>(Map.of(
            RaiseAlert.class.getSimpleName(), RaiseAlert.class,
            ResolveAlert.class.getSimpleName(), ResolveAlert.class));

    private static final int PORTION = 100;
    private static final Duration PAUSE = Duration.ofMillis(200);
    private static final Duration PAUSE_AFTER_FAILURE = Duration.ofSeconds(2);
    private static final int ATTEMPTS = 5;

    private final DataSource dataSource;
    private final Commands commands;
    private final DeadLetters deadLetters;
    private final Clock clock;
    private volatile @Nullable Thread thread;
    private volatile boolean running;

    Proposals(DataSource dataSource, Commands commands, DeadLetters deadLetters, Clock clock) {
        this.dataSource = dataSource;
        this.commands = commands;
        this.deadLetters = deadLetters;
        this.clock = clock;
    }

    private record Proposal(UUID id, String networkId, String type, byte[] payload) {}

    @Override
    public void start() {
        running = true;
        thread = Thread.ofPlatform().daemon().name("skein-proposals").start(this::run);
    }

    @Override
    public void stop() {
        running = false;
        Thread deciding = thread;
        if (deciding != null) {
            deciding.interrupt();
            try {
                deciding.join(Duration.ofSeconds(10));
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
                if (decideSome() == PORTION) {
                    pause = Duration.ZERO;
                }
                complained = false;
            } catch (SQLException | RuntimeException failure) {
                if (running && !complained) {
                    LOG.warn("event=proposals_interrupted action=retrying cause={}", failure.toString());
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

    /** How many were decided. */
    private int decideSome() throws SQLException {
        try (Connection connection = dataSource.getConnection()) {
            connection.setAutoCommit(false);
            try {
                List<Proposal> proposals = isMine(connection) ? oldest(connection) : List.of();
                for (Proposal proposal : proposals) {
                    decide(proposal);
                }
                remove(connection, proposals);
                connection.commit();
                return proposals.size();
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

    private static List<Proposal> oldest(Connection connection) throws SQLException {
        List<Proposal> proposals = new ArrayList<>();
        try (PreparedStatement select = connection.prepareStatement(
                "select proposal_id, network_id, type, payload from proposed_command order by position, proposal_id limit ?")) {
            select.setInt(1, PORTION);
            try (ResultSet rows = select.executeQuery()) {
                while (rows.next()) {
                    proposals.add(new Proposal(
                            rows.getObject(1, UUID.class), rows.getString(2), rows.getString(3), rows.getBytes(4)));
                }
            }
        }
        return proposals;
    }

    private static void remove(Connection connection, List<Proposal> proposals) throws SQLException {
        if (proposals.isEmpty()) {
            return;
        }
        try (PreparedStatement delete =
                connection.prepareStatement("delete from proposed_command where proposal_id = any(?)")) {
            delete.setArray(
                    1,
                    connection.createArrayOf(
                            "uuid", proposals.stream().map(Proposal::id).toArray()));
            delete.executeUpdate();
        }
    }

    private void decide(Proposal proposal) {
        Class<? extends AlertCommand> type = PROPOSED.get(proposal.type());
        if (type == null) {
            setAside(
                    proposal,
                    new Refusal(
                            Reason.INVALID,
                            "type",
                            "proposal is of a type that is not known; expected one of " + PROPOSED.keySet()));
            return;
        }
        AlertCommand command;
        try {
            command = KernelJson.mapper().readValue(proposal.payload(), type);
        } catch (JacksonException | IllegalArgumentException | NullPointerException broken) {
            setAside(
                    proposal,
                    new Refusal(Reason.MALFORMED, "", "proposal is no " + proposal.type() + "; expected its JSON"));
            return;
        }
        try {
            send(command);
        } catch (RefusedException refused) {
            setAside(proposal, refused.refusal());
        }
    }

    private void send(AlertCommand command) {
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

    /** @throws LogUnavailableException if it cannot be kept; then the proposal stays too */
    private void setAside(Proposal proposal, Refusal refusal) {
        LOG.error(
                "event=proposal_set_aside proposal={} type={} reason={} detail=\"{}\"",
                proposal.id(),
                proposal.type(),
                KernelJson.word(refusal.reason()),
                refusal.detail());
        deadLetters.add(List.of(new DeadLetter(
                DOOR,
                refusal,
                proposal.networkId(),
                proposal.id().toString(),
                proposal.payload(),
                null,
                null,
                clock.instant())));
    }
}
