package io.skein.query.history;

import io.skein.eventlog.KernelJson;
import io.skein.kernel.history.RecordedEvent;
import io.skein.kernel.message.JsonText;
import org.springframework.stereotype.Component;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Leaves out what a message said, unless it may be shown. */
@Component
final class HistoryContent {
    private final HistorySettings settings;

    HistoryContent(HistorySettings settings) {
        this.settings = settings;
    }

    RecordedEvent permitted(RecordedEvent event) {
        if (settings.showContent()) {
            return event;
        }
        JsonNode payload = KernelJson.mapper().readTree(event.payload().value());
        if (payload.get("message") instanceof ObjectNode message && message.remove("content") != null) {
            return new RecordedEvent(
                    event.position(),
                    event.eventId(),
                    event.eventType(),
                    event.revision(),
                    event.aggregateType(),
                    event.aggregateId(),
                    event.sequence(),
                    event.recordedAt(),
                    new JsonText(payload.toString()),
                    true);
        }
        return event;
    }
}
