package io.skein.command.ingest.otlp;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.skein.command.ingest.DeadLetters;
import io.skein.command.ingest.IngestSettings;
import io.skein.command.ingest.MessageRecorder;
import java.time.Clock;
import javax.sql.DataSource;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Configuration(value = "commandOtlpConfiguration", proxyBeanMethods = false)
@EnableConfigurationProperties(OtlpSettings.class)
class OtlpConfiguration {
    @Bean
    OtlpCounts commandOtlpCounts(ObjectProvider<MeterRegistry> meters) {
        return new OtlpCounts(meters.getIfAvailable(SimpleMeterRegistry::new));
    }

    @Bean
    SpanStore commandSpanStore(@Qualifier("commandDataSource") DataSource dataSource) {
        return new SpanStore(dataSource);
    }

    @Bean
    TraceReceiver commandTraceReceiver(
            SpanStore store,
            MessageRecorder recorder,
            DeadLetters deadLetters,
            OtlpCounts counts,
            @Qualifier("commandClock") Clock clock,
            OtlpSettings settings,
            IngestSettings ingest) {
        return new TraceReceiver(store, recorder, deadLetters, counts, clock, settings, ingest.overloadWait());
    }

    @Bean
    SpanLetters commandSpanLetters(TraceReceiver receiver) {
        return new SpanLetters(receiver);
    }

    @Bean
    SpanSweeper commandSpanSweeper(SpanStore store, TraceReceiver receiver, OtlpCounts counts, OtlpSettings settings) {
        return new SpanSweeper(store, receiver, counts, settings);
    }

    @Bean
    OtlpGrpcServer commandOtlpGrpcServer(OtlpSettings settings, TraceReceiver receiver, IngestSettings ingest) {
        int maxBytes = (int) Math.min(Integer.MAX_VALUE, ingest.maxRequestSize().toBytes());
        return new OtlpGrpcServer(settings, new TracesGrpc(receiver), maxBytes);
    }
}
