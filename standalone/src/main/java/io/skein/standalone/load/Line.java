package io.skein.standalone.load;

/**
 * One line of a file that has something in it.
 *
 * @param number from 1
 * @param bytes without the line's end; empty if it was too long to be kept
 * @param tooLong whether it is larger than any message may be
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record Line(String file, long number, byte[] bytes, boolean tooLong) {}
