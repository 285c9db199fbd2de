package io.skein.projection.engine;

import io.skein.eventlog.EventSerializer;
import io.skein.eventlog.LogReader;
import io.skein.projection.engine.ProjectionControls.Control;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import javax.sql.DataSource;
import org.axonframework.eventhandling.StreamingEventProcessor;
import org.axonframework.eventhandling.TrackingEventProcessor;
import org.axonframework.eventhandling.TrackingEventProcessorConfiguration;
import org.axonframework.eventhandling.tokenstore.TokenStore;
import org.axonframework.eventhandling.tokenstore.jdbc.JdbcTokenStore;
import org.axonframework.eventhandling.tokenstore.jdbc.TokenSchema;
import org.axonframework.messaging.StreamableMessageSource;
import org.axonframework.messaging.unitofwork.RollbackConfigurationType;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.datasource.DataSourceUtils;
import org.springframework.jdbc.datasource.TransactionAwareDataSourceProxy;
import org.springframework.transaction.PlatformTransactionManager;

/** Runs each projection in a streaming processor of its own, one segment each, on a thread of its own. */
public final class ProjectionProcessors implements AutoCloseable {
    private record Running(Projection projection, BatchingInvoker invoker, StreamingEventProcessor processor) {}

    private static final int STOPPED_WITHIN_SECONDS = 60;

    private final Map<String, Running> running = Collections.synchronizedMap(new LinkedHashMap<>());
    private final Function<Projection, Running> open;
    private final DataSource dataSource;

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
        this.dataSource = dataSource;
        TransactionAwareDataSourceProxy bound = new TransactionAwareDataSourceProxy(dataSource);
        SpringTransactions transactionManager = new SpringTransactions(transactions);
        TokenStore tokens = JdbcTokenStore.builder()
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
        this.open = projection -> {
            BatchingInvoker invoker = new BatchingInvoker(projection, () -> transactionOf(dataSource), attempts);
            // One thread reads and works: what the pooled kind gains by sharing threads it loses by its small buffer
            // between the two.
            StreamingEventProcessor processor = TrackingEventProcessor.builder()
                    .name(projection.name())
                    .eventHandlerInvoker(invoker)
                    .messageSource(log)
                    .tokenStore(tokens)
                    .transactionManager(transactionManager)
                    .rollbackConfiguration(RollbackConfigurationType.ANY_THROWABLE)
                    .trackingEventProcessorConfiguration(
                            TrackingEventProcessorConfiguration.forSingleThreadedProcessing()
                                    .andBatchSize(batchSize)
                                    .andInitialTrackingToken(StreamableMessageSource::createTailToken)
                                    .andTokenClaimInterval(1, TimeUnit.SECONDS)
                                    .andEventAvailabilityTimeout(1, TimeUnit.SECONDS)
                                    .andWorkerTerminationTimeout(STOPPED_WITHIN_SECONDS, TimeUnit.SECONDS)
                                    .andThreadFactory(name -> Thread.ofPlatform()
                                            .daemon()
                                            .name("skein-projection-" + name)
                                            .factory()))
                    .build();
            return new Running(projection, invoker, processor);
        };
        projections.forEach(projection -> running.put(projection.name(), open.apply(projection)));
    }

    private static Connection transactionOf(DataSource dataSource) {
        return DataSourceUtils.getConnection(dataSource);
    }

    /** Starts all but those that are to stand still. */
    public void start() {
        Map<String, Control> controls = controls();
        List.copyOf(running.values()).forEach(one -> {
            if (controls.getOrDefault(one.projection().name(), Control.AS_CODED).runs()) {
                one.processor().start();
            }
        });
    }

    private Map<String, Control> controls() {
        try (Connection database = dataSource.getConnection()) {
            return ProjectionControls.all(database);
        } catch (SQLException failure) {
            throw new IllegalStateException("how the projections are meant to run could not be read", failure);
        }
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

    /** Stops it for good; a batch that outlives the stop cannot commit. */
    void stop(String name) {
        one(name).processor().shutDown();
        one(name).invoker().retire();
    }

    /** Stops it; it is started again with another instance. */
    public void halt(String name) {
        stop(name);
    }

    /** Starts another instance in its place. */
    public void startAnother(Projection projection) {
        one(projection.name());
        Running again = open.apply(projection);
        running.put(projection.name(), again);
        again.processor().start();
    }

    /** Starts it as if the process had just begun. A stopped processor is not started again: it may still be on its way to stop. */
    void startAgain(String name) {
        Projection projection = one(name).projection();
        projection.forget();
        Running again = open.apply(projection);
        running.put(name, again);
        again.processor().start();
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
        List.copyOf(running.values()).stream()
                .map(one -> one.processor().shutdownAsync())
                .toList()
                .forEach(stopped -> stopped.orTimeout(20, TimeUnit.SECONDS)
                        .exceptionally(late -> null)
                        .join());
    }
}
