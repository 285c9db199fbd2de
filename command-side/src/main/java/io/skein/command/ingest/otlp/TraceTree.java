package io.skein.command.ingest.otlp;

import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The spans of one trace that are there so far. What it says of a span depends on the spans above it only, never on the order in which they came;
 * once it is not {@link Enclosing.Unknown} it stays, whatever comes. O(spans) for all spans together.
 */
final class TraceTree {
    private static final Enclosing OUTERMOST = new Enclosing.Outermost();
    private static final Enclosing LOST = new Enclosing.Lost();
    private static final Enclosing UNKNOWN = new Enclosing.Unknown();

    private final Map<String, Place> places = new HashMap<>();
    private final Map<String, Enclosing> inside = new HashMap<>();
    private final Map<String, Integer> depths = new HashMap<>();
    private final Set<String> cuts = new HashSet<>();

    TraceTree(Collection<Place> places) {
        places.forEach(place -> this.places.put(place.spanId(), place));
    }

    Collection<Place> places() {
        return places.values();
    }

    /** The nearest invocation above the span. */
    Enclosing around(Place place) {
        if (place.parentSpanId() == null) {
            return OUTERMOST;
        }
        if (place.orphaned()) {
            return LOST;
        }
        Place parent = places.get(place.parentSpanId());
        return parent == null ? UNKNOWN : inside(parent);
    }

    /**
     * Whether the span is the callee's view of an invocation that the nearest one above describes already, as its caller sees it. Two views of one
     * call must not look like an agent that calls itself.
     */
    static boolean isSecondView(Place place, Enclosing around) {
        return place.agentId() != null
                && !place.outgoing()
                && around instanceof Enclosing.Within(Place caller, boolean entered)
                && !entered
                && caller.outgoing()
                && place.agentId().equals(caller.agentId());
    }

    /** How many invocations are around the span. */
    int depth(Place place) {
        Deque<Place> path = new ArrayDeque<>();
        Place at = place;
        int depth = 0;
        while (true) {
            Integer known = depths.get(at.spanId());
            if (known != null) {
                depth = known + 1;
                break;
            }
            path.push(at);
            if (!(around(at) instanceof Enclosing.Within(Place above, boolean entered))
                    || path.size() > places.size()) {
                break;
            }
            at = above;
        }
        for (Place each : path) {
            depths.put(each.spanId(), depth++);
        }
        return Objects.requireNonNull(depths.get(place.spanId()));
    }

    /** What a child of the span has around it. Walks up to what is known and then down again, so that no depth of nesting exhausts the stack. */
    private Enclosing inside(Place start) {
        Deque<Place> path = new ArrayDeque<>();
        Set<String> onPath = new HashSet<>();
        Enclosing known = null;
        Place at = start;
        while (known == null) {
            known = inside.get(at.spanId());
            if (known != null) {
                break;
            }
            if (cuts.contains(at.spanId())) {
                path.push(at);
                known = LOST;
                break;
            }
            if (!onPath.add(at.spanId())) {
                // Spans that are each other's ancestors have no first one: take the same of them from wherever one
                // starts.
                cuts.add(leastInCircle(at));
                return inside(start);
            }
            path.push(at);
            if (at.isInvocation() && at.outgoing()) {
                known = LOST;
            } else {
                Place parent = at.parentSpanId() == null || at.orphaned() ? null : places.get(at.parentSpanId());
                if (parent == null) {
                    known = around(at);
                } else {
                    at = parent;
                }
            }
        }
        for (Place each : path) {
            known = within(each, known);
            inside.put(each.spanId(), known);
        }
        return known;
    }

    private static Enclosing within(Place place, Enclosing around) {
        if (!place.isInvocation()) {
            return around;
        }
        if (place.outgoing()) {
            return new Enclosing.Within(place, false);
        }
        if (around instanceof Enclosing.Unknown) {
            return around;
        }
        return isSecondView(place, around) && around instanceof Enclosing.Within(Place call, boolean entered)
                ? new Enclosing.Within(call, true)
                : new Enclosing.Within(place, false);
    }

    private String leastInCircle(Place member) {
        String least = member.spanId();
        for (Place at = parent(member); at != null && !at.spanId().equals(member.spanId()); at = parent(at)) {
            least = at.spanId().compareTo(least) < 0 ? at.spanId() : least;
        }
        return least;
    }

    private @Nullable Place parent(Place place) {
        return place.parentSpanId() == null ? null : places.get(place.parentSpanId());
    }
}
