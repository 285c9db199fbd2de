package io.skein.command.bus;

import io.skein.command.quarantine.QuarantinedAgents;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.axonframework.commandhandling.CommandBus;
import org.axonframework.commandhandling.SimpleCommandBus;
import org.axonframework.commandhandling.gateway.CommandGateway;
import org.axonframework.commandhandling.gateway.DefaultCommandGateway;
import org.axonframework.eventhandling.DomainEventMessage;
import org.axonframework.eventsourcing.AbstractAggregateFactory;
import org.axonframework.eventsourcing.AggregateFactory;
import org.axonframework.eventsourcing.AggregateSnapshotter;
import org.axonframework.eventsourcing.EventCountSnapshotTriggerDefinition;
import org.axonframework.eventsourcing.EventSourcingRepository;
import org.axonframework.eventsourcing.NoSnapshotTriggerDefinition;
import org.axonframework.eventsourcing.SnapshotTriggerDefinition;
import org.axonframework.eventsourcing.Snapshotter;
import org.axonframework.eventsourcing.eventstore.EventStore;
import org.axonframework.messaging.annotation.ClasspathHandlerDefinition;
import org.axonframework.messaging.annotation.ClasspathParameterResolverFactory;
import org.axonframework.messaging.annotation.HandlerDefinition;
import org.axonframework.messaging.annotation.MultiParameterResolverFactory;
import org.axonframework.messaging.annotation.ParameterResolverFactory;
import org.axonframework.messaging.annotation.SimpleResourceParameterResolverFactory;
import org.axonframework.modelling.command.AggregateAnnotationCommandHandler;
import org.axonframework.modelling.command.Repository;
import org.axonframework.modelling.command.inspection.AnnotatedAggregateMetaModelFactory;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * The framework's command side, put together by hand: its own configurer would bring a component that reports usage to the framework's vendor,
 * and nothing here shall contact any server that is not configured.
 */
@Configuration(value = "commandBusConfiguration", proxyBeanMethods = false)
@EnableConfigurationProperties(CommandBusSettings.class)
class CommandBusConfiguration {
    @Bean
    Clock commandClock() {
        // The log keeps microseconds; what is decided and what is stored shall say the same.
        return Clock.tick(Clock.systemUTC(), Duration.ofNanos(1_000));
    }

    @Bean(destroyMethod = "shutdown")
    ExecutorService commandSnapshotExecutor() {
        return Executors.newSingleThreadExecutor(
                Thread.ofPlatform().daemon().name("skein-snapshots").factory());
    }

    @Bean
    SimpleCommandBus commandBus(
            List<AggregateRegistration<?>> registrations,
            @Qualifier("commandEventStore") EventStore eventStore,
            @Qualifier("commandClock") Clock clock,
            @Qualifier("commandSnapshotExecutor") ExecutorService snapshotExecutor,
            QuarantinedAgents quarantined,
            CommandBusSettings settings) {
        eventStore.registerDispatchInterceptor(new EventIds());
        SimpleCommandBus bus = SimpleCommandBus.builder().build();
        bus.registerHandlerInterceptor(new AppendedPositions());
        ParameterResolverFactory parameters = MultiParameterResolverFactory.ordered(
                ClasspathParameterResolverFactory.forClassLoader(CommandBusConfiguration.class.getClassLoader()),
                new SimpleResourceParameterResolverFactory(List.of(clock, quarantined)));
        HandlerDefinition handlers =
                ClasspathHandlerDefinition.forClassLoader(CommandBusConfiguration.class.getClassLoader());
        Map<Class<?>, Repository<?>> repositories = new LinkedHashMap<>();
        List<AggregateFactory<?>> factories = new ArrayList<>();
        registrations.forEach(registration -> factories.add(new Factory<>(registration, parameters, handlers)));
        Snapshotter snapshotter = AggregateSnapshotter.builder()
                .eventStore(eventStore)
                .executor(snapshotExecutor)
                .aggregateFactories(factories)
                .repositoryProvider(new org.axonframework.modelling.command.RepositoryProvider() {
                    @Override
                    @SuppressWarnings({"unchecked", "NullAway"})
                    public <T> Repository<T> repositoryFor(Class<T> aggregate) {
                        return (Repository<T>) repositories.get(aggregate);
                    }
                })
                .parameterResolverFactory(parameters)
                .handlerDefinition(handlers)
                .build();
        for (AggregateRegistration<?> registration : registrations) {
            repositories.put(
                    registration.aggregate(),
                    subscribe(registration, bus, eventStore, snapshotter, parameters, handlers, settings));
        }
        return bus;
    }

    @Bean
    CommandGateway commandGateway(@Qualifier("commandBus") CommandBus bus) {
        return DefaultCommandGateway.builder().commandBus(bus).build();
    }

    @Bean
    Commands commandSender(@Qualifier("commandBus") CommandBus bus) {
        return new Commands(bus);
    }

    private static <T> Repository<T> subscribe(
            AggregateRegistration<T> registration,
            CommandBus bus,
            EventStore eventStore,
            Snapshotter snapshotter,
            ParameterResolverFactory parameters,
            HandlerDefinition handlers,
            CommandBusSettings settings) {
        SnapshotTriggerDefinition trigger = registration.snapshotEveryEvents() > 0
                ? new EventCountSnapshotTriggerDefinition(snapshotter, registration.snapshotEveryEvents())
                : NoSnapshotTriggerDefinition.INSTANCE;
        EventSourcingRepository<T> repository = EventSourcingRepository.builder(registration.aggregate())
                .eventStore(eventStore)
                .aggregateFactory(new Factory<>(registration, parameters, handlers))
                .lockFactory(new AggregateLocks(Duration.ofSeconds(30)))
                .cache(new CaffeineAggregateCache(settings.cachedAggregates()))
                .snapshotTriggerDefinition(trigger)
                .parameterResolverFactory(parameters)
                .handlerDefinition(handlers)
                .build();
        AggregateAnnotationCommandHandler.<T>builder()
                .aggregateType(registration.aggregate())
                .repository(repository)
                .commandTargetResolver(new CommandTargets())
                .parameterResolverFactory(parameters)
                .handlerDefinition(handlers)
                .creationPolicyAggregateFactory(
                        identifier -> registration.factory().get())
                .build()
                .subscribe(bus);
        return repository;
    }

    private static final class Factory<T> extends AbstractAggregateFactory<T> {
        private final AggregateRegistration<T> registration;

        /** The model is made here: the one that the class alone gives knows none of our parameters. */
        Factory(
                AggregateRegistration<T> registration,
                ParameterResolverFactory parameters,
                HandlerDefinition handlers) {
            super(AnnotatedAggregateMetaModelFactory.inspectAggregate(registration.aggregate(), parameters, handlers));
            this.registration = registration;
        }

        @Override
        protected T doCreateAggregate(String aggregateIdentifier, DomainEventMessage firstEvent) {
            return registration.factory().get();
        }
    }
}
