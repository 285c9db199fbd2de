package io.skein.query.replay;

import io.skein.eventlog.KernelJson;
import io.skein.eventlog.LogNames;
import io.skein.eventlog.LogPages;
import io.skein.eventlog.LogRow;
import io.skein.kernel.message.JsonText;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.stereotype.Component;
import tools.jackson.databind.JsonNode;

/** Tells the events of a stretch of the log in their order, at the pace at which they were recorded times a factor. It only reads: nothing follows from it. */
@Component
public final class EventReplay {
    private static final int PAGE = 500;
    private static final long LONGEST_SLEEP_MILLIS = 200;

    private final LogPages log;

    EventReplay(@Qualifier("queryDataSource") DataSource queryDataSource) {
        this.log = new LogPages(queryDataSource, new LogNames());
    }

    /** One event as it was recorded. */
    public record Told(
            long position,
            Instant recordedAt,
            String eventType,
            String aggregateType,
            String aggregateId,
            long sequence,
            JsonText event) {}

    /** Where the events go. */
    public interface Listener {
        void told(Told event) throws IOException;

        /** Nothing comes for a while; what was told so far may be sent. */
        default void pausing() throws IOException {}

        /** Asked now and then; 0: as fast as can be, negative: paused. */
        double speed();

        boolean goesOn();
    }

    /**
     * Tells the events until the end of the stretch or until the listener has enough.
     *
     * @return position of the last event looked at
     */
    public long run(ReplayRequest request, Listener listener) throws IOException, InterruptedException {
        long read = request.after();
        Pace pace = new Pace();
        while (read < request.upTo() && listener.goesOn()) {
            List<LogRow> rows = log.after(read, (int) Math.min(PAGE, request.upTo() - read));
            if (rows.isEmpty()) {
                break;
            }
            for (LogRow row : rows) {
                if (matches(request, row)) {
                    if (!pace.await(row.recordedAt(), listener)) {
                        return read;
                    }
                    listener.told(new Told(
                            row.position(),
                            row.recordedAt(),
                            row.payloadType(),
                            row.aggregateType(),
                            row.aggregateId(),
                            row.sequence(),
                            new JsonText(new String(row.payload(), StandardCharsets.UTF_8))));
                }
                read = row.position();
            }
        }
        listener.pausing();
        return read;
    }

    /** Newest position of the log. */
    public long head() {
        return log.head();
    }

    private static boolean matches(ReplayRequest request, LogRow row) {
        if (request.type() != null && !request.type().equals(row.payloadType())) {
            return false;
        }
        if (request.network() == null && request.agent() == null && request.conversation() == null) {
            return true;
        }
        JsonNode event = KernelJson.mapper().readTree(row.payload());
        JsonNode message = event.path("message");
        JsonNode subject = message.isObject() ? message : event;
        return (request.network() == null || says(subject, "networkId", request.network()))
                && (request.conversation() == null || says(subject, "conversationId", request.conversation()))
                && (request.agent() == null
                        || says(subject, "agentId", request.agent())
                        || among(subject.path("targetAgents"), request.agent())
                        || among(subject.path("agents"), request.agent()));
    }

    private static boolean says(JsonNode node, String member, String value) {
        return node.path(member).asString("").equals(value);
    }

    private static boolean among(JsonNode names, String name) {
        for (JsonNode one : names) {
            if (one.asString("").equals(name)) {
                return true;
            }
        }
        return false;
    }

    /** Lets as much time pass between two events as did then, divided by the speed of now. */
    private static final class Pace {
        private @Nullable Instant before;
        private double leftNanos;

        boolean await(Instant at, Listener listener) throws IOException, InterruptedException {
            Instant last = before;
            before = at;
            if (last != null) {
                leftNanos = Math.max(0, Duration.between(last, at).toNanos());
            }
            boolean told = false;
            while (listener.goesOn()) {
                double speed = listener.speed();
                if (speed >= 0 && (speed == 0 || leftNanos / speed < 1_000_000)) {
                    leftNanos = 0;
                    return true;
                }
                if (!told) {
                    listener.pausing();
                    told = true;
                }
                long millis = speed < 0
                        ? LONGEST_SLEEP_MILLIS
                        : Math.clamp((long) (leftNanos / speed / 1_000_000), 1, LONGEST_SLEEP_MILLIS);
                long slept = System.nanoTime();
                Thread.sleep(millis);
                if (speed > 0) {
                    leftNanos -= (System.nanoTime() - slept) * speed;
                }
            }
            return false;
        }
    }
}
