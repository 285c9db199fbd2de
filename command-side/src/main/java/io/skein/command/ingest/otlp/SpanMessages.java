package io.skein.command.ingest.otlp;

import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.Status;
import io.skein.kernel.id.AgentId;
import io.skein.kernel.id.MessageId;
import io.skein.kernel.id.NetworkId;
import io.skein.kernel.message.JsonText;
import io.skein.kernel.message.Message;
import io.skein.kernel.message.MessageLimits;
import io.skein.kernel.message.MessageType;
import io.skein.kernel.message.Outcome;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Makes a request and a response of an invocation whose surroundings are decided. A pure function: the same span there gives the same messages. */
final class SpanMessages {
    private static final int MAX_KEPT_CHARACTERS = 1_024;
    private static final long NANOS_PER_SECOND = 1_000_000_000L;
    private static final double NANOS_PER_MILLI = 1e6;

    private SpanMessages() {}

    /** What the span's start and end became. */
    record Pair(Message request, Message response) {}

    static Pair of(NetworkId network, ReceivedSpan received, SpanRole.Invocation invocation, Enclosing enclosing) {
        Span span = received.span();
        Attributes attributes = Attributes.of(span.getAttributesList());
        Attributes resource = Attributes.of(received.resource().getAttributesList());
        AgentId caller = caller(invocation, enclosing, SpanMapping.service(resource));
        Map<String, JsonText> metadata = metadata(received, attributes, resource, invocation, enclosing);
        Map<String, JsonText> responseMetadata = new LinkedHashMap<>(metadata);
        SpanMapping.KEPT_WITH_RESPONSE.forEach(name -> keep(name, attributes, responseMetadata));
        @Nullable JsonText asked = content(attributes, SpanMapping.REQUEST_CONTENT, metadata);
        @Nullable JsonText answered = content(attributes, SpanMapping.RESPONSE_CONTENT, responseMetadata);
        long nanos = span.getEndTimeUnixNano() - span.getStartTimeUnixNano();
        @Nullable
        MessageId cause =
                enclosing instanceof Enclosing.Within(Place around, boolean entered) ? around.requestId() : null;
        Message request = new Message(
                invocation.requestId(),
                network,
                invocation.conversationId(),
                caller,
                List.of(invocation.target()),
                MessageType.REQUEST,
                instant(span.getStartTimeUnixNano()),
                asked,
                cause,
                received.traceId(),
                null,
                List.of(),
                null,
                null,
                metadata);
        Message response = new Message(
                new MessageId(received.traceId() + "-" + received.spanId() + ".r"),
                network,
                invocation.conversationId(),
                invocation.target(),
                List.of(caller),
                MessageType.RESPONSE,
                instant(span.getEndTimeUnixNano()),
                answered,
                invocation.requestId(),
                received.traceId(),
                null,
                List.of(),
                outcome(span, attributes),
                nanos < 0 ? null : nanos / NANOS_PER_MILLI,
                responseMetadata);
        return new Pair(request, response);
    }

    private static AgentId caller(SpanRole.Invocation invocation, Enclosing enclosing, String service) {
        if (invocation.caller() != null) {
            return invocation.caller();
        }
        if (enclosing instanceof Enclosing.Within(Place around, boolean entered) && around.agentId() != null) {
            return around.agentId();
        }
        // A service is often named as the agent in it; the two must not look like an agent that calls itself.
        return new AgentId(service.equals(invocation.target().value()) ? "caller of " + shortened(service) : service);
    }

    private static String shortened(String service) {
        int room = 200;
        return service.codePointCount(0, service.length()) <= room
                ? service
                : service.substring(0, service.offsetByCodePoints(0, room));
    }

    private static Outcome outcome(Span span, Attributes attributes) {
        boolean failed = span.getStatus().getCode() == Status.StatusCode.STATUS_CODE_ERROR;
        return SpanMapping.outcome(failed, attributes.text(SpanMapping.ERROR_TYPE));
    }

    private static Map<String, JsonText> metadata(
            ReceivedSpan received,
            Attributes attributes,
            Attributes resource,
            SpanRole.Invocation invocation,
            Enclosing enclosing) {
        Map<String, JsonText> metadata = new LinkedHashMap<>();
        put("dialect", invocation.dialect().word(), metadata);
        put("mappingVersion", SpanMapping.VERSION, metadata);
        put("invoked", invocation.tool() ? "tool" : "agent", metadata);
        switch (enclosing) {
            case Enclosing.Within within -> {}
            case Enclosing.Outermost outermost -> {
                if (invocation.caller() == null) {
                    put("inferred", "root", metadata);
                }
            }
            case Enclosing.Lost lost -> put("inferred", "window", metadata);
            case Enclosing.Unknown unknown ->
                throw new IllegalStateException(
                        "span " + received.spanId() + " is not decided; expected what encloses it");
        }
        keep(SpanMapping.SERVICE_NAME, resource, metadata);
        put("scope.name", received.scope().getName(), metadata);
        put("scope.version", received.scope().getVersion(), metadata);
        put("span.name", received.span().getName(), metadata);
        SpanMapping.KEPT.forEach(name -> keep(name, attributes, metadata));
        return metadata;
    }

    private static void keep(String name, Attributes attributes, Map<String, JsonText> metadata) {
        AnyValue value = attributes.value(name);
        if (value == null) {
            return;
        }
        switch (value.getValueCase()) {
            case STRING_VALUE -> put(name, value.getStringValue(), metadata);
            case INT_VALUE, BOOL_VALUE, DOUBLE_VALUE -> {
                JsonText json = AttributeJson.json(value);
                if (json != null) {
                    metadata.put(name, json);
                }
            }
            default -> {}
        }
    }

    private static void put(String name, String value, Map<String, JsonText> metadata) {
        if (!value.isEmpty()) {
            int characters = value.codePointCount(0, value.length());
            String kept = characters <= MAX_KEPT_CHARACTERS
                    ? value
                    : value.substring(0, value.offsetByCodePoints(0, MAX_KEPT_CHARACTERS));
            metadata.put(name, AttributeJson.string(kept));
        }
    }

    private static @Nullable JsonText content(Attributes attributes, String[] names, Map<String, JsonText> metadata) {
        for (String name : names) {
            AnyValue value = attributes.value(name);
            if (value == null) {
                continue;
            }
            JsonText content = AttributeJson.content(value);
            int bytes = content == null ? value.getSerializedSize() : AttributeJson.bytes(content);
            if (content != null && bytes <= MessageLimits.MAX_CONTENT_BYTES) {
                return content;
            }
            metadata.put("contentOmittedBytes", new JsonText(Integer.toString(bytes)));
            return null;
        }
        return null;
    }

    private static Instant instant(long unixNanos) {
        return Instant.ofEpochSecond(unixNanos / NANOS_PER_SECOND, unixNanos % NANOS_PER_SECOND);
    }
}
