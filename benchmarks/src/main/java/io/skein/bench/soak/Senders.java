package io.skein.bench.soak;

import io.skein.eventlog.KernelJson;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import tools.jackson.databind.JsonNode;

/**
 * Agents that send through both doors and send again what was not acknowledged, each one's messages in their order. Every agent asks its neighbour and answers
 * it in turns.
 */
public final class Senders implements AutoCloseable {
    private static final Duration ANSWER = Duration.ofSeconds(20);
    private static final long PAUSE_MILLIS = 100;

    private final String network;
    private final Supplier<URI> door;
    private final Acknowledged acknowledged = new Acknowledged();
    private final Map<String, AtomicLong> answers = new ConcurrentSkipListMap<>();
    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(2))
            .build();
    private final List<Thread> threads = new ArrayList<>();
    private final AtomicLong sent = new AtomicLong();
    private final AtomicLong failed = new AtomicLong();
    private volatile double perSecond;
    private volatile boolean stopping;
    private volatile boolean paused;

    /** @param door asked before each request, so that a sender can go to another node */
    public Senders(String network, Supplier<URI> door) {
        this.network = network;
        this.door = door;
    }

    public Acknowledged acknowledged() {
        return acknowledged;
    }

    /** How often which answer came: a status, or what went wrong with the connection. */
    public Map<String, Long> answers() {
        Map<String, Long> counts = new ConcurrentSkipListMap<>();
        answers.forEach((answer, count) -> counts.put(answer, count.get()));
        return counts;
    }

    /** Records that the Kafka door refused for good; each is a loss. */
    public long failed() {
        return failed.get();
    }

    /** Messages handed to a door, acknowledged or not yet. */
    public long sent() {
        return sent.get();
    }

    /** @param perSecond messages a second of all senders together; 0: as many as go */
    public void pace(double perSecond) {
        this.perSecond = perSecond;
    }

    /** Nothing new is sent until {@link #resume}; what is on its way comes to its end. */
    public void pause() {
        paused = true;
    }

    public void resume() {
        paused = false;
    }

    /** One connection over HTTP with its own agents. */
    public void startHttp(String name, int agents, int batch, double share) {
        threads.add(Thread.ofPlatform().name("sender-" + name).start(() -> {
            Turns turns = new Turns(name, agents);
            Pace pace = new Pace(share);
            while (!stopping) {
                pace.await(batch);
                if (!stopping) {
                    List<Turns.Next> next = turns.next(batch);
                    sent.addAndGet(next.size());
                    if (post(next)) {
                        next.forEach(message -> acknowledged.upTo(message.agent(), message.number()));
                    }
                }
            }
        }));
    }

    /** One producer on the raw topic with its own agents. */
    public void startKafka(String name, String bootstrapServers, int agents, int batch, double share) {
        threads.add(Thread.ofPlatform().name("sender-" + name).start(() -> {
            Turns turns = new Turns(name, agents);
            Pace pace = new Pace(share);
            // A record that is given up would leave a gap in its agent's order; so none is.
            try (KafkaProducer<String, byte[]> producer = new KafkaProducer<>(
                    Map.of(
                            "bootstrap.servers", bootstrapServers,
                            "acks", "all",
                            "delivery.timeout.ms", "900000",
                            "max.block.ms", "900000",
                            "linger.ms", "5"),
                    new StringSerializer(),
                    new ByteArraySerializer())) {
                while (!stopping) {
                    pace.await(batch);
                    if (stopping) {
                        break;
                    }
                    for (Turns.Next next : turns.next(batch)) {
                        sent.incrementAndGet();
                        producer.send(
                                new ProducerRecord<>(
                                        "agent-messages-raw",
                                        next.agent(),
                                        next.json(network).getBytes(java.nio.charset.StandardCharsets.UTF_8)),
                                (where, failure) -> {
                                    if (failure == null) {
                                        acknowledged.upTo(next.agent(), next.number());
                                    } else {
                                        failed.incrementAndGet();
                                    }
                                });
                    }
                }
                producer.flush();
            }
        }));
    }

    /** Sends nothing new and waits until all that was sent is acknowledged. */
    public boolean finish(Duration patience) throws InterruptedException {
        stopping = true;
        long deadline = System.nanoTime() + patience.toNanos();
        for (Thread thread : threads) {
            if (!thread.join(Duration.ofNanos(Math.max(1, deadline - System.nanoTime())))) {
                return false;
            }
        }
        return true;
    }

    @Override
    public void close() {
        stopping = true;
        threads.forEach(Thread::interrupt);
        http.shutdownNow();
    }

    private boolean post(List<Turns.Next> batch) {
        StringBuilder body = new StringBuilder();
        batch.forEach(next -> body.append(next.json(network)).append('\n'));
        while (!Thread.currentThread().isInterrupted()) {
            try {
                HttpResponse<String> response = http.send(
                        HttpRequest.newBuilder(door.get().resolve("/v1/messages"))
                                .timeout(ANSWER)
                                .header("Content-Type", "application/x-ndjson")
                                .POST(HttpRequest.BodyPublishers.ofString(body.toString()))
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
                if (response.statusCode() == 200) {
                    JsonNode answer = KernelJson.mapper().readTree(response.body());
                    if (answer.path("refused").asLong() == 0) {
                        count("200");
                        return true;
                    }
                    count("200 in part");
                } else {
                    boolean says = response.headers().firstValue("Retry-After").isPresent();
                    count(response.statusCode() + (says ? " with Retry-After" : ""));
                }
                Thread.sleep(PAUSE_MILLIS);
            } catch (IOException broken) {
                count(broken.getClass().getSimpleName());
                sleep();
            } catch (InterruptedException stopped) {
                Thread.currentThread().interrupt();
            }
        }
        return false;
    }

    private void count(String answer) {
        answers.computeIfAbsent(answer, first -> new AtomicLong()).incrementAndGet();
    }

    private static void sleep() {
        try {
            Thread.sleep(PAUSE_MILLIS);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    /** When a sender may go on. */
    private final class Pace {
        private final double share;
        private double next = System.nanoTime();

        Pace(double share) {
            this.share = share;
        }

        void await(int messages) {
            while (paused && !stopping) {
                sleep();
            }
            double rate = perSecond * share;
            if (rate <= 0) {
                return;
            }
            long now = System.nanoTime();
            // After an outage a sender catches up on a second of what it missed, not on all of it.
            next = Math.max(next, now - 1e9);
            long wait = (long) next - now;
            next += messages * 1e9 / rate;
            if (wait > 0) {
                try {
                    Thread.sleep(Duration.ofNanos(wait));
                } catch (InterruptedException stopped) {
                    Thread.currentThread().interrupt();
                }
            }
        }
    }

    /** The agents of one sender in turns: in even turns each asks its neighbour, in odd ones it answers what it was asked. */
    private static final class Turns {
        private final String sender;
        private final int agents;
        private long count;

        Turns(String sender, int agents) {
            this.sender = sender;
            this.agents = agents;
        }

        record Next(String agent, String target, String asker, long number) {
            String json(String network) {
                boolean asks = number % 2 == 0;
                return "{\"messageId\":\"" + Acknowledged.messageId(agent, number) + "\",\"networkId\":\"" + network
                        + "\",\"conversationId\":\"c-" + (asks ? agent : asker) + "-" + number / 2 + "\",\"agentId\":\""
                        + agent + "\",\"targetAgents\":[\"" + (asks ? target : asker) + "\"],\"type\":\""
                        + (asks ? "request" : "response") + "\",\"timestamp\":\"" + Instant.now() + "\",\"sequence\":"
                        + number
                        + ",\"content\":{\"text\":\"the state of the order and the next step that it asks for\",\"step\":"
                        + number + "}"
                        + (asks
                                ? ""
                                : ",\"outcome\":\"ok\",\"causationId\":\"" + Acknowledged.messageId(asker, number - 1)
                                        + "\"")
                        + "}";
            }
        }

        List<Next> next(int batch) {
            List<Next> next = new ArrayList<>(batch);
            for (int i = 0; i < batch; i++, count++) {
                int agent = (int) (count % agents);
                next.add(new Next(
                        name(agent), name((agent + 1) % agents), name((agent + agents - 1) % agents), count / agents));
            }
            return next;
        }

        private String name(int agent) {
            return sender + "-" + agent;
        }
    }
}
