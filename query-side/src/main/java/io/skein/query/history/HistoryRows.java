package io.skein.query.history;

import io.skein.kernel.alert.Severity;
import io.skein.kernel.history.HistoryBar;
import io.skein.kernel.history.HistoryEvent;
import io.skein.kernel.history.HistoryFilter;
import io.skein.kernel.history.RecordedEvent;
import io.skein.kernel.id.NetworkId;
import io.skein.kernel.message.JsonText;
import io.skein.kernel.message.MessageType;
import io.skein.kernel.message.Outcome;
import io.skein.query.reading.Rows;
import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** The SQL over the audit entries and who took part in them. */
@Component
final class HistoryRows {
    /** Most candidates that one answer looks at; about 100 ms where none of them fits. */
    static final int BUDGET = 50_000;

    private static final String COLUMNS = """
            t.position, t.recorded_at, t.network_id, t.event_type, t.subject, t.actor, t.message_id, t.conversation_id, t.causation_id,
            t.message_type, t.outcome, t.severity, t.summary""";

    private final JdbcClient jdbc;

    HistoryRows(@Qualifier("queryJdbcClient") JdbcClient queryJdbcClient) {
        this.jdbc = queryJdbcClient;
    }

    /**
     * @param events at most one more than asked for
     * @param lookedUpTo the last candidate, where the budget ended the search before the candidates did; else null
     */
    record Found(List<HistoryEvent> events, @Nullable Long lookedUpTo) {}

    /** The events of the stretch, in its direction, up to one more than the limit. */
    Found list(HistoryFilter filter, Stretch stretch, int limit) {
        if (stretch.isEmpty()) {
            return new Found(List.of(), null);
        }
        HistorySql sql = new HistorySql(filter, stretch);
        String order = stretch.descending() ? " desc" : "";
        List<HistoryEvent> events = jdbc.sql("select " + COLUMNS + " from (" + sql.candidates() + " order by p.position"
                        + order + " limit " + BUDGET + ") c join audit_entry t on t.position = c.position where true"
                        + sql.conditions() + " order by t.position" + order + " limit " + (limit + 1))
                .params(sql.parameters())
                .query(HistoryRows::event)
                .list();
        if (events.size() > limit || !sql.isSelective()) {
            return new Found(events, null);
        }
        Long budgetEnd = jdbc.sql(
                        sql.candidates() + " order by p.position" + order + " offset " + (BUDGET - 1) + " limit 1")
                .params(sql.parameters())
                .query(Long.class)
                .optional()
                .orElse(null);
        return new Found(events, budgetEnd);
    }

    long count(HistoryFilter filter, Stretch stretch) {
        if (stretch.isEmpty()) {
            return 0;
        }
        HistorySql sql = new HistorySql(filter, stretch);
        String from = sql.isSelective()
                ? "(" + sql.candidates() + ") c join audit_entry t on t.position = c.position where true"
                        + sql.conditions()
                : "(" + sql.candidates() + ") c";
        return jdbc.sql("select count(*) from " + from)
                .params(sql.parameters())
                .query(Long.class)
                .single();
    }

    List<HistoryBar> bars(HistoryFilter filter, Stretch stretch, long bucketSeconds) {
        if (stretch.isEmpty()) {
            return List.of();
        }
        HistorySql sql = new HistorySql(filter, stretch);
        Map<Instant, Map<String, Long>> bars = new LinkedHashMap<>();
        jdbc.sql(
                        "select date_bin(make_interval(secs => :bucket), t.recorded_at, timestamptz '1970-01-01Z') start, t.event_type, count(*) n"
                                + " from (" + sql.candidates()
                                + ") c join audit_entry t on t.position = c.position where true" + sql.conditions()
                                + " group by 1, 2 order by 1, 2")
                .params(sql.parameters())
                .param("bucket", bucketSeconds)
                .query(row -> {
                    bars.computeIfAbsent(Rows.instant(row, "start"), start -> new LinkedHashMap<>())
                            .put(row.getString("event_type"), row.getLong("n"));
                });
        List<HistoryBar> answer = new ArrayList<>();
        bars.forEach((start, events) -> answer.add(new HistoryBar(
                start, events.values().stream().mapToLong(Long::longValue).sum(), events)));
        return answer;
    }

    /** The positions among which all events of the time are; {@code first} and {@code last} where it says nothing. */
    Stretch between(@Nullable Instant from, @Nullable Instant to, long first, long last, boolean descending) {
        long begin = first;
        long end = last;
        if (from != null) {
            begin = Math.max(
                    begin,
                    jdbc.sql("select coalesce(min(position), :none) from public.history_stretch where latest >= :from")
                            .param("from", Rows.parameter(from))
                            .param("none", Long.MAX_VALUE)
                            .query(Long.class)
                            .single());
        }
        if (to != null) {
            long stretch = jdbc.sql(
                            "select coalesce(max(position), 0) from public.history_stretch where earliest < :to")
                    .param("to", Rows.parameter(to))
                    .query(Long.class)
                    .single();
            end = Math.min(end, stretch == 0 ? 0 : stretch + Stretch.LENGTH - 1);
        }
        return new Stretch(begin, end, descending);
    }

    /** First and last time of recording within the positions, to the stretch. */
    Optional<Map.Entry<Instant, Instant>> times(Stretch stretch) {
        return jdbc.sql("""
                        select min(earliest) earliest, max(latest) latest from public.history_stretch
                        where position between :first and :last having count(*) > 0""")
                .param("first", (Math.max(stretch.first(), 1) - 1) / Stretch.LENGTH * Stretch.LENGTH + 1)
                .param("last", stretch.last())
                .query((row, number) -> Map.entry(Rows.instant(row, "earliest"), Rows.instant(row, "latest")))
                .optional();
    }

    /** The message's event, if the log has it. */
    Optional<HistoryEvent> message(UUID eventId) {
        return jdbc.sql(
                        "select " + COLUMNS
                                + " from audit_entry t where t.position = (select e.position from public.event_log e where e.event_id = :id)")
                .param("id", eventId)
                .query(HistoryRows::event)
                .optional();
    }

    /** The messages that name one of these as their cause, in log order. */
    List<HistoryEvent> causedBy(Collection<UUID> eventIds, int limit) {
        return jdbc.sql("select " + COLUMNS
                        + " from audit_entry t where t.cause_event = any(:ids) order by t.position limit :limit")
                .param("ids", eventIds.toArray(UUID[]::new))
                .param("limit", limit)
                .query(HistoryRows::event)
                .list();
    }

    /** The event as it stands in the log. */
    Optional<RecordedEvent> recorded(long position) {
        return jdbc.sql("""
                        select e.position, e.event_id, n.name type, e.revision, a.name aggregate_type, e.aggregate_id, e.sequence, e.recorded_at, e.payload
                        from public.event_log e join public.log_name n on n.id = e.payload_type join public.log_name a on a.id = e.aggregate_type
                        where e.position = :position""")
                .param("position", position)
                .query((row, number) -> new RecordedEvent(
                        row.getLong("position"),
                        row.getObject("event_id", UUID.class),
                        row.getString("type"),
                        row.getString("revision"),
                        row.getString("aggregate_type"),
                        row.getString("aggregate_id"),
                        row.getLong("sequence"),
                        Rows.instant(row, "recorded_at"),
                        new JsonText(new String(row.getBytes("payload"), StandardCharsets.UTF_8)),
                        false))
                .optional();
    }

    private static HistoryEvent event(ResultSet row, int number) throws SQLException {
        @Nullable String network = row.getString("network_id");
        return new HistoryEvent(
                row.getLong("position"),
                Rows.instant(row, "recorded_at"),
                network == null ? null : new NetworkId(network),
                row.getString("event_type"),
                row.getString("subject"),
                row.getString("actor"),
                row.getString("message_id"),
                row.getString("conversation_id"),
                row.getString("causation_id"),
                word(MessageType.class, row.getString("message_type")),
                word(Outcome.class, row.getString("outcome")),
                word(Severity.class, row.getString("severity")),
                row.getString("summary"));
    }

    private static <E extends Enum<E>> @Nullable E word(Class<E> type, @Nullable String word) {
        return word == null ? null : Enum.valueOf(type, word.toUpperCase(Locale.ROOT));
    }
}
