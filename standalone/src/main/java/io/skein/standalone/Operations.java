package io.skein.standalone;

import io.skein.standalone.client.ServerClient;
import java.io.PrintWriter;
import java.time.Duration;
import tools.jackson.databind.JsonNode;

/** Follows an operation that the server was asked for, with a bar. */
final class Operations {
    private static final int BAR_WIDTH = 30;
    private static final long LOOK_EVERY_MILLIS = 250;
    private static final Duration TAKEN_WITHIN = Duration.ofSeconds(60);

    private Operations() {}

    /**
     * Shows how far it is until it ends, or follows the log; then what came out.
     *
     * @param ordered the answer to the order
     * @return the exit code
     */
    static int follow(ServerClient client, JsonNode ordered, PrintWriter out, PrintWriter err)
            throws InterruptedException {
        if (!ordered.path("operationId").isString()) {
            err.println("skein: " + ordered.path("detail").asString(ordered.toString()));
            return ExitCodes.NO;
        }
        String id = ordered.path("operationId").asString();
        long deadline = System.nanoTime() + TAKEN_WITHIN.toNanos();
        while (true) {
            JsonNode one = client.ask("/v1/projections/operations/" + id);
            String state = one.path("state").asString("waiting");
            if (state.equals("waiting") && System.nanoTime() - deadline > 0) {
                err.println("skein: no node has taken it for " + TAKEN_WITHIN.toSeconds() + " s");
                return ExitCodes.UNREACHABLE;
            }
            out.print(
                    "\r" + bar(one.path("reached").asLong(0), one.path("target").asLong(0)) + " " + state + "   ");
            out.flush();
            if (!state.equals("running") && !state.equals("waiting")) {
                out.println();
                out.println("operation " + id);
                if (one.path("result").isObject()) {
                    out.println(one.path("result").toPrettyString());
                }
                out.flush();
                if (state.equals("failed")) {
                    err.println("skein: " + one.path("detail").asString("it failed"));
                    return ExitCodes.NO;
                }
                return ExitCodes.DONE;
            }
            Thread.sleep(LOOK_EVERY_MILLIS);
        }
    }

    static String bar(long reached, long target) {
        double share = target <= 0 ? 1 : Math.min(1, (double) reached / target);
        int full = (int) Math.floor(share * BAR_WIDTH);
        return "[" + "#".repeat(full) + " ".repeat(BAR_WIDTH - full) + "] %3.0f %%".formatted(share * 100);
    }
}
