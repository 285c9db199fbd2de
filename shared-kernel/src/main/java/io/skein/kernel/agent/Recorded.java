package io.skein.kernel.agent;

/** Answer to {@link RecordMessage}: what the log holds now under the message's id. */
public enum Recorded {
    RECORDED,
    BLOCKED
}
