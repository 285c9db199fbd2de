package io.skein.kernel.metrics;

/** How long a metrics window is. */
public enum WindowSize {
    SECOND(1),
    TEN_SECONDS(10),
    MINUTE(60),
    HOUR(3_600);

    private final int seconds;

    WindowSize(int seconds) {
        this.seconds = seconds;
    }

    public int seconds() {
        return seconds;
    }
}
