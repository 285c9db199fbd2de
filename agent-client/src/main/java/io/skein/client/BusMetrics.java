package io.skein.client;

import org.jspecify.annotations.Nullable;

/**
 * The bus at one moment. Counts are since it was opened.
 *
 * @param sent taken into the buffer
 * @param replayed found in the buffer when it was opened
 * @param acknowledged answered by a receipt
 * @param refused given up because the receiver will never take them
 * @param dropped given up to make room
 * @param setAside stretches of damage found in the buffer
 * @param retries deliveries that were tried again, a batch counting once
 * @param bufferedMessages waiting or on their way
 * @param bufferedBytes on disk
 * @param lastTrouble what kept the last failed delivery from succeeding; null after a success
 */
public record BusMetrics(
        long sent,
        long replayed,
        long acknowledged,
        long refused,
        long dropped,
        long setAside,
        long retries,
        long bufferedMessages,
        long bufferedBytes,
        Breaker breaker,
        @Nullable BusException lastTrouble) {
    /** Whether deliveries are tried. */
    public enum Breaker {
        CLOSED,
        /** Too many failed; none is tried for a while. */
        OPEN,
        /** One is tried to see whether it works again. */
        HALF_OPEN
    }
}
