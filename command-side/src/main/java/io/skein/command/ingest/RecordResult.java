package io.skein.command.ingest;

import io.skein.kernel.message.Message;
import io.skein.kernel.problem.Refusal;

/** What became of one message. */
public sealed interface RecordResult {
    Message message();

    /** @param position in the log; the message is durable there */
    record Recorded(Message message, long position) implements RecordResult {}

    /** The log had it before. @param position of the first one */
    record Duplicate(Message message, long position) implements RecordResult {}

    /** In the log, but not let through. */
    record Blocked(Message message, long position) implements RecordResult {}

    /** Not in the log. */
    record Refused(Message message, Refusal refusal) implements RecordResult {}
}
