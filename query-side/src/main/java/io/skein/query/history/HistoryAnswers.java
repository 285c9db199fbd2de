package io.skein.query.history;

import io.skein.eventlog.MessageIds;
import io.skein.kernel.history.CausalChain;
import io.skein.kernel.history.CausalChain.Effect;
import io.skein.kernel.history.HistoryBar;
import io.skein.kernel.history.HistoryEvent;
import io.skein.kernel.history.HistoryFilter;
import io.skein.kernel.history.HistoryPage;
import io.skein.kernel.history.HistoryQuery.CountEvents;
import io.skein.kernel.history.HistoryQuery.CountEventsByTime;
import io.skein.kernel.history.HistoryQuery.FindCausalChain;
import io.skein.kernel.history.HistoryQuery.FindEvent;
import io.skein.kernel.history.HistoryQuery.ListEvents;
import io.skein.kernel.history.RecordedEvent;
import io.skein.kernel.id.MessageId;
import io.skein.kernel.page.Answer;
import io.skein.kernel.problem.Reason;
import io.skein.kernel.problem.Refusal;
import io.skein.kernel.problem.RefusedException;
import io.skein.query.reading.ConsistentReads;
import io.skein.query.reading.Cursor;
import io.skein.query.reading.ProjectionName;
import io.skein.query.reading.QueryAnswers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.axonframework.queryhandling.QueryHandler;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

@Component
final class HistoryAnswers implements QueryAnswers {
    private static final int MOST_BARS = 300;
    /** What a person would choose: 1, 5, 15 of a second, a minute; hours, days, weeks. */
    private static final long[] BUCKETS = {
        1, 5, 15, 60, 300, 900, 3_600, 4 * 3_600, 12 * 3_600, 86_400, 7 * 86_400, 28 * 86_400, 364 * 86_400
    };

    private static final int LEVEL = 500;

    private final ConsistentReads reads;
    private final HistoryRows rows;
    private final HistoryContent content;

    HistoryAnswers(ConsistentReads reads, HistoryRows rows, HistoryContent content) {
        this.reads = reads;
        this.rows = rows;
        this.content = content;
    }

    /** Where a page begins: behind or before a position, in the direction of the list. */
    private record Place(boolean behind, long position) {
        static Place parse(String key) {
            if (key.length() < 2 || "ab".indexOf(key.charAt(0)) < 0) {
                throw new IllegalArgumentException("no place");
            }
            return new Place(key.charAt(0) == 'a', Long.parseLong(key.substring(1)));
        }

        static String behind(long position) {
            return "a" + position;
        }

        static String before(long position) {
            return "b" + position;
        }
    }

    @QueryHandler
    HistoryPage answer(ListEvents query) {
        String kind = query.newestFirst() ? "history-newest" : "history-oldest";
        @Nullable String cursor = query.cursor();
        @Nullable Place place = cursor == null ? null : Cursor.key(kind, cursor, Place::parse);
        return reads.at(ProjectionName.AUDIT, position -> {
            boolean backwards = place != null && !place.behind();
            Stretch all = stretch(query.filter(), position, query.newestFirst() != backwards);
            HistoryRows.Found found =
                    rows.list(query.filter(), all.beyond(place == null ? null : place.position()), query.limit());
            boolean more = found.events().size() > query.limit();
            List<HistoryEvent> items = more ? found.events().subList(0, query.limit()) : found.events();
            @Nullable Long reached = more ? Long.valueOf(items.getLast().position()) : found.lookedUpTo();
            if (place != null && backwards) {
                items = items.reversed();
                long first =
                        items.isEmpty() ? place.position() : items.getLast().position();
                return new HistoryPage(
                        position,
                        items,
                        Cursor.of(
                                kind,
                                items.isEmpty()
                                        ? Place.behind(first - (query.newestFirst() ? -1 : 1))
                                        : Place.behind(first)),
                        reached == null ? null : Cursor.of(kind, Place.before(reached)));
            }
            @Nullable
            Long start = place == null
                    ? null
                    : items.isEmpty()
                            ? Long.valueOf(place.position() + (query.newestFirst() ? -1 : 1))
                            : Long.valueOf(items.getFirst().position());
            return new HistoryPage(
                    position,
                    items,
                    reached == null ? null : Cursor.of(kind, Place.behind(reached)),
                    start == null ? null : Cursor.of(kind, Place.before(start)));
        });
    }

    @QueryHandler
    Answer<Long> answer(CountEvents query) {
        return reads.at(
                ProjectionName.AUDIT,
                position ->
                        new Answer<>(position, rows.count(query.filter(), stretch(query.filter(), position, false))));
    }

    @QueryHandler
    Answer<List<HistoryBar>> answer(CountEventsByTime query) {
        return reads.at(ProjectionName.AUDIT, position -> {
            Stretch stretch = stretch(query.filter(), position, false);
            long bucket = query.bucketSeconds() == 0 ? bucketFor(query.filter(), stretch) : query.bucketSeconds();
            return new Answer<>(position, rows.bars(query.filter(), stretch, bucket));
        });
    }

    @QueryHandler
    CausalChain answer(FindCausalChain query) {
        return reads.at(ProjectionName.AUDIT, position -> {
            HistoryEvent message = rows.message(MessageIds.eventId(query.networkId(), query.messageId()))
                    .orElseThrow(() -> new RefusedException(new Refusal(
                            Reason.NOT_FOUND,
                            "message",
                            "message " + query.messageId().value() + " is not in the log of network "
                                    + query.networkId().value() + " up to position " + position)));
            List<HistoryEvent> causes = new ArrayList<>(List.of(message));
            Set<String> met = new HashSet<>();
            met.add(query.messageId().value());
            @Nullable String missing = null;
            boolean truncated = false;
            @Nullable String cause = message.causationId();
            while (cause != null && met.add(cause)) {
                if (causes.size() > query.limit()) {
                    truncated = true;
                    break;
                }
                Optional<HistoryEvent> found =
                        rows.message(MessageIds.eventId(query.networkId(), new MessageId(cause)));
                if (found.isEmpty()) {
                    missing = cause;
                    break;
                }
                causes.add(found.get());
                cause = found.get().causationId();
            }
            Map<String, Effect> effects = new LinkedHashMap<>();
            truncated |= !effects(query, effects);
            return new CausalChain(
                    position,
                    query.networkId(),
                    query.messageId(),
                    causes,
                    missing,
                    List.copyOf(effects.values()),
                    truncated);
        });
    }

    /** Level by level; false if there are more than the limit. */
    private boolean effects(FindCausalChain query, Map<String, Effect> effects) {
        Set<String> met = new HashSet<>(Set.of(query.messageId().value()));
        List<String> level = List.of(query.messageId().value());
        for (int depth = 1; !level.isEmpty(); depth++) {
            List<HistoryEvent> found = new ArrayList<>();
            for (int i = 0; i < level.size(); i += LEVEL) {
                List<UUID> parents = level.subList(i, Math.min(level.size(), i + LEVEL)).stream()
                        .map(id -> MessageIds.eventId(query.networkId(), new MessageId(id)))
                        .toList();
                // What is met already, as in a circle of causes, must not crowd out what is new.
                found.addAll(rows.causedBy(parents, query.limit() - effects.size() + met.size()));
            }
            found.sort(Comparator.comparingLong(HistoryEvent::position));
            List<String> below = new ArrayList<>();
            for (HistoryEvent event : found) {
                @Nullable String id = event.messageId();
                if (id == null || !met.add(id)) {
                    continue;
                }
                if (effects.size() == query.limit()) {
                    return false;
                }
                effects.put(id, new Effect(depth, event));
                below.add(id);
            }
            level = below;
        }
        return true;
    }

    @QueryHandler
    Answer<RecordedEvent> answer(FindEvent query) {
        return reads.at(ProjectionName.AUDIT, position -> {
            if (query.position() > position) {
                throw notThere(query.position(), position);
            }
            return new Answer<>(
                    position,
                    rows.recorded(query.position())
                            .map(content::permitted)
                            .orElseThrow(() -> notThere(query.position(), position)));
        });
    }

    private static RefusedException notThere(long asked, long position) {
        return new RefusedException(new Refusal(
                Reason.NOT_FOUND, "position", "position " + asked + " is not there; the answer is as of " + position));
    }

    private Stretch stretch(HistoryFilter filter, long position, boolean descending) {
        @Nullable Long first = filter.firstPosition();
        @Nullable Long last = filter.lastPosition();
        return rows.between(
                filter.from(),
                filter.to(),
                first == null ? 1 : Math.max(1, first),
                last == null ? position : Math.min(position, last),
                descending);
    }

    private long bucketFor(HistoryFilter filter, Stretch stretch) {
        long seconds = rows.times(stretch)
                .map(times -> Duration.between(
                                filter.from() == null || times.getKey().isAfter(filter.from())
                                        ? times.getKey()
                                        : filter.from(),
                                filter.to() == null || times.getValue().isBefore(filter.to())
                                        ? times.getValue()
                                        : filter.to())
                        .toSeconds())
                .orElse(0L);
        for (long bucket : BUCKETS) {
            if (seconds / bucket < MOST_BARS - 1) {
                return bucket;
            }
        }
        return BUCKETS[BUCKETS.length - 1];
    }
}
