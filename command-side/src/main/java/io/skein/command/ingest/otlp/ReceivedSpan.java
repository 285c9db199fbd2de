package io.skein.command.ingest.otlp;

import com.google.protobuf.InvalidProtocolBufferException;
import io.opentelemetry.proto.common.v1.InstrumentationScope;
import io.opentelemetry.proto.resource.v1.Resource;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.Span;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/** A span with all that it was sent with. */
record ReceivedSpan(Resource resource, InstrumentationScope scope, Span span) {

    String traceId() {
        return HexFormat.of().formatHex(span.getTraceId().toByteArray());
    }

    String spanId() {
        return HexFormat.of().formatHex(span.getSpanId().toByteArray());
    }

    /** Null: a root. */
    @Nullable
    String parentSpanId() {
        byte[] parent = span.getParentSpanId().toByteArray();
        for (byte unit : parent) {
            if (unit != 0) {
                return HexFormat.of().formatHex(parent);
            }
        }
        return null;
    }

    /** The client's or producer's view of a call to somebody else. */
    boolean isOutgoing() {
        return span.getKind() == Span.SpanKind.SPAN_KIND_CLIENT || span.getKind() == Span.SpanKind.SPAN_KIND_PRODUCER;
    }

    byte[] toBytes() {
        return ResourceSpans.newBuilder()
                .setResource(resource)
                .addScopeSpans(ScopeSpans.newBuilder().setScope(scope).addSpans(span))
                .build()
                .toByteArray();
    }

    /** @throws IllegalStateException if the bytes were not made by {@link #toBytes} */
    static ReceivedSpan fromBytes(byte[] bytes) {
        try {
            ResourceSpans spans = ResourceSpans.parseFrom(bytes);
            ScopeSpans scope = spans.getScopeSpans(0);
            return new ReceivedSpan(spans.getResource(), scope.getScope(), scope.getSpans(0));
        } catch (InvalidProtocolBufferException | IndexOutOfBoundsException broken) {
            throw new IllegalStateException("a waiting span of " + bytes.length + " bytes is no span", broken);
        }
    }
}
