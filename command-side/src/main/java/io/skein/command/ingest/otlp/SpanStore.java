package io.skein.command.ingest.otlp;

import io.skein.eventlog.LogUnavailableException;
import io.skein.kernel.id.AgentId;
import io.skein.kernel.id.MessageId;
import io.skein.kernel.id.NetworkId;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;

/** The table {@code otlp_span}. Every method throws {@link LogUnavailableException} if the database does not do it. Thread-safe. */
final class SpanStore {
    /** Held shared by whoever adds spans, exclusively by whoever decides that a parent is missing: neither may overlook the other. */
    private static final long ORPHANING_LOCK = 0x736b65696e_6f74L;

    private static final int CLEAN_PORTION = 5_000;

    private final DataSource dataSource;

    SpanStore(DataSource dataSource) {
        this.dataSource = dataSource;
    }

    /** A span that came. @param waiting as {@link ReceivedSpan#toBytes}; empty for a link */
    record NewSpan(TraceKey trace, Place place, byte[] waiting) {}

    /** Makes the spans durable; one that is there already stays as it is. How many were new. */
    int add(List<NewSpan> spans) {
        return inTransaction("add spans", connection -> {
            try (PreparedStatement lock = connection.prepareStatement("select pg_advisory_xact_lock_shared(?)")) {
                lock.setLong(1, ORPHANING_LOCK);
                lock.execute();
            }
            try (PreparedStatement insert = connection.prepareStatement("""
                    insert into otlp_span (network_id, trace_id, span_id, parent_span_id, outgoing, agent_id, request_id, waiting)
                    values (?, ?, ?, ?, ?, ?, ?, ?) on conflict do nothing""")) {
                for (NewSpan span : sorted(spans)) {
                    Place place = span.place();
                    insert.setString(1, span.trace().networkId().value());
                    insert.setString(2, span.trace().traceId());
                    insert.setString(3, place.spanId());
                    insert.setString(4, place.parentSpanId());
                    insert.setBoolean(5, place.outgoing());
                    insert.setString(
                            6, place.agentId() == null ? null : place.agentId().value());
                    insert.setString(
                            7,
                            place.requestId() == null ? null : place.requestId().value());
                    if (span.waiting().length == 0) {
                        insert.setNull(8, Types.BINARY);
                    } else {
                        insert.setBytes(8, span.waiting());
                    }
                    insert.addBatch();
                }
                int added = 0;
                for (int count : insert.executeBatch()) {
                    added += Math.max(0, count);
                }
                return added;
            }
        });
    }

    /** Forgets the places of the spans, so that they can come once more. */
    void remove(List<NewSpan> spans) {
        inTransaction("remove spans", connection -> {
            try (PreparedStatement delete = connection.prepareStatement(
                    "delete from otlp_span where network_id = ? and trace_id = ? and span_id = ?")) {
                for (NewSpan span : sorted(spans)) {
                    delete.setString(1, span.trace().networkId().value());
                    delete.setString(2, span.trace().traceId());
                    delete.setString(3, span.place().spanId());
                    delete.addBatch();
                }
                delete.executeBatch();
            }
            return spans.size();
        });
    }

    /** All spans of the traces that are there. */
    Map<TraceKey, List<Place>> places(Collection<TraceKey> traces) {
        return inTransaction("read places of spans", connection -> {
            Map<TraceKey, List<Place>> places = new LinkedHashMap<>();
            try (PreparedStatement select = connection.prepareStatement("""
                    select network_id, trace_id, span_id, parent_span_id, outgoing, agent_id, request_id, orphaned,
                        coalesce(octet_length(waiting), 0)
                    from otlp_span where (network_id, trace_id) in (select * from unnest(?::text[], ?::text[]))""")) {
                setTraces(connection, select, traces);
                try (ResultSet rows = select.executeQuery()) {
                    while (rows.next()) {
                        String agentId = rows.getString(6);
                        String requestId = rows.getString(7);
                        places.computeIfAbsent(
                                        new TraceKey(new NetworkId(rows.getString(1)), rows.getString(2)),
                                        trace -> new ArrayList<>())
                                .add(new Place(
                                        rows.getString(3),
                                        rows.getString(4),
                                        rows.getBoolean(5),
                                        agentId == null ? null : new AgentId(agentId),
                                        requestId == null ? null : new MessageId(requestId),
                                        rows.getBoolean(8),
                                        rows.getInt(9)));
                    }
                }
            }
            return places;
        });
    }

    /** Those of the spans that still wait. */
    Map<String, byte[]> waiting(TraceKey trace, Collection<String> spanIds) {
        return inTransaction("read waiting spans", connection -> {
            Map<String, byte[]> waiting = new HashMap<>();
            try (PreparedStatement select = connection.prepareStatement("""
                    select span_id, waiting from otlp_span
                    where network_id = ? and trace_id = ? and span_id = any(?) and waiting is not null""")) {
                select.setString(1, trace.networkId().value());
                select.setString(2, trace.traceId());
                select.setArray(3, connection.createArrayOf("text", spanIds.toArray()));
                try (ResultSet rows = select.executeQuery()) {
                    while (rows.next()) {
                        waiting.put(rows.getString(1), rows.getBytes(2));
                    }
                }
            }
            return waiting;
        });
    }

    /** The spans' messages are in the log: only their places stay. */
    void settle(TraceKey trace, Collection<String> spanIds) {
        inTransaction("settle spans", connection -> {
            try (PreparedStatement lazily = connection.prepareStatement("set local synchronous_commit = off")) {
                // Lost in a crash, the spans are mapped once more to messages that the log has.
                lazily.execute();
            }
            try (PreparedStatement update = connection.prepareStatement("""
                    with settled as (
                        select network_id, trace_id, span_id from otlp_span
                        where network_id = ? and trace_id = ? and span_id = any(?) and waiting is not null
                        order by span_id for update)
                    update otlp_span s set waiting = null from settled d
                    where s.network_id = d.network_id and s.trace_id = d.trace_id and s.span_id = d.span_id""")) {
                update.setString(1, trace.networkId().value());
                update.setString(2, trace.traceId());
                update.setArray(3, connection.createArrayOf("text", spanIds.toArray()));
                return update.executeUpdate();
            }
        });
    }

    /** A trace in which spans wait. @param millis how old a span must be to be given up */
    record Due(TraceKey trace, long millis) {}

    /** Traces with spans that waited long enough: no span came for the window, or one waits for the longest time, or too many wait. */
    List<Due> due(Duration window, Duration maxWait, int maxWaitingPerTrace, int limit) {
        return inTransaction("find waiting spans", connection -> {
            List<Due> due = new ArrayList<>();
            try (PreparedStatement select = connection.prepareStatement("""
                    select network_id, trace_id, full_up, idle from (
                        select w.network_id, w.trace_id, w.oldest, w.spans > ? as full_up, not exists (
                            select 1 from otlp_span s where s.network_id = w.network_id and s.trace_id = w.trace_id
                                and s.arrived_at >= clock_timestamp() - make_interval(secs => ?)) as idle
                        from (select network_id, trace_id, min(arrived_at) as oldest, count(*) as spans
                            from otlp_span where waiting is not null group by network_id, trace_id) w
                        where w.spans > ? or w.oldest < clock_timestamp() - make_interval(secs => ?)) d
                    where full_up or idle or oldest < clock_timestamp() - make_interval(secs => ?)
                    order by oldest limit ?""")) {
                select.setInt(1, maxWaitingPerTrace);
                select.setDouble(2, seconds(window));
                select.setInt(3, maxWaitingPerTrace);
                select.setDouble(4, seconds(window));
                select.setDouble(5, seconds(maxWait));
                select.setInt(6, limit);
                try (ResultSet rows = select.executeQuery()) {
                    while (rows.next()) {
                        boolean all = rows.getBoolean(3) || rows.getBoolean(4);
                        due.add(new Due(
                                new TraceKey(new NetworkId(rows.getString(1)), rows.getString(2)),
                                all ? 0 : maxWait.toMillis()));
                    }
                }
            }
            return due;
        });
    }

    /** Decides for good which spans of the traces go on without their parent. How many these are. */
    int orphan(List<Due> traces) {
        return inTransaction("give up missing parents", connection -> {
            try (PreparedStatement lock = connection.prepareStatement("select pg_advisory_xact_lock(?)")) {
                lock.setLong(1, ORPHANING_LOCK);
                lock.execute();
            }
            try (PreparedStatement update = connection.prepareStatement("""
                    update otlp_span s set orphaned = true
                    from unnest(?::text[], ?::text[], ?::bigint[]) as d (network_id, trace_id, millis)
                    where s.network_id = d.network_id and s.trace_id = d.trace_id and s.parent_span_id is not null and not s.orphaned
                        and s.arrived_at <= clock_timestamp() - make_interval(secs => d.millis / 1000.0)
                        and not exists (select 1 from otlp_span p
                            where p.network_id = s.network_id and p.trace_id = s.trace_id and p.span_id = s.parent_span_id)""")) {
                setTraces(connection, update, traces.stream().map(Due::trace).toList());
                update.setArray(
                        3,
                        connection.createArrayOf(
                                "bigint", traces.stream().map(Due::millis).toArray()));
                return update.executeUpdate();
            }
        });
    }

    /** Traces in which spans wait. */
    List<TraceKey> tracesWithWaiting(int limit) {
        return inTransaction("find waiting spans", connection -> {
            List<TraceKey> traces = new ArrayList<>();
            try (PreparedStatement select = connection.prepareStatement("""
                    select network_id, trace_id from otlp_span where waiting is not null
                    group by network_id, trace_id order by min(arrived_at) limit ?""")) {
                select.setInt(1, limit);
                try (ResultSet rows = select.executeQuery()) {
                    while (rows.next()) {
                        traces.add(new TraceKey(new NetworkId(rows.getString(1)), rows.getString(2)));
                    }
                }
            }
            return traces;
        });
    }

    long waitingSpans() {
        return inTransaction("count waiting spans", connection -> {
            try (PreparedStatement select =
                            connection.prepareStatement("select count(*) from otlp_span where waiting is not null");
                    ResultSet rows = select.executeQuery()) {
                rows.next();
                return rows.getLong(1);
            }
        });
    }

    /** Forgets places that are older than they need be. How many were forgotten. */
    int forget(Duration retention) {
        return inTransaction("forget spans", connection -> {
            try (PreparedStatement delete = connection.prepareStatement("""
                    delete from otlp_span where ctid = any(array(
                        select ctid from otlp_span
                        where arrived_at < clock_timestamp() - make_interval(secs => ?) and waiting is null limit ?))""")) {
                delete.setDouble(1, seconds(retention));
                delete.setInt(2, CLEAN_PORTION);
                return delete.executeUpdate();
            }
        });
    }

    /** Two exports of the same spans must not wait for one another in a circle. */
    private static List<NewSpan> sorted(List<NewSpan> spans) {
        return spans.stream()
                .sorted(Comparator.<NewSpan, String>comparing(
                                span -> span.trace().networkId().value())
                        .thenComparing(span -> span.trace().traceId())
                        .thenComparing(span -> span.place().spanId()))
                .toList();
    }

    private static double seconds(Duration duration) {
        return duration.toMillis() / 1000.0;
    }

    private static void setTraces(Connection connection, PreparedStatement statement, Collection<TraceKey> traces)
            throws SQLException {
        Array networks = connection.createArrayOf(
                "text", traces.stream().map(trace -> trace.networkId().value()).toArray());
        Array ids = connection.createArrayOf(
                "text", traces.stream().map(TraceKey::traceId).toArray());
        statement.setArray(1, networks);
        statement.setArray(2, ids);
    }

    private interface Work<T> {
        T on(Connection connection) throws SQLException;
    }

    private <T> T inTransaction(String what, Work<T> work) {
        try (Connection connection = dataSource.getConnection()) {
            connection.setAutoCommit(false);
            try {
                T result = work.on(connection);
                connection.commit();
                return result;
            } catch (SQLException | RuntimeException failure) {
                connection.rollback();
                throw failure;
            } finally {
                connection.setAutoCommit(true);
            }
        } catch (SQLException failure) {
            throw new LogUnavailableException("otlp_span: could not " + what, failure);
        }
    }
}
