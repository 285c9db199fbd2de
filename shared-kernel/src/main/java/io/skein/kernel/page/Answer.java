package io.skein.kernel.page;

/**
 * An answer that is not a list.
 *
 * @param position the log position up to which the answer is true
 */
public record Answer<T>(long position, T value) {}
