package io.skein.query.live;

import java.util.Collection;
import java.util.Map;

/** The streams by their names. */
record LiveStreams(Map<String, LiveStream> byName) {
    Collection<LiveStream> all() {
        return byName.values();
    }
}
