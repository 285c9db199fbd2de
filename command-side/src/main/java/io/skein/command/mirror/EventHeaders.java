package io.skein.command.mirror;

import io.skein.command.ingest.CloudEventHeaders;
import io.skein.kernel.agent.MessageBlocked;
import io.skein.kernel.agent.MessageRecorded;
import io.skein.kernel.message.JsonText;
import io.skein.kernel.message.Message;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.common.header.Headers;
import org.axonframework.eventhandling.EventMessage;
import org.jspecify.annotations.Nullable;

/**
 * What a mirrored record says of itself to who does not know Skein: the attributes of CloudEvents 1.0 in Kafka's binary mode, and the W3C trace context of the message
 * that it is about, where that is known.
 */
final class EventHeaders {
    private static final String TRACE_PARENT = "traceparent";
    private static final String TRACE_STATE = "tracestate";
    private static final int MAX_TRACE_STATE = 512;
    /** Version 00 of W3C Trace Context; ids of zeros alone are none. */
    private static final Pattern PARENT = Pattern.compile("00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}");
    /** How the OTLP door names what a span became. */
    private static final Pattern SPAN_MESSAGE = Pattern.compile("([0-9a-f]{32})-([0-9a-f]{16})\\.[qr]");

    private EventHeaders() {}

    /**
     * Adds the headers.
     *
     * @param type of the CloudEvent
     * @param source of the CloudEvent, a URI reference
     */
    static void add(Headers headers, EventMessage<?> event, String type, String source, String subject) {
        cloudEvent(headers, "specversion", "1.0");
        cloudEvent(headers, "id", event.getIdentifier());
        cloudEvent(headers, "source", source);
        cloudEvent(headers, "type", type);
        cloudEvent(headers, "subject", subject);
        cloudEvent(headers, "time", event.getTimestamp().toString());
        header(headers, "content-type", "application/json");
        Message message = message(event.getPayload());
        String parent = message == null ? null : traceParent(message);
        if (message == null || parent == null) {
            return;
        }
        trace(headers, TRACE_PARENT, parent);
        String state = text(message, TRACE_STATE);
        if (state != null && !state.isEmpty() && state.length() <= MAX_TRACE_STATE) {
            trace(headers, TRACE_STATE, state);
        }
    }

    /** A part of a path in a source. */
    static String encoded(String id) {
        return URLEncoder.encode(id, StandardCharsets.UTF_8).replace("+", "%20");
    }

    private static @Nullable Message message(Object payload) {
        return switch (payload) {
            case MessageRecorded recorded -> recorded.message();
            case MessageBlocked blocked -> blocked.message();
            default -> null;
        };
    }

    /** Null where it is not known. */
    static @Nullable String traceParent(Message message) {
        String said = text(message, TRACE_PARENT);
        if (said != null && PARENT.matcher(said).matches()) {
            return said;
        }
        Matcher span = SPAN_MESSAGE.matcher(message.messageId().value());
        if (!message.metadata().containsKey("mappingVersion") || !span.matches()) {
            return null;
        }
        // An exporter sends what was sampled.
        String parent = "00-" + span.group(1) + "-" + span.group(2) + "-01";
        return PARENT.matcher(parent).matches() ? parent : null;
    }

    private static @Nullable String text(Message message, String name) {
        JsonText value = message.metadata().get(name);
        if (value == null || !value.value().startsWith("\"") || value.value().contains("\\")) {
            // Trace context is plain ASCII: what is escaped is something else.
            return null;
        }
        return value.value().substring(1, value.value().length() - 1);
    }

    private static void trace(Headers headers, String name, String value) {
        header(headers, name, value);
        cloudEvent(headers, name, value);
    }

    private static void cloudEvent(Headers headers, String name, String value) {
        header(headers, CloudEventHeaders.PREFIX + name, value);
    }

    private static void header(Headers headers, String name, String value) {
        headers.add(name, value.getBytes(StandardCharsets.UTF_8));
    }
}
