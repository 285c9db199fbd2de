package io.skein.standalone.demo;

import io.skein.eventlog.KernelJson;
import io.skein.kernel.message.Message;
import io.skein.standalone.client.ServerClient;
import io.skein.standalone.client.UnreachableException;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Lets the fleet speak in real time through the server's HTTP door, as any agent would. */
public final class DemoSender implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(DemoSender.class);
    private static final int LARGEST_BATCH = 200;

    private static final int QUARANTINE_SECONDS = 20;

    private final DemoFleet fleet;
    private final ServerClient client;
    private final Thread thread;

    private DemoSender(DemoFleet fleet, ServerClient client) {
        this.fleet = fleet;
        this.client = client;
        this.thread = Thread.ofVirtual().name("demo-fleet").unstarted(this::speak);
    }

    /** Begins at once and goes on until closed. */
    public static DemoSender start(DemoFleet fleet, URI server) {
        DemoSender sender = new DemoSender(fleet, new ServerClient(server, Duration.ofSeconds(30)));
        sender.thread.start();
        return sender;
    }

    @Override
    public void close() throws InterruptedException {
        thread.interrupt();
        thread.join(Duration.ofSeconds(2));
        client.close();
    }

    /** So that every round of faults is seen, quarantines are short here, unless somebody has given the network rules of its own. */
    private void declareRules() {
        String network = DemoFleet.NETWORK.value();
        try {
            if (!client.policy(network).has("networkId")) {
                ObjectNode change = JsonNodeFactory.instance.objectNode();
                change.put("reason", "The demo's faults come again every three minutes.");
                change.putObject("rules").putObject("quarantine").put("durationSeconds", QUARANTINE_SECONDS);
                client.changePolicy(network, change);
            }
        } catch (UnreachableException lost) {
            LOG.warn("event=demo_rules_not_declared reason=\"{}\"", lost.getMessage());
        }
    }

    private void speak() {
        try {
            declareRules();
            Message next = fleet.next();
            while (!Thread.currentThread().isInterrupted()) {
                Thread.sleep(Duration.between(Instant.now(), next.timestamp()));
                List<byte[]> due = new ArrayList<>();
                Instant now = Instant.now();
                while (!next.timestamp().isAfter(now) && due.size() < LARGEST_BATCH) {
                    due.add(KernelJson.mapper().writeValueAsBytes(next));
                    next = fleet.next();
                }
                send(due);
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException broken) {
            LOG.error("event=demo_fleet_stopped", broken);
        }
    }

    private void send(List<byte[]> due) throws InterruptedException {
        if (due.isEmpty()) {
            return;
        }
        try {
            client.send(due);
        } catch (UnreachableException lost) {
            LOG.warn("event=demo_messages_lost messages={} reason=\"{}\"", due.size(), lost.getMessage());
        }
    }
}
