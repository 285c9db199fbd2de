package io.skein.standalone;

import io.skein.standalone.client.ServerClient;
import io.skein.standalone.client.ServerStatus;
import java.io.PrintWriter;
import java.util.List;
import tools.jackson.databind.JsonNode;

/** Waits until every projection knows what is in the log now, and tells what they then know. */
final class CatchUp {
    private static final long STUCK_NANOS = 120_000_000_000L;

    private CatchUp() {}

    /** @return whether they caught up; false if nothing moved for two minutes */
    static boolean await(ServerClient client, PrintWriter out) throws InterruptedException {
        long head = client.status().head();
        long last = Long.MAX_VALUE;
        long movedNanos = System.nanoTime();
        long saidNanos = movedNanos;
        while (true) {
            ServerStatus status = client.status();
            if (status.caughtUp(head)) {
                return true;
            }
            long behind = status.behind(head);
            long now = System.nanoTime();
            if (behind < last) {
                last = behind;
                movedNanos = now;
            } else if (now - movedNanos > STUCK_NANOS) {
                out.printf(
                        "The projections stopped %,d events short of position %,d; ./skein status says which%n",
                        behind, head);
                out.flush();
                return false;
            }
            if (now - saidNanos > 3_000_000_000L) {
                saidNanos = now;
                out.printf("Waiting for the projections: %,d events to go%n", behind);
                out.flush();
            }
            Thread.sleep(50);
        }
    }

    static void tell(ServerClient client, PrintWriter out) {
        List<String> networks = client.networks();
        for (String network : networks) {
            JsonNode graph = client.graphCounts(network);
            out.printf(
                    "network %s: %,d agents · %,d edges · %,d messages · %,d alerts (at position %,d)%n",
                    network,
                    graph.path("nodeCount").asLong(0),
                    graph.path("edgeCount").asLong(0),
                    graph.path("messageCount").asLong(0),
                    client.alerts(network),
                    graph.path("position").asLong(0));
        }
        out.flush();
    }
}
