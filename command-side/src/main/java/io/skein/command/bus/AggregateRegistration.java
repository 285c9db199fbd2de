package io.skein.command.bus;

import java.util.function.Supplier;

/**
 * An aggregate that the bus shall serve; offered as a bean by the aggregate's package.
 *
 * @param type stable name in the log
 * @param factory makes one that has no events yet
 * @param snapshotEveryEvents 0: never
 */
public record AggregateRegistration<T>(Class<T> aggregate, String type, Supplier<T> factory, int snapshotEveryEvents) {}
