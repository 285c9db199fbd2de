package io.skein.command.eventlog;

import io.skein.eventlog.LogNames;
import io.skein.eventlog.LogPages;
import io.skein.eventlog.LogReader;
import io.skein.eventlog.LogRow;
import io.skein.eventlog.LogTail;
import io.skein.eventlog.LogUnavailableException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import javax.sql.DataSource;
import org.axonframework.eventhandling.DomainEventMessage;
import org.axonframework.eventhandling.EventMessage;
import org.axonframework.eventhandling.GlobalSequenceTrackingToken;
import org.axonframework.eventhandling.TrackedEventMessage;
import org.axonframework.eventhandling.TrackingToken;
import org.axonframework.eventsourcing.EventStreamUtils;
import org.axonframework.eventsourcing.eventstore.DomainEventStream;
import org.axonframework.eventsourcing.eventstore.EventStorageEngine;
import org.axonframework.messaging.unitofwork.CurrentUnitOfWork;
import org.axonframework.messaging.unitofwork.UnitOfWork;
import org.axonframework.serialization.SerializationException;
import org.axonframework.serialization.SerializedObject;
import org.axonframework.serialization.Serializer;
import org.axonframework.serialization.UnknownSerializedType;
import org.axonframework.serialization.upcasting.event.EventUpcaster;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The event log on PostgreSQL. Appends of concurrent commands share durable commits; positions are 1, 2, 3, … without gaps in commit order, also with several
 * nodes; tokens are {@link GlobalSequenceTrackingToken}s of the position. After an append inside a unit of work the positions stand, in the events' order, in the
 * root's resource {@value #POSITIONS}. Thread-safe.
 */
public final class PostgresEventStorageEngine implements EventStorageEngine, AutoCloseable {
    /** Resource of the unit of work that holds the {@code List<Long>} of positions of the events it appended. */
    public static final String POSITIONS = "skein.positions";

    private static final Logger LOG = LoggerFactory.getLogger(PostgresEventStorageEngine.class);

    private final DataSource dataSource;
    private final Serializer serializer;
    private final EventUpcaster upcaster;
    private final LogNames names = new LogNames();
    private final LogPages pages;
    private final LogTail tail;
    private final LogReader reader;
    private final GroupCommitter committer;

    public PostgresEventStorageEngine(
            DataSource dataSource,
            Serializer serializer,
            EventUpcaster upcaster,
            LogTail tail,
            GroupCommitSettings settings) {
        this.dataSource = dataSource;
        this.serializer = serializer;
        this.upcaster = upcaster;
        this.tail = tail;
        this.pages = new LogPages(dataSource, names);
        this.reader = new LogReader(pages, tail, serializer, upcaster);
        this.committer = new GroupCommitter(dataSource, settings, tail);
    }

    /** Reads the same log; for tracking processors. */
    public LogReader reader() {
        return reader;
    }

    /** Commands that wait for their events to be written. */
    public int waitingAppends() {
        return committer.waiting();
    }

    @Override
    public void appendEvents(List<? extends EventMessage<?>> events) {
        if (events.isEmpty()) {
            return;
        }
        long first = committer.append(newEvents(events));
        if (CurrentUnitOfWork.isStarted()) {
            UnitOfWork<?> root = CurrentUnitOfWork.get().root();
            List<Long> positions = root.getOrComputeResource(POSITIONS, key -> new ArrayList<Long>());
            LongStream.range(first, first + events.size()).forEach(positions::add);
        }
    }

    private List<NewEvent> newEvents(List<? extends EventMessage<?>> events) {
        List<NewEvent> rows = new ArrayList<>(events.size());
        for (EventMessage<?> event : events) {
            SerializedObject<byte[]> payload = event.serializePayload(serializer, byte[].class);
            byte[] metadata = metadata(event);
            DomainEventMessage<?> domain = event instanceof DomainEventMessage<?> decided ? decided : null;
            rows.add(new NewEvent(
                    LogRow.uuidOf(event.getIdentifier()),
                    number(domain == null || domain.getType() == null ? "" : domain.getType()),
                    number(payload.getType().getName()),
                    domain == null ? 0 : domain.getSequenceNumber(),
                    event.getTimestamp(),
                    domain == null ? event.getIdentifier() : domain.getAggregateIdentifier(),
                    payload.getType().getRevision(),
                    payload.getData(),
                    metadata));
        }
        return rows;
    }

    private byte[] metadata(EventMessage<?> event) {
        boolean foreign = !LogRow.uuidOf(event.getIdentifier()).toString().equals(event.getIdentifier());
        EventMessage<?> whole = foreign ? event.andMetaData(Map.of(LogRow.FOREIGN_ID, event.getIdentifier())) : event;
        return whole.serializeMetaData(serializer, byte[].class).getData();
    }

    private short number(String name) {
        Short known = names.known(name);
        if (known != null) {
            return known;
        }
        return withConnection(connection -> names.number(connection, name));
    }

    @Override
    public void storeSnapshot(DomainEventMessage<?> snapshot) {
        SerializedObject<byte[]> payload = snapshot.serializePayload(serializer, byte[].class);
        byte[] metadata = metadata(snapshot);
        short aggregateType = number(snapshot.getType() == null ? "" : snapshot.getType());
        short payloadType = number(payload.getType().getName());
        withConnection(connection -> {
            try (PreparedStatement upsert = connection.prepareStatement("""
                    insert into aggregate_snapshot
                        (aggregate_type, aggregate_id, sequence, event_id, payload_type, recorded_at, revision, payload, metadata)
                    values (?, ?, ?, ?, ?, ?, ?, ?, ?)
                    on conflict (aggregate_id, aggregate_type) do update set
                        sequence = excluded.sequence, event_id = excluded.event_id, payload_type = excluded.payload_type,
                        recorded_at = excluded.recorded_at, revision = excluded.revision, payload = excluded.payload, metadata = excluded.metadata
                    where aggregate_snapshot.sequence <= excluded.sequence""")) {
                upsert.setShort(1, aggregateType);
                upsert.setString(2, snapshot.getAggregateIdentifier());
                upsert.setLong(3, snapshot.getSequenceNumber());
                upsert.setObject(4, LogRow.uuidOf(snapshot.getIdentifier()));
                upsert.setShort(5, payloadType);
                upsert.setObject(6, OffsetDateTime.ofInstant(snapshot.getTimestamp(), ZoneOffset.UTC));
                upsert.setString(7, payload.getType().getRevision());
                upsert.setBytes(8, payload.getData());
                upsert.setBytes(9, metadata);
                return upsert.executeUpdate();
            }
        });
    }

    @Override
    public Optional<DomainEventMessage<?>> readSnapshot(String aggregateIdentifier) {
        Optional<LogRow> row = withConnection(connection -> {
            try (PreparedStatement select = connection.prepareStatement("""
                    select event_id, a.name, sequence, p.name, recorded_at, revision, payload, metadata from aggregate_snapshot
                    join log_name a on a.id = aggregate_type join log_name p on p.id = payload_type
                    where aggregate_id = ? order by sequence desc limit 1""")) {
                select.setString(1, aggregateIdentifier);
                try (ResultSet rows = select.executeQuery()) {
                    if (!rows.next()) {
                        return Optional.empty();
                    }
                    return Optional.of(new LogRow(
                            1,
                            rows.getObject(1, UUID.class),
                            rows.getString(2),
                            aggregateIdentifier,
                            rows.getLong(3),
                            rows.getString(4),
                            rows.getString(6),
                            rows.getObject(5, OffsetDateTime.class).toInstant(),
                            rows.getBytes(7),
                            rows.getBytes(8)));
                }
            }
        });
        return row.flatMap(this::usable);
    }

    /** A snapshot is a shortcut: one that cannot be read any more is left, and the events are taken. */
    private Optional<DomainEventMessage<?>> usable(LogRow row) {
        try {
            DomainEventStream snapshots =
                    EventStreamUtils.upcastAndDeserializeDomainEvents(Stream.of(row.data()), serializer, upcaster);
            if (snapshots.hasNext()) {
                DomainEventMessage<?> snapshot = snapshots.next();
                if (!UnknownSerializedType.class.equals(snapshot.getPayloadType()) && snapshot.getPayload() != null) {
                    return Optional.of(snapshot);
                }
            }
            LOG.warn(
                    "event=snapshot_not_usable aggregate={} type={} action=reading_events",
                    row.aggregateId(),
                    row.payloadType());
        } catch (SerializationException failure) {
            LOG.warn(
                    "event=snapshot_not_usable aggregate={} type={} action=reading_events cause={}",
                    row.aggregateId(),
                    row.payloadType(),
                    failure.getClass().getSimpleName());
        }
        return Optional.empty();
    }

    @Override
    public Stream<? extends TrackedEventMessage<?>> readEvents(@Nullable TrackingToken token, boolean mayBlock) {
        PagedEvents events = new PagedEvents(LogReader.positionOf(token), mayBlock);
        return StreamSupport.stream(
                        Spliterators.spliteratorUnknownSize(events, Spliterator.ORDERED | Spliterator.NONNULL), false)
                .onClose(events::close);
    }

    @Override
    public DomainEventStream readEvents(String aggregateIdentifier, long firstSequenceNumber) {
        Stream<LogRow> rows = Stream.iterate(
                        pages.ofAggregate(aggregateIdentifier, firstSequenceNumber, LogPages.MAX_ROWS),
                        page -> !page.isEmpty(),
                        page -> pages.ofAggregate(
                                aggregateIdentifier, page.getLast().sequence() + 1, LogPages.MAX_ROWS))
                .flatMap(List::stream);
        return EventStreamUtils.upcastAndDeserializeDomainEvents(rows.map(LogRow::data), serializer, upcaster);
    }

    @Override
    public Optional<Long> lastSequenceNumberFor(String aggregateIdentifier) {
        return withConnection(connection -> {
            try (PreparedStatement select =
                    connection.prepareStatement("select max(sequence) from event_log where aggregate_id = ?")) {
                select.setString(1, aggregateIdentifier);
                try (ResultSet rows = select.executeQuery()) {
                    rows.next();
                    long last = rows.getLong(1);
                    return rows.wasNull() ? Optional.empty() : Optional.of(last);
                }
            }
        });
    }

    @Override
    public TrackingToken createTailToken() {
        return reader.createTailToken();
    }

    @Override
    public TrackingToken createHeadToken() {
        return reader.createHeadToken();
    }

    @Override
    public TrackingToken createTokenAt(Instant dateTime) {
        return reader.createTokenAt(dateTime);
    }

    /** Writes what waits, then lets go of the database. */
    @Override
    public void close() {
        committer.close();
    }

    private interface Work<T> {
        T on(Connection connection) throws SQLException;
    }

    private <T> T withConnection(Work<T> work) {
        try (Connection connection = dataSource.getConnection()) {
            connection.setAutoCommit(true);
            return work.on(connection);
        } catch (SQLException failure) {
            throw new LogUnavailableException("the log's database did not answer", failure);
        }
    }

    private final class PagedEvents implements Iterator<TrackedEventMessage<?>> {
        private final boolean mayBlock;
        private Iterator<TrackedEventMessage<?>> page =
                List.<TrackedEventMessage<?>>of().iterator();
        private volatile boolean closed;
        private long read;

        PagedEvents(long after, boolean mayBlock) {
            this.read = after;
            this.mayBlock = mayBlock;
        }

        @Override
        public boolean hasNext() {
            while (!page.hasNext()) {
                if (closed) {
                    return false;
                }
                List<LogRow> rows = pages.after(read, LogPages.MAX_ROWS);
                if (!rows.isEmpty()) {
                    read = rows.getLast().position();
                    page = reader.messages(rows).iterator();
                } else if (!mayBlock || !awaitMore()) {
                    return false;
                }
            }
            return true;
        }

        private boolean awaitMore() {
            try {
                // A wake-up that is missed costs at most this second.
                boolean more = tail.awaitBeyond(read, 1, TimeUnit.SECONDS, () -> closed);
                return more || !(closed || tail.isClosed());
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
                return false;
            }
        }

        /** Ends the wait of whoever reads. */
        void close() {
            closed = true;
            tail.wake();
        }

        @Override
        public TrackedEventMessage<?> next() {
            if (!hasNext()) {
                throw new NoSuchElementException("the log has nothing after position " + read);
            }
            return page.next();
        }
    }
}
