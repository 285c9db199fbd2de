package io.skein.projection.rebuild;

import io.skein.eventlog.KernelJson;
import io.skein.eventlog.LogPages;
import io.skein.projection.engine.Exchange;
import io.skein.projection.engine.OrderedAct;
import io.skein.projection.engine.Projection;
import io.skein.projection.engine.ProjectionCatalogue;
import io.skein.projection.engine.ProjectionControls;
import io.skein.projection.engine.ProjectionControls.Control;
import io.skein.projection.engine.ProjectionProcessors;
import io.skein.projection.engine.Sandbox;
import io.skein.projection.rebuild.OperationRows.Operation;
import java.lang.management.ManagementFactory;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries out what is ordered of projections, keeps the processors of this node to what is decided for all nodes, and lets shadows follow the log. Orders and
 * decisions are rows, so that it does not matter which node takes an order and which one runs the projection.
 */
public final class ProjectionOperations implements AutoCloseable {
    /** Heard whenever an order was written or a decision changed. */
    static final String CHANNEL = "skein_projection_order";

    private static final Logger LOG = LoggerFactory.getLogger(ProjectionOperations.class);
    private static final int TICK_MILLIS = 500;
    private static final int TICKS_BETWEEN_WORDS = 4;
    private static final long SILENCE_SECONDS = 30;
    private static final long STILL_WITHIN_SECONDS = 90;
    private static final int REPORTED_ROWS = 1_000;

    private final ProjectionCatalogue catalogue;
    private final ProjectionProcessors processors;
    private final Sandbox sandbox;
    private final LogPages log;
    private final DataSource dataSource;
    private final List<OrderedAct> others;
    private final String node = ManagementFactory.getRuntimeMXBean().getName();
    private final Map<String, Map<String, Map<String, String>>> running = new HashMap<>();
    private final Set<String> stopped = new HashSet<>();
    private final Map<String, Sample> samples = new HashMap<>();
    private final Map<UUID, Shadow> shadows = new ConcurrentHashMap<>();
    private final ExecutorService workers = Executors.newCachedThreadPool(
            Thread.ofPlatform().daemon().name("skein-operation-", 0).factory());
    private final Thread thread;
    private long ticks;
    private volatile boolean closed;

    /** @param others what can be ordered beside the acts on projections */
    public ProjectionOperations(
            ProjectionCatalogue catalogue,
            ProjectionProcessors processors,
            Sandbox sandbox,
            LogPages log,
            DataSource dataSource,
            List<OrderedAct> others) {
        this.others = List.copyOf(others);
        this.catalogue = catalogue;
        this.processors = processors;
        this.sandbox = sandbox;
        this.log = log;
        this.dataSource = dataSource;
        this.thread = Thread.ofPlatform().daemon().name("skein-operations").unstarted(this::run);
    }

    private record Sample(long position, long nanos) {}

    /** A rebuild that this node lets follow the log. Whoever works on it holds its monitor. */
    private static final class Shadow {
        private final Operation operation;
        private final Projection projection;
        private boolean follows = true;
        private volatile boolean unwanted;

        Shadow(Operation operation, Projection projection) {
            this.operation = operation;
            this.projection = projection;
        }

        UUID id() {
            return operation.order().id();
        }

        String schema() {
            return String.valueOf(operation.schema());
        }
    }

    public void start() {
        thread.start();
    }

    private void run() {
        boolean complained = false;
        while (!closed) {
            try (Connection connection = dataSource.getConnection()) {
                connection.setAutoCommit(true);
                try (Statement statement = connection.createStatement()) {
                    statement.execute("listen " + CHANNEL);
                    PGConnection postgres = connection.unwrap(PGConnection.class);
                    while (!closed) {
                        keepTo(sandbox.inOneMoment(ProjectionControls::all));
                        takeOrders();
                        followShadows();
                        if (ticks++ % TICKS_BETWEEN_WORDS == 0) {
                            tell();
                        }
                        complained = false;
                        postgres.getNotifications(TICK_MILLIS);
                    }
                } finally {
                    try (Statement statement = connection.createStatement()) {
                        statement.execute("unlisten " + CHANNEL);
                    }
                }
            } catch (SQLException | RuntimeException failure) {
                if (!closed && !complained) {
                    LOG.warn("event=operations_wait action=retrying cause=\"{}\"", failure.toString());
                    complained = true;
                }
                pause(TICK_MILLIS);
            }
        }
    }

    // ---- the processors of this node ----

    /** Stops what is to stand still; starts what is to run, as a new instance with the parameters that hold. */
    private void keepTo(Map<String, Control> controls) {
        for (String name : processors.names()) {
            Control control = controls.getOrDefault(name, Control.AS_CODED);
            if (!control.runs()) {
                if (stopped.add(name)) {
                    processors.halt(name);
                    LOG.info("event=projection_stands_still projection={} held={}", name, control.held());
                }
            } else if (stopped.remove(name)) {
                processors.startAnother(catalogue.make(name, control.parameters()));
                running.put(name, control.parameters());
                LOG.info("event=projection_runs_again projection={}", name);
            } else if (!running.getOrDefault(name, control.parameters()).equals(control.parameters())) {
                // Decided while this node did not look.
                processors.halt(name);
                processors.startAnother(catalogue.make(name, control.parameters()));
                running.put(name, control.parameters());
            } else {
                running.put(name, control.parameters());
            }
        }
    }

    private void tell() throws SQLException {
        sandbox.inOneMoment(database -> {
            for (String name : processors.names()) {
                long position = Sandbox.position(database, name);
                long now = System.nanoTime();
                Sample before = samples.put(name, new Sample(position, now));
                double seconds = before == null ? 0 : (now - before.nanos()) / 1e9;
                double rate = before == null || seconds <= 0 ? 0 : Math.max(0, position - before.position()) / seconds;
                try (PreparedStatement upsert = database.prepareStatement("""
                        insert into processor_status as s (node, name, segment, running, events_per_second, error) values (?, ?, 0, ?, ?, ?)
                        on conflict (node, name, segment) do update set running = excluded.running,
                            events_per_second = 0.7 * s.events_per_second + 0.3 * excluded.events_per_second,
                            error = excluded.error, told_at = now()""")) {
                    upsert.setString(1, node);
                    upsert.setString(2, name);
                    upsert.setBoolean(3, processors.isRunning(name) && !stopped.contains(name));
                    upsert.setDouble(4, rate);
                    upsert.setString(5, processors.error(name).orElse(null));
                    upsert.executeUpdate();
                }
            }
            try (Statement statement = database.createStatement()) {
                statement.executeUpdate("delete from processor_status where told_at < now() - interval '1 hour'");
            }
            return node;
        });
    }

    // ---- orders ----

    private void takeOrders() throws SQLException {
        List<Order> orders = sandbox.inOneMoment(database -> OperationRows.take(database, node, SILENCE_SECONDS));
        orders.forEach(order -> workers.execute(() -> carryOut(order)));
    }

    private void carryOut(Order order) {
        LOG.info(
                "event=operation_begins act={} projection={} operation={} by={}",
                order.act(),
                order.projection(),
                order.id(),
                order.by());
        try {
            switch (order.act()) {
                case "pause" -> decide(order, true);
                case "resume" -> decide(order, false);
                case "rebuild" -> reset(order, 0);
                case "reset" -> reset(order, order.position("to", 0));
                case "shadow" -> shadow(order);
                case "diff" -> diff(order);
                case "cut_over", "roll_back" -> exchange(order);
                case "discard" -> discard(order);
                default -> other(order);
            }
        } catch (SQLException | RuntimeException failure) {
            if (closed) {
                return;
            }
            LOG.warn(
                    "event=operation_failed act={} projection={} operation={}",
                    order.act(),
                    order.projection(),
                    order.id(),
                    failure);
            end(order, "failed", String.valueOf(failure.getMessage()));
        }
    }

    private void other(Order order) throws SQLException {
        OrderedAct act = others.stream()
                .filter(known -> known.name().equals(order.act()))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("'" + order.act()
                        + "' is no act; expected pause, resume, rebuild, reset, shadow, diff, cut_over, roll_back, discard or one of "
                        + others.stream().map(OrderedAct::name).toList()));
        Object result;
        try {
            result = act.carryOut(order.parameters(), (reached, target) -> reached(order.id(), reached, target));
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("stopped", stopped);
        }
        sandbox.inOneMoment(database -> {
            OperationRows.result(database, order.id(), result);
            return result;
        });
        end(order, "done", null);
    }

    private void end(Order order, String state, @Nullable String detail) {
        try {
            sandbox.inOneMoment(database -> {
                OperationRows.state(database, order.id(), state, detail);
                return order;
            });
            LOG.info("event=operation_ends act={} operation={} state={}", order.act(), order.id(), state);
        } catch (SQLException failure) {
            LOG.warn("event=operation_not_told operation={}", order.id(), failure);
        }
    }

    private void decide(Order order, boolean paused) throws SQLException {
        catalogue.make(order.projection(), Map.of());
        sandbox.inOneMoment(database -> {
            ProjectionControls.pause(database, order.projection(), paused);
            notifyNodes(database);
            return order;
        });
        if (paused) {
            awaitStill(order.projection());
        }
        end(order, "done", null);
    }

    private static void notifyNodes(Connection database) throws SQLException {
        try (Statement statement = database.createStatement()) {
            statement.execute("select pg_notify('" + CHANNEL + "', '')");
        }
    }

    /** Makes the live tables what they were at the position, and lets the projection go on from there. */
    private void reset(Order order, long to) throws SQLException {
        long head = log.head();
        if (to < 0 || to > head) {
            throw new IllegalArgumentException("to is " + to + "; expected 0 to " + head + ", the end of the log");
        }
        Map<String, Map<String, String>> parameters = live(order.projection()).parameters();
        Projection projection = catalogue.make(order.projection(), parameters);
        String schema = sandbox.inOneMoment(database -> OperationRows.newSchema(database, "shadow"));
        try {
            sandbox.open(schema, Map.of(projection, Optional.empty()), to, false);
            if (to > 0) {
                sandbox.run(schema, List.of(projection), to, reached -> reached(order.id(), reached, to));
            }
            whileHeld(
                    order.projection(),
                    () -> sandbox.inOneMoment(database -> {
                        Exchange.bringIn(database, schema, projection, parameters);
                        return order;
                    }));
        } finally {
            drop(schema);
        }
        end(order, "done", null);
    }

    private interface Work {
        void run() throws SQLException;
    }

    /** Does it while no node works on the projection. */
    private void whileHeld(String projection, Work work) throws SQLException {
        sandbox.inOneMoment(database -> {
            ProjectionControls.hold(database, projection, true);
            notifyNodes(database);
            return projection;
        });
        try {
            awaitStill(projection);
            work.run();
        } finally {
            sandbox.inOneMoment(database -> {
                ProjectionControls.hold(database, projection, false);
                notifyNodes(database);
                return projection;
            });
        }
    }

    private void awaitStill(String projection) throws SQLException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(STILL_WITHIN_SECONDS);
        while (!sandbox.inOneMoment(database -> Exchange.isStill(database, projection))) {
            if (closed || System.nanoTime() - deadline > 0) {
                throw new IllegalStateException("projection " + projection + " did not stand still within "
                        + STILL_WITHIN_SECONDS + " s; a node still works on it");
            }
            pause(20);
        }
    }

    private Control live(String projection) throws SQLException {
        return sandbox.inOneMoment(ProjectionControls::all).getOrDefault(projection, Control.AS_CODED);
    }

    // ---- shadows ----

    /** Opens an empty shadow; it then follows the log until it is cut over or discarded. */
    private void shadow(Order order) throws SQLException {
        Map<String, Map<String, String>> parameters =
                new HashMap<>(live(order.projection()).parameters());
        parameters.putAll(order.detectors());
        Projection projection = catalogue.make(order.projection(), parameters);
        String schema = sandbox.inOneMoment(database -> OperationRows.newSchema(database, "shadow"));
        sandbox.open(schema, Map.of(projection, Optional.empty()), log.head(), false);
        sandbox.inOneMoment(database -> {
            OperationRows.schema(database, order.id(), schema);
            OperationRows.parameters(
                    database, order.id(), KernelJson.mapper().writeValueAsString(Map.of("detectors", parameters)));
            return order;
        });
    }

    private void followShadows() throws SQLException {
        List<Operation> mine =
                sandbox.inOneMoment(database -> OperationRows.following(database, node, SILENCE_SECONDS));
        for (Operation listed : mine) {
            if (shadows.containsKey(listed.order().id())) {
                continue;
            }
            // An exchange may have ended since the list was read; it has let go of the shadow only after it committed.
            Optional<Operation> operation = sandbox.inOneMoment(database ->
                            OperationRows.find(database, listed.order().id()))
                    .filter(one -> one.schema() != null);
            if (operation.isPresent()) {
                Shadow shadow = new Shadow(
                        operation.get(),
                        catalogue.make(
                                listed.order().projection(),
                                operation.get().order().detectors()));
                shadows.put(shadow.id(), shadow);
                workers.execute(() -> follow(shadow));
            }
        }
        shadows.keySet()
                .removeIf(id -> mine.stream()
                        .noneMatch(operation -> operation.order().id().equals(id)));
    }

    private void follow(Shadow shadow) {
        while (!closed && shadows.get(shadow.id()) == shadow) {
            try {
                synchronized (shadow) {
                    if (shadow.follows && !shadow.unwanted) {
                        long head = log.head();
                        boolean there = catchUp(shadow, head);
                        if (there) {
                            sandbox.inOneMoment(database -> {
                                OperationRows.state(database, shadow.id(), "following", null);
                                return head;
                            });
                        }
                    }
                }
            } catch (SQLException | RuntimeException failure) {
                if (closed || shadow.unwanted || shadows.get(shadow.id()) != shadow) {
                    return;
                }
                LOG.warn(
                        "event=shadow_failed operation={} projection={}",
                        shadow.id(),
                        shadow.projection.name(),
                        failure);
                end(shadow.operation.order(), "failed", failure.getClass().getName());
                return;
            }
            pause(200);
        }
    }

    private boolean catchUp(Shadow shadow, long to) throws SQLException {
        shadow.projection.forget();
        boolean there = sandbox.run(
                shadow.schema(),
                List.of(shadow.projection),
                to,
                reached -> reached(shadow.id(), reached, to) && !shadow.unwanted);
        reached(
                shadow.id(),
                sandbox.inOneMoment(database -> Sandbox.position(database, shadow.schema(), shadow.projection.name())),
                to);
        return there;
    }

    private boolean reached(UUID operation, long reached, long target) {
        try {
            sandbox.inOneMoment(database -> {
                OperationRows.reached(database, operation, reached, target);
                return reached;
            });
        } catch (SQLException failure) {
            LOG.debug("event=operation_progress_not_told operation={}", operation, failure);
        }
        return !closed;
    }

    private Shadow shadowOf(Order order) throws SQLException {
        UUID subject = order.subject();
        if (subject == null) {
            throw new IllegalArgumentException("operation is missing; expected that of a shadow");
        }
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(5);
        while (true) {
            Shadow shadow = shadows.get(subject);
            if (shadow != null) {
                if (!shadow.projection.name().equals(order.projection())) {
                    throw new IllegalArgumentException("operation " + subject + " is of projection "
                            + shadow.projection.name() + "; expected one of " + order.projection());
                }
                return shadow;
            }
            if (System.nanoTime() - deadline > 0) {
                Optional<Operation> found = sandbox.inOneMoment(database -> OperationRows.find(database, subject));
                throw new IllegalArgumentException("operation " + subject + " is "
                        + found.map(one -> one.order().act() + ", " + one.state())
                                .orElse("not known")
                        + "; expected a shadow that follows the log");
            }
            pause(100);
        }
    }

    /** Waits until the live projection is at least where the shadow is, so that the two can meet. */
    private void awaitLive(String projection, long position) throws SQLException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(STILL_WITHIN_SECONDS);
        while (sandbox.inOneMoment(database -> Sandbox.position(database, projection)) < position) {
            if (closed || System.nanoTime() - deadline > 0) {
                throw new IllegalStateException("projection " + projection + " did not reach position " + position
                        + ", where its shadow is, within " + STILL_WITHIN_SECONDS + " s; is it paused?");
            }
            pause(20);
        }
    }

    private long standing(Shadow shadow) throws SQLException {
        return sandbox.inOneMoment(database -> Sandbox.position(database, shadow.schema(), shadow.projection.name()));
    }

    /** Copies the live rows of one moment, brings the shadow to that very position, and compares row by row. The live projection goes on meanwhile. */
    private void diff(Order order) throws SQLException {
        Shadow shadow = shadowOf(order);
        String name = order.projection();
        synchronized (shadow) {
            awaitLive(name, standing(shadow));
            String copy = sandbox.inOneMoment(database -> OperationRows.newSchema(database, "shadow"));
            try {
                long position = sandbox.inOneMoment(database -> Sandbox.keep(database, copy, shadow.projection))
                        .orElse(0);
                if (position > 0) {
                    catchUp(shadow, position);
                }
                Map<String, Object> report = new LinkedHashMap<>();
                sandbox.inOneMoment(database -> {
                    report.put("position", position);
                    report.put("projection", name);
                    if (position > 0) {
                        report.put("tables", Exchange.count(database, copy, shadow.schema(), shadow.projection));
                        report.put(
                                "rows",
                                Exchange.differences(
                                        database, copy, shadow.schema(), shadow.projection, REPORTED_ROWS));
                    }
                    OperationRows.result(database, order.id(), report);
                    return report;
                });
            } finally {
                drop(copy);
            }
        }
        end(order, "done", null);
    }

    /** Exchanges the live rows and those of the shadow, which then holds the old ones and follows on, ready to be exchanged back. */
    private void exchange(Order order) throws SQLException {
        Shadow shadow = shadowOf(order);
        String name = order.projection();
        String standby = sandbox.inOneMoment(database -> OperationRows.newSchema(database, "shadow"));
        synchronized (shadow) {
            awaitLive(name, standing(shadow));
            shadow.follows = false;
            Map<String, Map<String, String>> before = live(name).parameters();
            try {
                whileHeld(name, () -> {
                    long position = sandbox.inOneMoment(database -> Sandbox.position(database, name));
                    catchUp(shadow, position);
                    sandbox.open(standby, Map.of(shadow.projection, Optional.of(Sandbox.Base.LIVE)), position, false);
                    sandbox.inOneMoment(database -> {
                        Exchange.bringIn(
                                database,
                                shadow.schema(),
                                shadow.projection,
                                shadow.operation.order().detectors());
                        OperationRows.schema(database, shadow.id(), standby);
                        OperationRows.parameters(
                                database,
                                shadow.id(),
                                KernelJson.mapper().writeValueAsString(Map.of("detectors", before)));
                        OperationRows.reached(database, order.id(), position, position);
                        Sandbox.drop(database, shadow.schema());
                        return order;
                    });
                });
            } finally {
                // It is found again, under its new schema and parameters or as it was.
                shadows.remove(shadow.id(), shadow);
            }
        }
        end(order, "done", null);
    }

    private void discard(Order order) throws SQLException {
        Shadow shadow = shadowOf(order);
        shadow.unwanted = true;
        synchronized (shadow) {
            sandbox.inOneMoment(database -> {
                OperationRows.schema(database, shadow.id(), null);
                OperationRows.state(database, shadow.id(), "done", "discarded");
                Sandbox.drop(database, shadow.schema());
                return order;
            });
        }
        // Only now: as long as it has its schema it would be taken up again.
        shadows.remove(shadow.id(), shadow);
        end(order, "done", null);
    }

    private void drop(String schema) throws SQLException {
        sandbox.inOneMoment(database -> {
            Sandbox.drop(database, schema);
            return schema;
        });
    }

    private static void pause(long millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        closed = true;
        thread.interrupt();
        workers.shutdownNow();
        try {
            thread.join(TimeUnit.SECONDS.toMillis(3));
            workers.awaitTermination(5, TimeUnit.SECONDS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
