package io.skein.projection.evidence;

/**
 * The first thing found that is not what it was.
 *
 * @param position first position that is or may be wrong
 * @param what one sentence that says what is wrong there
 */
public record Tampering(long position, String what) {}
