package io.skein.kernel.alert;

/** Harmful behaviour of several messages. */
public enum Pattern {
    ROUTING_LOOP,
    LIVELOCK,
    HOARDING,
    DEADLOCK,
    CASCADE,
    EQUIVOCATION,
    CONTRADICTION,
    REPLAY,
    FORGERY,
    PROTOCOL_VIOLATION,
    SILENT_DROP,
    CONFLICT,
    ANOMALY
}
