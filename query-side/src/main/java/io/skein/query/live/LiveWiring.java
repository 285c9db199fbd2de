package io.skein.query.live;

import com.zaxxer.hikari.HikariDataSource;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.skein.eventlog.KernelJson;
import io.skein.query.reading.ConsistentReads;
import io.skein.query.reading.LiveSource;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.postgresql.ds.PGSimpleDataSource;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;
import org.springframework.core.task.VirtualThreadTaskExecutor;
import org.springframework.http.MediaType;
import org.springframework.messaging.MessageChannel;
import org.springframework.messaging.MessageHeaders;
import org.springframework.messaging.converter.JacksonJsonMessageConverter;
import org.springframework.messaging.converter.MessageConverter;
import org.springframework.messaging.simp.SimpMessagingTemplate;
import org.springframework.messaging.simp.config.ChannelRegistration;
import org.springframework.messaging.simp.config.MessageBrokerRegistry;
import org.springframework.messaging.simp.stomp.StompCommand;
import org.springframework.messaging.simp.stomp.StompHeaderAccessor;
import org.springframework.messaging.support.MessageBuilder;
import org.springframework.scheduling.TaskScheduler;
import org.springframework.web.socket.config.annotation.EnableWebSocketMessageBroker;
import org.springframework.web.socket.config.annotation.StompEndpointRegistry;
import org.springframework.web.socket.config.annotation.StompWebSocketEndpointRegistration;
import org.springframework.web.socket.config.annotation.WebSocketMessageBrokerConfigurer;
import org.springframework.web.socket.config.annotation.WebSocketTransportRegistration;

@Configuration(proxyBeanMethods = false)
@EnableWebSocketMessageBroker
class LiveWiring {
    /** A client only subscribes; its frames are small. */
    private static final int MAX_FRAME_BYTES = 16 * 1024;

    private static final int MAX_MILLIS_TO_FIRST_FRAME = 10_000;

    @Bean
    LiveStreams queryLiveStreams(
            List<LiveSource> sources, ConsistentReads reads, Publisher publisher, LiveProperties pace) {
        Map<String, LiveStream> streams = new TreeMap<>();
        sources.forEach(source -> streams.put(source.stream(), new LiveStream(source, reads, publisher, pace)));
        return new LiveStreams(streams);
    }

    @Bean
    Publisher queryLivePublisher(@Lazy SimpMessagingTemplate broker) {
        Map<String, Object> headers = Map.of(MessageHeaders.CONTENT_TYPE, MediaType.APPLICATION_JSON);
        return (address, delta) -> broker.convertAndSend(address.topic(), delta, headers);
    }

    @Bean
    Refusals queryLiveRefusals(@Lazy @Qualifier("clientOutboundChannel") MessageChannel clientOutboundChannel) {
        return (sessionId, why) -> {
            StompHeaderAccessor error = StompHeaderAccessor.create(StompCommand.ERROR);
            error.setSessionId(sessionId);
            error.setMessage(why);
            error.setLeaveMutable(true);
            clientOutboundChannel.send(MessageBuilder.createMessage(new byte[0], error.getMessageHeaders()));
        };
    }

    @Bean
    Subscriptions queryLiveSubscriptions(LiveStreams streams, Refusals refusals, LiveProperties pace) {
        return new Subscriptions(streams.byName(), refusals, pace.maxSubscriptions());
    }

    @Bean
    MeterBinder queryLiveMeters(Subscriptions subscriptions, LiveStreams streams) {
        return registry -> {
            Gauge.builder("skein.query.live.connections", subscriptions, Subscriptions::connections)
                    .description("connections to the live stream")
                    .register(registry);
            streams.byName()
                    .forEach((name, stream) -> Gauge.builder(
                                    "skein.query.live.networks",
                                    stream,
                                    watched -> watched.watchedNetworks().size())
                            .tag("stream", name)
                            .description("networks that somebody watches")
                            .register(registry));
        };
    }

    @Bean
    LiveGateway queryLiveGateway(LiveStreams streams, @Qualifier("queryDataSource") HikariDataSource queryDataSource) {
        PGSimpleDataSource database = new PGSimpleDataSource();
        database.setUrl(queryDataSource.getJdbcUrl());
        database.setUser(queryDataSource.getUsername());
        database.setPassword(queryDataSource.getPassword());
        database.setApplicationName("skein-query-live");
        database.setTcpKeepAlive(true);
        return new LiveGateway(
                streams.all(), gateway -> new ProjectionListener(database, gateway::onBatch, gateway::onUncertainty));
    }

    /** A thread for each message under way, so that a client slow to take its own holds up nobody else. */
    private static VirtualThreadTaskExecutor threads(String name) {
        return new VirtualThreadTaskExecutor(name);
    }

    @Bean
    WebSocketMessageBrokerConfigurer queryLiveBroker(
            Subscriptions subscriptions,
            LiveProperties pace,
            AllowedOrigins origins,
            @Lazy @Qualifier("messageBrokerTaskScheduler") TaskScheduler heartbeats) {
        return new WebSocketMessageBrokerConfigurer() {
            @Override
            public void registerStompEndpoints(StompEndpointRegistry registry) {
                // A snapshot must be read after the broker has taken on the subscription sent before it.
                registry.setPreserveReceiveOrder(true);
                StompWebSocketEndpointRegistration endpoint = registry.addEndpoint("/live");
                if (!origins.allowedOrigins().isEmpty()) {
                    endpoint.setAllowedOrigins(origins.allowedOrigins().toArray(String[]::new));
                }
            }

            @Override
            public void configureMessageBroker(MessageBrokerRegistry registry) {
                long heartbeat = pace.heartbeat().toMillis();
                registry.enableSimpleBroker("/topic")
                        .setHeartbeatValue(new long[] {heartbeat, heartbeat})
                        .setTaskScheduler(heartbeats);
                registry.setApplicationDestinationPrefixes("/app");
                registry.setPreservePublishOrder(true);
            }

            @Override
            public void configureWebSocketTransport(WebSocketTransportRegistration transport) {
                transport
                        .setMessageSizeLimit(MAX_FRAME_BYTES)
                        .setSendTimeLimit(Math.toIntExact(pace.sendTimeLimit().toMillis()))
                        .setSendBufferSizeLimit(
                                Math.toIntExact(pace.sendBufferLimit().toBytes()))
                        .setTimeToFirstMessage(MAX_MILLIS_TO_FIRST_FRAME)
                        .addDecoratorFactory(handler -> new ObservedConnection(handler, subscriptions));
            }

            @Override
            public void configureClientInboundChannel(ChannelRegistration channel) {
                channel.interceptors(subscriptions).executor(threads("query-live-in-"));
            }

            @Override
            public void configureClientOutboundChannel(ChannelRegistration channel) {
                channel.executor(threads("query-live-out-"));
            }

            @Override
            public boolean configureMessageConverters(List<MessageConverter> converters) {
                converters.addFirst(new JacksonJsonMessageConverter(KernelJson.mapper()));
                return false;
            }
        };
    }
}
