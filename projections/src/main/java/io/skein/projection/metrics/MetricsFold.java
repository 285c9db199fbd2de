package io.skein.projection.metrics;

import io.skein.kernel.agent.MessageBlocked;
import io.skein.kernel.agent.MessageRecorded;
import io.skein.kernel.id.MessageId;
import io.skein.kernel.message.Message;
import io.skein.kernel.message.MessageType;
import io.skein.kernel.message.Outcome;
import io.skein.kernel.metrics.WindowSize;
import io.skein.projection.engine.Columns;
import io.skein.projection.engine.Fold;
import io.skein.projection.engine.LoggedEvent;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

final class MetricsFold implements Fold {
    private record Key(String network, int seconds, long start) implements Comparable<Key> {
        private static final Comparator<Key> ORDER = Comparator.comparing(Key::network)
                .thenComparingInt(Key::seconds)
                .thenComparingLong(Key::start);

        @Override
        public int compareTo(Key other) {
            return ORDER.compare(this, other);
        }
    }

    private static final class Window {
        final Key key;
        long messages;
        long requests;
        long responses;
        long broadcasts;
        long errors;
        long blocked;
        long lastPosition;

        @Nullable
        Latencies latencies;

        Window(Key key) {
            this.key = key;
        }

        Instant start() {
            return Instant.ofEpochSecond(key.start());
        }
    }

    /** A response whose cause is not looked up yet. */
    private record Answer(Causes.Key cause, long position, Instant sentAt, List<Window> windows) {}

    private final Causes causes;
    private final Map<Key, Window> windows = new TreeMap<>();
    private final List<Answer> answers = new ArrayList<>();

    MetricsFold(Causes causes) {
        this.causes = causes;
    }

    @Override
    public void on(LoggedEvent event) {
        if (!event.isKnown()) {
            return;
        }
        switch (event.payload()) {
            case MessageRecorded recorded -> recorded(recorded.message(), event);
            case MessageBlocked blocked -> count(blocked.message(), event).forEach(window -> window.blocked++);
            default -> {}
        }
    }

    private void recorded(Message message, LoggedEvent event) {
        List<Window> touched = count(message, event);
        if (message.type() == MessageType.REQUEST) {
            causes.remember(message, event.position());
        }
        MessageId cause = message.causationId();
        if (message.type() == MessageType.RESPONSE && cause != null) {
            answers.add(new Answer(
                    new Causes.Key(message.networkId().value(), cause.value()),
                    event.position(),
                    message.timestamp(),
                    touched));
        }
    }

    private List<Window> count(Message message, LoggedEvent event) {
        long second = event.recordedAt().getEpochSecond();
        Outcome outcome = message.outcome();
        boolean error = outcome != null && outcome.isError();
        List<Window> touched = new ArrayList<>(4);
        for (WindowSize size : WindowSize.values()) {
            long start = Math.floorDiv(second, (long) size.seconds()) * size.seconds();
            Window window =
                    windows.computeIfAbsent(new Key(message.networkId().value(), size.seconds(), start), Window::new);
            window.messages++;
            switch (message.type()) {
                case REQUEST -> window.requests++;
                case RESPONSE -> window.responses++;
                case BROADCAST -> window.broadcasts++;
            }
            window.errors += error ? 1 : 0;
            window.lastPosition = event.position();
            touched.add(window);
        }
        return touched;
    }

    @Override
    public void write(Connection database) throws SQLException {
        measure();
        mergeStored(database);
        Collection<Window> rows = windows.values();
        Columns.of(rows)
                .text(row -> row.key.network())
                .number(row -> (long) row.key.seconds())
                .instant(Window::start)
                .number(row -> row.messages)
                .number(row -> row.requests)
                .number(row -> row.responses)
                .number(row -> row.broadcasts)
                .number(row -> row.errors)
                .number(row -> row.blocked)
                .number(row -> row.latencies == null ? null : row.latencies.count())
                .bytes(row -> row.latencies == null ? null : row.latencies.toBytes())
                .real(row -> row.latencies == null ? null : row.latencies.millisAt(50))
                .real(row -> row.latencies == null ? null : row.latencies.millisAt(95))
                .real(row -> row.latencies == null ? null : row.latencies.millisAt(99))
                .number(row -> row.lastPosition)
                .update(database, """
                        insert into metrics_window as w
                            (network_id, window_seconds, starts_at, messages, requests, responses, broadcasts, errors, blocked,
                             latency_count, latency, latency_p50_millis, latency_p95_millis, latency_p99_millis, last_position)
                        select network_id, window_seconds, starts_at, messages, requests, responses, broadcasts, errors, blocked,
                             coalesce(latency_count, 0), latency, p50, p95, p99, last_position
                        from unnest(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) as c
                            (network_id, window_seconds, starts_at, messages, requests, responses, broadcasts, errors, blocked,
                             latency_count, latency, p50, p95, p99, last_position)
                        on conflict (network_id, window_seconds, starts_at) do update set
                            messages = w.messages + excluded.messages, requests = w.requests + excluded.requests,
                            responses = w.responses + excluded.responses, broadcasts = w.broadcasts + excluded.broadcasts,
                            errors = w.errors + excluded.errors, blocked = w.blocked + excluded.blocked,
                            latency_count = case when excluded.latency is null then w.latency_count else excluded.latency_count end,
                            latency = coalesce(excluded.latency, w.latency),
                            latency_p50_millis = coalesce(excluded.latency_p50_millis, w.latency_p50_millis),
                            latency_p95_millis = coalesce(excluded.latency_p95_millis, w.latency_p95_millis),
                            latency_p99_millis = coalesce(excluded.latency_p99_millis, w.latency_p99_millis),
                            last_position = excluded.last_position""");
        windows.clear();
        answers.clear();
    }

    private void measure() {
        Set<Causes.Key> asked = new LinkedHashSet<>();
        answers.forEach(answer -> asked.add(answer.cause()));
        Map<Causes.Key, Causes.Cause> found = causes.find(asked);
        for (Answer answer : answers) {
            Causes.Cause cause = found.get(answer.cause());
            if (cause == null || cause.sentAt() == null || cause.position() >= answer.position()) {
                continue;
            }
            Duration latency = Duration.between(cause.sentAt(), answer.sentAt());
            if (latency.isNegative()) {
                continue;
            }
            for (Window window : answer.windows()) {
                if (window.latencies == null) {
                    window.latencies = new Latencies();
                }
                window.latencies.record(latency);
            }
        }
    }

    private void mergeStored(Connection database) throws SQLException {
        List<Window> measured = windows.values().stream()
                .filter(window -> window.latencies != null)
                .toList();
        Columns.of(measured)
                .text(row -> row.key.network())
                .number(row -> (long) row.key.seconds())
                .instant(Window::start)
                .query(database, """
                        select w.network_id, w.window_seconds, extract(epoch from w.starts_at)::bigint, w.latency
                        from unnest(?, ?, ?) as k (network_id, window_seconds, starts_at)
                        join metrics_window w on w.network_id = k.network_id and w.window_seconds = k.window_seconds
                            and w.starts_at = k.starts_at
                        where w.latency is not null""", row -> {
                    Window window = windows.get(new Key(row.getString(1), row.getInt(2), row.getLong(3)));
                    if (window != null && window.latencies != null) {
                        window.latencies.add(Latencies.of(row.getBytes(4)));
                    }
                    return true;
                });
    }
}
