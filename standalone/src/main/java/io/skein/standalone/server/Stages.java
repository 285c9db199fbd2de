package io.skein.standalone.server;

import java.io.PrintWriter;
import java.util.Locale;
import java.util.concurrent.Callable;

/** Says what is going on, with times, so that a person who waits knows for what. */
public final class Stages {
    private final PrintWriter out;
    private final long beganNanos = System.nanoTime();

    public Stages(PrintWriter out) {
        this.out = out;
    }

    <T> T run(String what, Callable<T> action) {
        long began = System.nanoTime();
        try {
            T result = action.call();
            line(String.format(Locale.ROOT, "%-38s %5.1f s", what, seconds(began)));
            return result;
        } catch (RuntimeException failure) {
            line(String.format(Locale.ROOT, "%-38s failed after %.1f s", what, seconds(began)));
            throw failure;
        } catch (Exception failure) {
            line(String.format(Locale.ROOT, "%-38s failed after %.1f s", what, seconds(began)));
            throw new StartException(what + ": " + failure, failure);
        }
    }

    public void line(String text) {
        out.println("  " + text);
        out.flush();
    }

    double elapsedSeconds() {
        return seconds(beganNanos);
    }

    private static double seconds(long sinceNanos) {
        return (System.nanoTime() - sinceNanos) / 1e9;
    }
}
