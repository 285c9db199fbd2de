package io.skein.kernel.projection;

/**
 * How far a projection is.
 *
 * @param name stable name of its processing group
 * @param position log position up to which it is true
 * @param lag events of the log it has not seen
 * @param deadLetters events it could not take
 */
public record ProjectionStatus(String name, long position, long lag, long deadLetters) {}
