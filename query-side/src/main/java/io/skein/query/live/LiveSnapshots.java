package io.skein.query.live;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.messaging.handler.annotation.DestinationVariable;
import org.springframework.messaging.handler.annotation.Header;
import org.springframework.messaging.simp.SimpMessageHeaderAccessor;
import org.springframework.messaging.simp.annotation.SubscribeMapping;
import org.springframework.stereotype.Controller;
import org.springframework.transaction.TransactionException;

/** Answers a subscription to {@code /app/live.{network}.{stream}} with one snapshot. */
@Controller
class LiveSnapshots {
    private static final Logger LOG = LoggerFactory.getLogger(LiveSnapshots.class);

    private final Map<String, LiveStream> streams;
    private final Refusals refusals;

    LiveSnapshots(LiveStreams streams, Refusals refusals) {
        this.streams = streams.byName();
        this.refusals = refusals;
    }

    @SubscribeMapping("/{address:live\\..+}")
    @Nullable
    Snapshot snapshot(
            @DestinationVariable String address,
            @Header(SimpMessageHeaderAccessor.SESSION_ID_HEADER) String sessionId) {
        LiveAddress asked = LiveAddress.parse(address).orElseThrow();
        @Nullable LiveStream stream = streams.get(asked.stream());
        if (stream == null) {
            return null;
        }
        try {
            return stream.snapshot(asked.networkId());
        } catch (DataAccessException | TransactionException failure) {
            LOG.warn("event=live_snapshot_failed stream={}", asked.stream(), failure);
            refusals.refuse(sessionId, "the read tables cannot be read now; connect again later");
            return null;
        }
    }
}
