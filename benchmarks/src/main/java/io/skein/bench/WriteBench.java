package io.skein.bench;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.skein.command.CommandSide;
import io.skein.command.bus.Commands;
import io.skein.db.Schema;
import io.skein.embedded.TestDatabase;
import io.skein.eventlog.EventSerializer;
import io.skein.eventlog.MessageIds;
import io.skein.kernel.agent.MessageRecorded;
import io.skein.kernel.agent.RecordMessage;
import io.skein.kernel.agent.RecordMessages;
import io.skein.kernel.id.AgentKey;
import io.skein.kernel.id.NetworkId;
import io.skein.kernel.message.Message;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.axonframework.common.jdbc.DataSourceConnectionProvider;
import org.axonframework.common.transaction.NoTransactionManager;
import org.axonframework.eventsourcing.eventstore.EmbeddedEventStore;
import org.axonframework.eventsourcing.eventstore.EventStore;
import org.axonframework.eventsourcing.eventstore.jdbc.JdbcEventStorageEngine;
import org.axonframework.eventsourcing.eventstore.jdbc.PostgresEventTableFactory;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Commands → durable, ordered, gapless log, through the command bus, beside a raw batched insert and the framework's own event store. */
@Command(
        name = "write",
        description =
                "Commands to durable events, beside a raw batched insert and the framework's own JDBC event store.")
final class WriteBench implements Callable<Integer> {
    private static final int RAW_BATCH = 1_000;

    @Option(
            names = "--messages",
            defaultValue = "100000",
            description = "Messages of one round (default ${DEFAULT-VALUE}).")
    private int messages;

    @Option(names = "--agents", defaultValue = "1000", description = "Agents that send (default ${DEFAULT-VALUE}).")
    private int agents;

    @Option(names = "--in-flight", defaultValue = "1024", description = "Commands at once (default ${DEFAULT-VALUE}).")
    private int inFlight;

    @Option(
            names = "--rounds",
            defaultValue = "3",
            description = "Rounds; medians are reported (default ${DEFAULT-VALUE}).")
    private int rounds;

    @Option(names = "--out", description = "Also write the JSON to this file.")
    private @Nullable Path out;

    @Override
    public Integer call() throws Exception {
        Map<String, List<Double>> perSecond = new LinkedHashMap<>();
        for (int round = 0; round < rounds; round++) {
            String run = "r" + round;
            add(perSecond, "rawBatchedInsert", raw(run));
            add(perSecond, "commandsOneMessageEach", ours(run, 1));
            add(perSecond, "commandsOneMessageEachPerAgentBatch100", ours(run, 100));
            add(perSecond, "frameworkJdbcEventStore16Threads", outOfTheBox(run));
            System.err.println("round " + (round + 1) + " of " + rounds + ": " + perSecond);
        }
        double raw = Report.median(values(perSecond, "rawBatchedInsert"));
        double single = Report.median(values(perSecond, "commandsOneMessageEach"));
        double batched = Report.median(values(perSecond, "commandsOneMessageEachPerAgentBatch100"));
        double framework = Report.median(values(perSecond, "frameworkJdbcEventStore16Threads"));
        new Report("write")
                .put("messages", messages)
                .put("agents", agents)
                .put("inFlight", inFlight)
                .put("messagesPerSecond", perSecond)
                .put(
                        "medianRatios",
                        Map.of(
                                "singleToRaw", Report.rounded(single / raw),
                                "batchedToRaw", Report.rounded(batched / raw),
                                "singleToFramework", Report.rounded(single / framework),
                                "batchedToFramework", Report.rounded(batched / framework)))
                .put("targets", Map.of("toRaw", 0.5, "toFramework", 20))
                .write(out);
        return 0;
    }

    private double raw(String run) throws SQLException {
        TestDatabase database = TestDatabase.fresh(Schema::migrate);
        EventSerializer serializer = EventSerializer.create();
        Traffic traffic = new Traffic(run, agents);
        List<byte[]> payloads = new ArrayList<>(messages);
        List<Message> said = new ArrayList<>(messages);
        for (int i = 0; i < messages; i++) {
            Message message = traffic.message(i);
            said.add(message);
            payloads.add(serializer
                    .serialize(new MessageRecorded(message, Instant.EPOCH), byte[].class)
                    .getData());
        }
        byte[] metadata = "{}".getBytes(StandardCharsets.UTF_8);
        try (HikariDataSource pool = pool(database, 1);
                Connection connection = pool.getConnection()) {
            try (Statement names = connection.createStatement()) {
                names.execute("insert into log_name (name) values ('Agent'), ('MessageRecorded')");
            }
            connection.setAutoCommit(false);
            long start = System.nanoTime();
            try (PreparedStatement insert = connection.prepareStatement(
                    "insert into event_log (position, event_id, aggregate_type, payload_type, sequence, recorded_at, aggregate_id, revision, payload, metadata)"
                            + " values (?, ?, 1, 2, ?, ?, ?, '1', ?, ?)")) {
                for (int i = 0; i < messages; i++) {
                    Message message = said.get(i);
                    insert.setLong(1, i + 1L);
                    insert.setObject(2, MessageIds.eventId(message.networkId(), message.messageId()));
                    insert.setLong(3, i);
                    insert.setTimestamp(4, Timestamp.from(Instant.EPOCH));
                    insert.setString(5, message.sender().toString());
                    insert.setBytes(6, payloads.get(i));
                    insert.setBytes(7, metadata);
                    insert.addBatch();
                    if ((i + 1) % RAW_BATCH == 0 || i + 1 == messages) {
                        insert.executeBatch();
                        connection.commit();
                    }
                }
            }
            return perSecond(messages, start);
        }
    }

    private double ours(String run, int batch) throws Exception {
        TestDatabase database = TestDatabase.fresh(Schema::migrate);
        try (ConfigurableApplicationContext context = commandSide(database, CommandSide.class)) {
            Commands commands = context.getBean(Commands.class);
            warmUp(commands);
            double perSecond = batch == 1 ? singles(commands, run, messages, inFlight) : batches(commands, run, batch);
            verifyGapless(database);
            return perSecond;
        }
    }

    private double outOfTheBox(String run) throws Exception {
        TestDatabase database = TestDatabase.fresh(Schema::migrate);
        try (ConfigurableApplicationContext context =
                commandSide(database, CommandSide.class, FrameworkEventStore.class)) {
            Commands commands = context.getBean(Commands.class);
            // Slow enough that a tenth of the messages gives a steady figure.
            return singles(commands, run, Math.max(1_000, messages / 10), 16);
        }
    }

    private void warmUp(Commands commands) throws Exception {
        singles(commands, "warm-up", Math.min(20_000, messages), inFlight);
    }

    private double singles(Commands commands, String run, int count, int threads) throws Exception {
        Traffic traffic = new Traffic(run, agents);
        AtomicInteger next = new AtomicInteger();
        long start = System.nanoTime();
        inParallel(threads, () -> {
            for (int i = next.getAndIncrement(); i < count; i = next.getAndIncrement()) {
                commands.send(new RecordMessage(traffic.message(i)));
            }
        });
        return perSecond(count, start);
    }

    private double batches(Commands commands, String run, int batch) throws Exception {
        Traffic traffic = new Traffic(run, agents);
        int rounds = messages / agents / batch + (messages / agents % batch == 0 ? 0 : 1);
        AtomicInteger next = new AtomicInteger();
        int chunks = Math.max(1, rounds) * agents;
        int perAgent = messages / agents;
        long start = System.nanoTime();
        AtomicInteger sent = new AtomicInteger();
        inParallel(Math.min(inFlight, 64), () -> {
            for (int c = next.getAndIncrement(); c < chunks; c = next.getAndIncrement()) {
                int agent = c % agents;
                int from = c / agents * batch;
                List<Message> chunk = IntStream.range(from, Math.min(from + batch, perAgent))
                        .mapToObj(k -> traffic.message(agent + (long) k * agents))
                        .toList();
                if (!chunk.isEmpty()) {
                    commands.send(new RecordMessages(new AgentKey(NetworkId.DEFAULT, traffic.agent(agent)), chunk));
                    sent.addAndGet(chunk.size());
                }
            }
        });
        return perSecond(sent.get(), start);
    }

    private static void inParallel(int threads, Runnable work) throws Exception {
        try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> running = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                running.add(executor.submit(work));
            }
            for (Future<?> task : running) {
                task.get();
            }
        }
    }

    private static void verifyGapless(TestDatabase database) throws SQLException {
        try (Connection connection = database.owner().getConnection();
                Statement statement = connection.createStatement();
                ResultSet rows =
                        statement.executeQuery("select count(*), max(position), min(position) from event_log")) {
            rows.next();
            if (rows.getLong(1) != rows.getLong(2) || rows.getLong(3) != 1) {
                throw new IllegalStateException("the log has " + rows.getLong(1) + " events up to position "
                        + rows.getLong(2) + "; expected as many as positions");
            }
        }
    }

    private static ConfigurableApplicationContext commandSide(TestDatabase database, Class<?>... configurations) {
        return new SpringApplicationBuilder(configurations)
                .web(WebApplicationType.NONE)
                .bannerMode(org.springframework.boot.Banner.Mode.OFF)
                .logStartupInfo(false)
                .properties(Map.of(
                        "skein.command.database.url", database.url(),
                        "skein.command.database.username", "postgres",
                        "spring.main.allow-bean-definition-overriding", "true",
                        "logging.level.root", "ERROR"))
                .run();
    }

    private static HikariDataSource pool(TestDatabase database, int connections) {
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(database.url() + "?reWriteBatchedInserts=true");
        config.setUsername("postgres");
        config.setMaximumPoolSize(connections);
        return new HikariDataSource(config);
    }

    private static double perSecond(int count, long startNanos) {
        return Math.round(count / ((System.nanoTime() - startNanos) / 1e9));
    }

    private static void add(Map<String, List<Double>> results, String name, double value) {
        results.computeIfAbsent(name, key -> new ArrayList<>()).add(value);
    }

    private static List<Double> values(Map<String, List<Double>> results, String name) {
        return results.getOrDefault(name, List.of());
    }

    /** The same aggregates on the event store that the framework brings: one command is one transaction. */
    @Configuration(proxyBeanMethods = false)
    static class FrameworkEventStore {
        @Bean
        EventStore commandEventStore(@Qualifier("commandDataSource") HikariDataSource dataSource) {
            JdbcEventStorageEngine engine = JdbcEventStorageEngine.builder()
                    .connectionProvider(new DataSourceConnectionProvider(dataSource))
                    .transactionManager(NoTransactionManager.INSTANCE)
                    .eventSerializer(EventSerializer.create())
                    .snapshotSerializer(EventSerializer.create())
                    .build();
            engine.createSchema(PostgresEventTableFactory.INSTANCE);
            return EmbeddedEventStore.builder().storageEngine(engine).build();
        }
    }
}
