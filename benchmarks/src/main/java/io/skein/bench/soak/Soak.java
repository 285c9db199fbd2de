package io.skein.bench.soak;

import io.skein.embedded.ChildJvm;
import io.skein.embedded.FaultyProxy;
import io.skein.embedded.KafkaServerProcess;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import javax.sql.DataSource;
import tools.jackson.databind.JsonNode;

/**
 * Sends through both doors while the server is killed again and again (every second time together with its PostgreSQL) and Kafka, a process of its own, too; then
 * compares what was acknowledged with the log, the log with its mirror and its decisions, and the read tables with a rebuild.
 */
public final class Soak implements AutoCloseable {
    private static final String NETWORK = "soak";
    private static final int SENDERS = 3;
    private static final double HTTP_SHARE = 0.7;
    private static final Duration MEASURED = Duration.ofSeconds(10);
    private static final Duration KAFKA_AWAY = Duration.ofSeconds(3);
    private static final Duration CATCHING_UP = Duration.ofMinutes(10);
    private static final Duration PROGRESS = Duration.ofSeconds(5);
    private static final int MOST_LOOKS = 20;
    private static final long REST_MILLIS = 3_000;
    private static final int MOST_REBUILDS = 3;

    /**
     * What to do.
     *
     * @param folder for all data; should be empty
     * @param rate messages a second; 0: half of the top speed, which is measured first
     * @param kafkaKills spread evenly over the duration
     * @param agents that send, over all senders
     * @param batch messages of one HTTP request
     * @param heap of the server, as the JVM's {@code -Xmx} takes it
     */
    public record Plan(
            Path folder,
            Duration duration,
            double rate,
            Duration killServerEvery,
            int kafkaKills,
            int agents,
            int batch,
            String heap) {}

    /**
     * What came of it.
     *
     * @param differences sentences, the first found first; empty where nothing is lost
     */
    public record Result(Map<String, Object> figures, List<String> differences) {}

    private final Plan plan;
    private final PrintWriter progress;
    private final long start = System.nanoTime();
    private final Map<String, Object> figures = new LinkedHashMap<>();
    private final int kafkaPort = FaultyProxy.freePort();
    private final String bootstrap = "127.0.0.1:" + kafkaPort;
    private final SkeinProcess server;
    private final Senders senders;
    private ChildJvm kafka;
    private int kafkaStarts;
    private int serverKills;
    private int kafkaKills;
    private double longestAway;

    private Soak(Plan plan, PrintWriter progress) throws IOException {
        this.plan = plan;
        this.progress = progress;
        Files.createDirectories(plan.folder());
        this.kafka = startKafka();
        this.server = new SkeinProcess(plan.folder(), FaultyProxy.freePort(), bootstrap, plan.heap());
        this.senders = new Senders(NETWORK, server::url);
    }

    public static Result run(Plan plan, PrintWriter progress) throws IOException, InterruptedException, SQLException {
        try (Soak soak = new Soak(plan, progress)) {
            return soak.run();
        }
    }

    private Result run() throws IOException, InterruptedException, SQLException {
        server.awaitUp();
        double rate = plan.rate() > 0 ? plan.rate() : measure() / 2;
        figures.put("rate", Math.round(rate));
        startSenders(rate);
        soak();
        say("sending_ended");
        List<String> differences = new ArrayList<>();
        if (!senders.finish(Duration.ofMinutes(3))) {
            differences.add("senders: not all that was sent is acknowledged 3 minutes after the last kill; answers "
                    + senders.answers());
        }
        if (senders.failed() > 0) {
            differences.add("kafka door: " + senders.failed() + " messages were refused for good; expected none");
        }
        figures.put("acknowledged", senders.acknowledged().total());
        figures.put("answers", senders.answers());
        figures.put("killsOfTheServer", serverKills);
        figures.put("killsOfKafka", kafkaKills);
        figures.put("kafka", "a process of its own");
        figures.put("longestAwaySeconds", rounded(longestAway));
        long waiting = System.nanoTime();
        awaitCaughtUp(differences);
        figures.put("caughtUpAfterSeconds", rounded(seconds(waiting)));
        compare(differences);
        rebuild(differences);
        figures.put("totalSeconds", rounded(seconds(start)));
        return new Result(figures, List.copyOf(differences));
    }

    private void startSenders(double rate) {
        senders.pace(rate);
        int each = Math.max(2, plan.agents() / SENDERS);
        for (int i = 0; i < SENDERS - 1; i++) {
            senders.startHttp("http" + i, each, plan.batch(), HTTP_SHARE / (SENDERS - 1));
        }
        senders.startKafka("kafka", bootstrap, each, Math.min(plan.batch(), 50), 1 - HTTP_SHARE);
    }

    /** Messages a second that everything keeps up with: sent as fast as they go, until mirror and projections have them. */
    private double measure() throws IOException, InterruptedException {
        Senders fastest = new Senders("measured", server::url);
        try (fastest) {
            long from = System.nanoTime();
            for (int i = 0; i < SENDERS; i++) {
                fastest.startHttp("fast" + i, Math.max(2, plan.agents() / SENDERS), plan.batch(), 1);
            }
            Thread.sleep(MEASURED);
            fastest.finish(Duration.ofMinutes(1));
            List<String> late = new ArrayList<>();
            awaitHeads(late);
            double top = fastest.acknowledged().total() / seconds(from);
            figures.put("topPerSecond", Math.round(top));
            say("measured top_per_second=" + Math.round(top));
            return top;
        }
    }

    private void soak() throws InterruptedException {
        long from = System.nanoTime();
        long nextServerKill = from + plan.killServerEvery().toNanos();
        long nextKafkaKill = kafkaKillAt(from);
        long nextLine = from;
        long end = from + plan.duration().toNanos();
        // What a restart takes is not part of the time: a slow machine shall not be a shorter soak.
        long away = 0;
        while (System.nanoTime() < end + away) {
            long now = System.nanoTime();
            if (now >= nextServerKill) {
                killServer();
                nextServerKill = System.nanoTime() + plan.killServerEvery().toNanos();
                away += System.nanoTime() - now;
            }
            if (kafkaKills < plan.kafkaKills() && now >= nextKafkaKill + away) {
                killKafka();
                nextKafkaKill = kafkaKillAt(from);
            }
            if (now >= nextLine) {
                say("soaking");
                nextLine = now + PROGRESS.toNanos();
            }
            Thread.sleep(50);
        }
    }

    private long kafkaKillAt(long from) {
        return from + plan.duration().toNanos() * (kafkaKills + 1) / (plan.kafkaKills() + 1);
    }

    private void killServer() throws InterruptedException {
        boolean withPostgres = ++serverKills % 2 == 0;
        long from = System.nanoTime();
        server.kill(withPostgres);
        say("server_killed with_postgres=" + withPostgres);
        server.start();
        server.awaitUp();
        longestAway = Math.max(longestAway, seconds(from));
        say("server_up after_seconds=" + rounded(seconds(from)));
    }

    private void killKafka() throws InterruptedException {
        kafkaKills++;
        kafka.kill();
        say("kafka_killed");
        Thread.sleep(KAFKA_AWAY);
        kafka = startKafka();
        say("kafka_up");
    }

    private ChildJvm startKafka() {
        return KafkaServerProcess.start(
                plan.folder().resolve("kafka"), kafkaPort, plan.folder().resolve("kafka-" + ++kafkaStarts + ".out"));
    }

    /** Until the log has what the Kafka door acknowledged, and mirror and projections have the log. */
    private void awaitCaughtUp(List<String> differences) throws IOException, InterruptedException, SQLException {
        long wanted = senders.acknowledged().total();
        DataSource owner = server.owner();
        long deadline = System.nanoTime() + CATCHING_UP.toNanos();
        long recorded = 0;
        while (System.nanoTime() < deadline) {
            recorded = number(
                    owner,
                    "select count(*) from event_log where aggregate_id like '" + NETWORK
                            + "/%' and payload_type in (select id from log_name where name in ('MessageRecorded', 'MessageBlocked'))");
            if (recorded >= wanted) {
                break;
            }
            Thread.sleep(500);
        }
        say("log_has messages=" + recorded);
        awaitHeads(differences);
    }

    private void awaitHeads(List<String> differences) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + CATCHING_UP.toNanos();
        JsonNode status = server.status();
        while (System.nanoTime() < deadline) {
            status = server.status();
            long head = status.path("head").asLong();
            boolean there = !status.path("projections").isEmpty() && mirrored() >= head;
            for (JsonNode projection : status.path("projections")) {
                there &= projection.path("position").asLong() >= head;
            }
            if (there) {
                return;
            }
            Thread.sleep(200);
        }
        differences.add("not caught up after " + CATCHING_UP + ": mirror at " + mirrored() + ", status " + status);
    }

    private long mirrored() throws IOException {
        try {
            return number(
                    server.owner(),
                    "select coalesce(max((convert_from(token, 'UTF8')::json ->> 'globalIndex')::bigint), 0)"
                            + " from processor_token where processor = 'mirror'");
        } catch (SQLException away) {
            throw new IOException("the mirror's token cannot be read", away);
        }
    }

    private void compare(List<String> differences) throws IOException, SQLException {
        long from = System.nanoTime();
        Comparison comparison = new Comparison(NETWORK, false)
                .log(server.owner(), senders.acknowledged().byAgent())
                .mirror(bootstrap)
                .decisions(bootstrap);
        figures.putAll(comparison.figures());
        figures.put("comparedAfterSeconds", rounded(seconds(from)));
        differences.addAll(comparison.differences());
        say("compared differences=" + differences.size());
    }

    /** Until Skein itself has nothing more to write: no alert, no signed checkpoint. */
    private long atRest() throws IOException, InterruptedException, SQLException {
        long head = head();
        for (int look = 0; look < MOST_LOOKS; look++) {
            Thread.sleep(REST_MILLIS);
            long now = head();
            if (now == head) {
                break;
            }
            head = now;
        }
        return head;
    }

    private void rebuild(List<String> differences) throws IOException, InterruptedException, SQLException {
        long from = System.nanoTime();
        List<String> found = List.of("the log did not come to rest for a rebuild");
        for (int attempt = 0; attempt < MOST_REBUILDS; attempt++) {
            long head = atRest();
            ReadTables tables = new ReadTables(server.owner());
            tables.keepAside();
            if (head() != head) {
                // Something of its own was written meanwhile; what was kept is of no single moment.
                continue;
            }
            figures.put("readTables", tables.names().size());
            server.kill(false);
            forgetInOrder();
            server.awaitUp();
            awaitHeads(differences);
            boolean still = head() == head;
            ReadTables rebuilt = new ReadTables(server.owner());
            found = rebuilt.differences();
            rebuilt.removeKept();
            if (still || found.isEmpty()) {
                break;
            }
        }
        figures.put("rebuiltAfterSeconds", rounded(seconds(from)));
        differences.addAll(found);
        say("rebuilt differences=" + differences.size());
    }

    /** PostgreSQL lives on behind a killed server: the one moment in which nobody reads or writes. */
    private void forgetInOrder() throws IOException, SQLException {
        new ReadTables(server.owner()).forget();
        server.start();
    }

    private long head() throws IOException, SQLException {
        return number(server.owner(), "select coalesce(max(position), 0) from event_log");
    }

    private static long number(DataSource owner, String sql) throws SQLException {
        try (Connection connection = owner.getConnection();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            rows.next();
            return rows.getLong(1);
        }
    }

    private void say(String what) {
        progress.printf(
                Locale.ROOT,
                "seconds=%.1f event=%s sent=%d acknowledged=%d kills_of_server=%d kills_of_kafka=%d%n",
                seconds(start),
                what,
                senders.sent(),
                senders.acknowledged().total(),
                serverKills,
                kafkaKills);
        progress.flush();
    }

    private static double seconds(long from) {
        return (System.nanoTime() - from) / 1e9;
    }

    private static double rounded(double value) {
        return Math.round(value * 10) / 10.0;
    }

    @Override
    public void close() {
        senders.close();
        server.close();
        kafka.close();
    }
}
