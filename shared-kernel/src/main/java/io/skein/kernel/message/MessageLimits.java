package io.skein.kernel.message;

/** How large a message may be; more is refused at the door. */
public final class MessageLimits {
    /** Content as compact JSON in UTF-8, in bytes. */
    public static final int MAX_CONTENT_BYTES = 256 * 1024;

    public static final int MAX_TARGETS = 1_000;
    public static final int MAX_CLAIMS = 64;
    public static final int MAX_METADATA_ENTRIES = 64;

    /** One metadata value as compact JSON, in bytes. */
    public static final int MAX_METADATA_VALUE_BYTES = 8 * 1024;

    /** How deep content may nest. */
    public static final int MAX_DEPTH = 64;

    /** A whole message as sent, in bytes: content, targets, claims and metadata at their limits fit. */
    public static final int MAX_MESSAGE_BYTES = 2 * 1024 * 1024;

    private MessageLimits() {}
}
