package io.skein.kernel.message;

/** What a claim does with its amount of the resource. */
public enum ClaimAction {
    REQUEST,
    GRANT,
    REFUSE,
    USE,
    RELEASE
}
