package io.skein.standalone;

import java.io.PrintWriter;
import java.util.concurrent.atomic.AtomicBoolean;

/** Stops what runs when somebody asks the process to end, within a time that nobody has to wait longer than. */
final class CleanStop {
    private static final long DEADLINE_MILLIS = 20_000;

    private CleanStop() {}

    /** On SIGTERM and SIGINT (Ctrl-C). What is already stopped is not stopped again. */
    static void whenSignalled(AutoCloseable server, PrintWriter out) {
        AtomicBoolean once = new AtomicBoolean();
        Runtime.getRuntime()
                .addShutdownHook(Thread.ofPlatform().name("clean-stop").unstarted(() -> {
                    if (!once.compareAndSet(false, true)) {
                        return;
                    }
                    Thread stopping = Thread.ofPlatform()
                            .daemon()
                            .name("stopping")
                            .start(() -> {
                                try {
                                    server.close();
                                } catch (Exception failure) {
                                    out.println("  did not stop cleanly: " + failure);
                                }
                            });
                    try {
                        stopping.join(DEADLINE_MILLIS);
                    } catch (InterruptedException interrupted) {
                        Thread.currentThread().interrupt();
                    }
                    if (stopping.isAlive()) {
                        out.println("  not stopped within " + DEADLINE_MILLIS / 1_000
                                + " s: giving up; what was recorded is safe, the next start puts the rest in order");
                        out.flush();
                        Runtime.getRuntime().halt(ExitCodes.BROKEN);
                    }
                    out.flush();
                }));
    }
}
