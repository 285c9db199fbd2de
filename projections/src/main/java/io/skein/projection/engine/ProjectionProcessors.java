package io.skein.projection.engine;

import io.skein.eventlog.EventSerializer;
import io.skein.eventlog.LogReader;
import java.sql.Connection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.axonframework.eventhandling.StreamingEventProcessor;
import org.axonframework.eventhandling.pooled.PooledStreamingEventProcessor;
import org.axonframework.eventhandling.tokenstore.TokenStore;
import org.axonframework.eventhandling.tokenstore.jdbc.JdbcTokenStore;
import org.axonframework.eventhandling.tokenstore.jdbc.TokenSchema;
import org.axonframework.messaging.StreamableMessageSource;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.datasource.DataSourceUtils;
import org.springframework.jdbc.datasource.TransactionAwareDataSourceProxy;
import org.springframework.transaction.PlatformTransactionManager;

/** Runs each projection in a streaming processor of its own, one segment each, on threads they share. */
public final class ProjectionProcessors implements AutoCloseable {
    private record Running(Projection projection, BatchingInvoker invoker, StreamingEventProcessor processor) {}

    private final Map<String, Running> running = new LinkedHashMap<>();
    private final TokenStore tokens;
    private final ScheduledExecutorService coordinators;
    private final ScheduledExecutorService workers;

    /**
     * @param dataSource connects as a role that writes the read tables
     * @param batchSize events of one transaction at most
     * @param attempts how often an event may fail before it is parked
     */
    public ProjectionProcessors(
            List<Projection> projections,
            LogReader log,
            DataSource dataSource,
            PlatformTransactionManager transactions,
            int batchSize,
            int attempts) {
        TransactionAwareDataSourceProxy bound = new TransactionAwareDataSourceProxy(dataSource);
        SpringTransactions transactionManager = new SpringTransactions(transactions);
        this.tokens = JdbcTokenStore.builder()
                .connectionProvider(bound::getConnection)
                .serializer(EventSerializer.create())
                .schema(TokenSchema.builder()
                        .setTokenTable("processor_token")
                        .setProcessorNameColumn("processor")
                        .setSegmentColumn("segment")
                        .setTokenColumn("token")
                        .setTokenTypeColumn("token_type")
                        .setTimestampColumn("timestamp")
                        .setOwnerColumn("owner")
                        .build())
                .contentType(byte[].class)
                .claimTimeout(Duration.ofSeconds(10))
                .build();
        this.coordinators = pool("skein-projection-reader-", Math.max(1, projections.size()));
        this.workers = pool("skein-projection-", Math.max(1, projections.size()));
        for (Projection projection : projections) {
            BatchingInvoker invoker = new BatchingInvoker(projection, () -> transactionOf(dataSource), attempts);
            StreamingEventProcessor processor = PooledStreamingEventProcessor.builder()
                    .name(projection.name())
                    .eventHandlerInvoker(invoker)
                    .messageSource(log)
                    .tokenStore(tokens)
                    .transactionManager(transactionManager)
                    .coordinatorExecutor(coordinators)
                    .workerExecutor(workers)
                    .initialSegmentCount(1)
                    .initialToken(StreamableMessageSource::createTailToken)
                    .tokenClaimInterval(1_000)
                    .batchSize(batchSize)
                    .build();
            running.put(projection.name(), new Running(projection, invoker, processor));
        }
    }

    private static Connection transactionOf(DataSource dataSource) {
        return DataSourceUtils.getConnection(dataSource);
    }

    private static ScheduledExecutorService pool(String name, int threads) {
        return Executors.newScheduledThreadPool(
                threads, Thread.ofPlatform().daemon().name(name, 0).factory());
    }

    public void start() {
        running.values().forEach(one -> one.processor().start());
    }

    /** Names of all projections run here. */
    public List<String> names() {
        return new ArrayList<>(running.keySet());
    }

    /** What went wrong with the newest batch of a projection, as a class name; empty if nothing did. */
    public Optional<String> error(String name) {
        return Optional.ofNullable(one(name).invoker().error());
    }

    /** Whether a thread of this process works for the projection. */
    public boolean isRunning(String name) {
        return one(name).processor().isRunning();
    }

    Projection projection(String name) {
        return one(name).projection();
    }

    void stop(String name) {
        one(name).processor().shutDown();
    }

    /** Starts it again; what it kept in memory is let go first. */
    void startAgain(String name) {
        one(name).invoker().forget();
        one(name).processor().start();
    }

    private Running one(String name) {
        @Nullable Running one = running.get(name);
        if (one == null) {
            throw new IllegalArgumentException("there is no projection '" + name + "'; expected one of " + names());
        }
        return one;
    }

    /** Stops after the batches under way. */
    @Override
    public void close() {
        running.values().stream()
                .map(one -> one.processor().shutdownAsync())
                .toList()
                .forEach(stopped -> stopped.orTimeout(20, TimeUnit.SECONDS)
                        .exceptionally(late -> null)
                        .join());
        coordinators.shutdownNow();
        workers.shutdownNow();
    }
}
