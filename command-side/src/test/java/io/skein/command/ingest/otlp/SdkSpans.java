package io.skein.command.ingest.otlp;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import io.opentelemetry.exporter.internal.otlp.traces.TraceRequestMarshaler;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Spans as the OpenTelemetry SDK for Java makes and writes them, at times that the test chooses. */
final class SdkSpans implements AutoCloseable {
    static final Instant EPOCH = Instant.parse("2026-11-23T10:00:00Z");

    private final List<SpanData> ended = new ArrayList<>();
    private final SdkTracerProvider provider;
    private final Tracer tracer;

    SdkSpans(String serviceName) {
        this(serviceName, null);
    }

    /** @param to gets each span when it ends, as well as this */
    SdkSpans(String serviceName, @Nullable SpanExporter to) {
        var builder = SdkTracerProvider.builder()
                .setResource(Resource.create(Attributes.of(AttributeKey.stringKey("service.name"), serviceName)))
                .addSpanProcessor(SimpleSpanProcessor.create(new Kept()));
        if (to != null) {
            builder.addSpanProcessor(SimpleSpanProcessor.create(to));
        }
        provider = builder.build();
        tracer = provider.get("io.skein.test", "1.0");
    }

    /** Starts a span {@code startMillis} after the epoch. */
    Span start(String name, @Nullable Span parent, SpanKind kind, long startMillis, String... attributes) {
        var builder = tracer.spanBuilder(name)
                .setSpanKind(kind)
                .setStartTimestamp(EPOCH.plusMillis(startMillis))
                .setParent(parent == null ? Context.root() : Context.root().with(parent));
        for (int i = 0; i < attributes.length; i += 2) {
            builder.setAttribute(attributes[i], attributes[i + 1]);
        }
        return builder.startSpan();
    }

    Span agent(String agent, @Nullable Span parent, long startMillis, String... more) {
        return with(
                start(
                        "invoke_agent " + agent,
                        parent,
                        SpanKind.INTERNAL,
                        startMillis,
                        "gen_ai.operation.name",
                        "invoke_agent",
                        "gen_ai.provider.name",
                        "openai",
                        "gen_ai.agent.name",
                        agent),
                more);
    }

    Span tool(String tool, @Nullable Span parent, long startMillis, String... more) {
        return with(
                start(
                        "execute_tool " + tool,
                        parent,
                        SpanKind.INTERNAL,
                        startMillis,
                        "gen_ai.operation.name",
                        "execute_tool",
                        "gen_ai.tool.name",
                        tool),
                more);
    }

    static void end(Span span, long millis) {
        span.end(EPOCH.plusMillis(millis));
    }

    private static Span with(Span span, String... attributes) {
        for (int i = 0; i < attributes.length; i += 2) {
            span.setAttribute(attributes[i], attributes[i + 1]);
        }
        return span;
    }

    /** All that ended so far, in that order. */
    List<SpanData> ended() {
        return List.copyOf(ended);
    }

    static byte[] protobuf(List<SpanData> spans) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            TraceRequestMarshaler.create(spans).writeBinaryTo(bytes);
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        return bytes.toByteArray();
    }

    static byte[] json(List<SpanData> spans) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            TraceRequestMarshaler.create(spans).writeJsonTo(bytes);
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        return bytes.toByteArray();
    }

    static ExportTraceServiceRequest request(List<SpanData> spans) {
        try {
            return ExportTraceServiceRequest.parseFrom(protobuf(spans));
        } catch (com.google.protobuf.InvalidProtocolBufferException impossible) {
            throw new UncheckedIOException(impossible);
        }
    }

    @Override
    public void close() {
        provider.shutdown().join(10, TimeUnit.SECONDS);
    }

    private final class Kept implements SpanExporter {
        @Override
        public CompletableResultCode export(Collection<SpanData> spans) {
            ended.addAll(spans);
            return CompletableResultCode.ofSuccess();
        }

        @Override
        public CompletableResultCode flush() {
            return CompletableResultCode.ofSuccess();
        }

        @Override
        public CompletableResultCode shutdown() {
            return CompletableResultCode.ofSuccess();
        }
    }
}
