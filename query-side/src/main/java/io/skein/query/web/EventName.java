package io.skein.query.web;

import io.skein.eventlog.EventTypes;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The stable names that the trail can be asked for. */
final class EventName {
    private EventName() {}

    static @Nullable String checked(@Nullable String type) {
        if (type != null && !EventTypes.all().containsKey(type)) {
            throw Asked.invalid(
                    "type",
                    "is no type of event; expected one of "
                            + String.join(", ", new TreeSet<>(EventTypes.all().keySet())));
        }
        return type;
    }
}
