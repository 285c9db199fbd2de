package io.skein.command.kafka;

import java.util.List;

/** Topics are not as they must be; the message says what to change. */
public final class TopicMismatchException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    TopicMismatchException(List<String> complaints) {
        super(String.join("; ", complaints));
    }
}
