package io.skein.standalone.load;

import java.io.PrintWriter;
import java.util.Locale;

/** A bar that redraws itself on a terminal, and a line now and then elsewhere. */
final class Progress {
    private static final int WIDTH = 30;

    private final PrintWriter out;
    private final boolean terminal;
    private final String name;
    private final long totalBytes;
    private final long beganNanos = System.nanoTime();
    private long shownNanos;
    private int shownPercent = -1;

    /** @param totalBytes 0 if unknown */
    Progress(PrintWriter out, boolean terminal, String name, long totalBytes) {
        this.out = out;
        this.terminal = terminal;
        this.name = name;
        this.totalBytes = totalBytes;
    }

    void show(long bytes, long messages, boolean last) {
        long now = System.nanoTime();
        int percent = totalBytes == 0 ? 0 : (int) Math.min(100, bytes * 100 / totalBytes);
        if (last && totalBytes != 0) {
            percent = 100;
        }
        if (last && !terminal && shownPercent == 100) {
            return;
        }
        boolean due = terminal ? now - shownNanos > 100_000_000L : percent / 20 > shownPercent / 20;
        if (!due && !last) {
            return;
        }
        shownNanos = now;
        shownPercent = percent;
        double seconds = Math.max(0.001, (now - beganNanos) / 1e9);
        String text = String.format(
                Locale.ROOT,
                "%s  %s %3d %%  %,d messages  %,.0f/s",
                name,
                bar(percent),
                percent,
                messages,
                messages / seconds);
        if (terminal) {
            out.print("\r\033[K" + text);
            if (last) {
                out.println();
            }
        } else {
            out.println(text);
        }
        out.flush();
    }

    private static String bar(int percent) {
        int full = percent * WIDTH / 100;
        return "[" + "#".repeat(full) + ".".repeat(WIDTH - full) + "]";
    }
}
