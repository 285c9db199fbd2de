package io.skein.query.reading;

import io.skein.kernel.problem.Reason;
import io.skein.kernel.problem.Refusal;
import io.skein.kernel.problem.RefusedException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Finds the tables as of a position, and asks the projections to make them where there are none: a row in {@code past_request} and a
 * notification. This is the only thing that this side ever writes.
 */
public final class Past {
    private static final Logger LOG = LoggerFactory.getLogger(Past.class);
    private static final long ASK_AGAIN_NANOS = Duration.ofSeconds(2).toNanos();
    private static final int REMEMBERED = 10_000;

    private final JdbcClient jdbc;
    private final JdbcClient requests;
    private final Duration wait;
    private final Map<String, Long> askedAtNanos = new ConcurrentHashMap<>();

    /** @param requests may insert into {@code past_request}; commits each statement */
    public Past(JdbcClient jdbc, DataSource requests, Duration wait) {
        this.jdbc = jdbc;
        this.requests = JdbcClient.create(requests);
        this.wait = wait;
    }

    Duration patience() {
        return wait;
    }

    /**
     * The position that an instant or a position in words stands for: that of the newest event recorded at the instant or before. In the transaction
     * that is open.
     *
     * @throws RefusedException if the log does not reach there
     */
    long resolve(@Nullable Long position, @Nullable Instant instant) {
        long head = number("select coalesce(max(position), 0) from public.event_log");
        if (position != null) {
            if (position > head) {
                throw refused("at is position " + position + "; the log ends at " + head);
            }
            long first = number("select coalesce(min(position), 1) from public.event_log");
            if (position < first - 1) {
                throw refused("at is position " + position + "; the log begins at " + first);
            }
            return position;
        }
        if (instant == null) {
            return head;
        }
        // The clock says where to begin, so that no more than its step is looked through.
        long from = jdbc.sql("""
                        select coalesce((select position from public.log_clock where latest <= :instant order by latest desc, position desc limit 1), 0)""")
                .param("instant", instant.atOffset(ZoneOffset.UTC))
                .query(Long.class)
                .single();
        return jdbc.sql("""
                        select coalesce((select position from public.event_log where position > :from and recorded_at > :instant
                            order by position limit 1) - 1, :head)""")
                .param("from", from)
                .param("instant", instant.atOffset(ZoneOffset.UTC))
                .param("head", head)
                .query(Long.class)
                .single();
    }

    private long number(String sql) {
        return jdbc.sql(sql).query(Long.class).single();
    }

    private static RefusedException refused(String detail) {
        return new RefusedException(new Refusal(Reason.NOT_FOUND, "at", detail));
    }

    private record View(long viewId, String state, long reached) {}

    /**
     * The schema that holds the projection's tables as of the position. In the transaction that is open.
     *
     * @throws PastNotReadyException if it is not made yet; it has been asked for
     */
    String schema(String projection, long position) {
        long live = jdbc.sql("select coalesce(min(position), 0) from public.projection_progress where name = :name")
                .param("name", projection)
                .query(Long.class)
                .single();
        if (live == position) {
            return "public";
        }
        @Nullable
        View view = jdbc.sql("""
                        select v.view_id, v.state, v.reached from public.past_view v
                        left join public.projection_generation g on g.name = v.projection
                        where v.projection = :name and v.position = :position and v.generation = coalesce(g.generation, 0)""")
                .param("name", projection)
                .param("position", position)
                .query((row, number) ->
                        new View(row.getLong("view_id"), row.getString("state"), row.getLong("reached")))
                .optional()
                .orElse(null);
        ask(projection, position);
        if (view != null && view.state().equals("ready")) {
            return "past_" + view.viewId();
        }
        throw new PastNotReadyException(projection, position, view == null ? 0 : view.reached());
    }

    /** Says that somebody wants it, now and then while they do; what nobody asked for lately goes first. */
    private void ask(String projection, long position) {
        String key = projection + "@" + position;
        long now = System.nanoTime();
        @Nullable Long asked = askedAtNanos.get(key);
        if (asked != null && now - asked < ASK_AGAIN_NANOS) {
            return;
        }
        if (askedAtNanos.size() >= REMEMBERED) {
            askedAtNanos.clear();
        }
        askedAtNanos.put(key, now);
        try {
            requests.sql("insert into public.past_request (projection, position) values (:projection, :position)")
                    .param("projection", projection)
                    .param("position", position)
                    .update();
            requests.sql("select pg_notify('skein_past', '')").query(row -> {});
        } catch (DataAccessException failure) {
            askedAtNanos.remove(key);
            LOG.warn("event=past_not_asked_for projection={} cause=\"{}\"", projection, failure.getMessage());
        }
    }

    void enter(String schema) {
        jdbc.sql("select set_config('search_path', :schema, true)")
                .param("schema", schema)
                .query(row -> {});
    }

    String entered() {
        return jdbc.sql("select current_setting('search_path')")
                .query(String.class)
                .single();
    }
}
