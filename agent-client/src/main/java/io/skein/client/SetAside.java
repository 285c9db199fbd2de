package io.skein.client;

import java.nio.file.Path;

/**
 * Bytes of the buffer that are no message any more; kept for a person to look at.
 *
 * @param file where they are now
 * @param segment the segment file they were found in
 * @param offset of the first of them in the segment
 * @param bytes how many
 * @param why what is wrong with them
 */
public record SetAside(Path file, Path segment, long offset, long bytes, String why) {}
