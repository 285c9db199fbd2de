package io.skein.kernel.alert;

/** How bad, in rising order. */
public enum Severity {
    INFO,
    WARNING,
    CRITICAL,
    EMERGENCY
}
