package io.skein.bench.detectors;

import io.skein.kernel.alert.Pattern;
import java.util.List;

/**
 * Somebody was accused.
 *
 * @param evidence ids of messages, of a detector's alert
 * @param position of the message after which it was raised, 1 or more
 * @param atMilli on the stage's clock
 * @param description of a detector's alert, else empty
 */
record Alarm(
        Pattern pattern, List<String> agents, List<String> evidence, long position, long atMilli, String description) {}
