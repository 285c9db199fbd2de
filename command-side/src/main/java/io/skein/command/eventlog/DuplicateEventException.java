package io.skein.command.eventlog;

import java.util.UUID;
import org.axonframework.modelling.command.ConcurrencyException;

/** The log already has an event with this id; nothing of the append was written. */
public final class DuplicateEventException extends ConcurrencyException {
    private static final long serialVersionUID = 1L;

    private final UUID eventId;
    private final long position;

    DuplicateEventException(UUID eventId, long position) {
        super("event " + eventId + " stands in the log at position " + position + "; expected a new id");
        this.eventId = eventId;
        this.position = position;
    }

    public UUID eventId() {
        return eventId;
    }

    /** Where the first one stands, 1 or more. */
    public long position() {
        return position;
    }
}
