package io.skein.command.ingest.http;

import io.skein.command.ingest.CloudEventHeaders;
import io.skein.command.ingest.CloudEventParser;
import io.skein.command.ingest.DeadLetter;
import io.skein.command.ingest.DeadLetters;
import io.skein.command.ingest.IngestCounts;
import io.skein.command.ingest.IngestSettings;
import io.skein.command.ingest.MessageParser;
import io.skein.command.ingest.MessageRecorder;
import io.skein.command.ingest.Parsed;
import io.skein.command.ingest.a2a.A2aMessages;
import io.skein.kernel.message.MessageLimits;
import io.skein.kernel.problem.Reason;
import io.skein.kernel.problem.Refusal;
import io.skein.kernel.problem.RefusedException;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.util.UriUtils;

/** {@code POST /v1/messages}: one message, an array, or one a line. */
@RestController("commandMessagesDoor")
class MessagesDoor {
    private static final MediaType NDJSON = MediaType.parseMediaType("application/x-ndjson");
    private static final MediaType CLOUD_EVENT = MediaType.parseMediaType("application/cloudevents+json");
    private static final MediaType CLOUD_EVENTS = MediaType.parseMediaType("application/cloudevents-batch+json");
    private static final MediaType A2A = MediaType.parseMediaType("application/a2a+json");
    private static final String ATTRIBUTE = "ce-";
    private static final int MAX_MESSAGES = 100_000;

    private final MessageParser parser;
    private final CloudEventParser cloudEvents;
    private final A2aMessages a2a;
    private final MessageRecorder recorder;
    private final DeadLetters deadLetters;
    private final IngestCounts counts;
    private final IngestSettings settings;
    private final Clock clock;

    MessagesDoor(
            MessageParser parser,
            CloudEventParser cloudEvents,
            A2aMessages a2a,
            MessageRecorder recorder,
            DeadLetters deadLetters,
            IngestCounts counts,
            IngestSettings settings,
            @Qualifier("commandClock") Clock clock) {
        this.parser = parser;
        this.cloudEvents = cloudEvents;
        this.a2a = a2a;
        this.recorder = recorder;
        this.deadLetters = deadLetters;
        this.counts = counts;
        this.settings = settings;
        this.clock = clock;
    }

    @PostMapping("/v1/messages")
    ResponseEntity<byte[]> post(
            HttpServletRequest request,
            @RequestHeader(name = HttpHeaders.CONTENT_TYPE, defaultValue = "application/json") MediaType type,
            @RequestHeader(name = HttpHeaders.CONTENT_ENCODING, required = false) String encoding)
            throws IOException {
        InputStream body = Body.decoded(request.getInputStream(), encoding, settings.maxCompressedRatio());
        Receiving receiving = new Receiving(recorder, deadLetters, counts, clock);
        if (NDJSON.isCompatibleWith(type)) {
            return lines(new Lines(body, MessageLimits.MAX_MESSAGE_BYTES), receiving);
        }
        boolean json = MediaType.APPLICATION_JSON.isCompatibleWith(type);
        boolean cloudEvent = CLOUD_EVENT.isCompatibleWith(type) || CLOUD_EVENTS.isCompatibleWith(type);
        boolean a2aMessage = A2A.isCompatibleWith(type);
        if (!json && !cloudEvent && !a2aMessage) {
            throw new RefusedException(new Refusal(
                    Reason.INVALID,
                    "",
                    "Content-Type is not known; expected application/json, application/x-ndjson, application/cloudevents+json, "
                            + "application/cloudevents-batch+json or application/a2a+json"));
        }
        byte[] bytes = Body.readAll(body, settings.maxRequestSize().toBytes());
        if (json && request.getHeader(ATTRIBUTE + "specversion") != null) {
            Map<String, String> attributes = attributes(request);
            Map<String, String> headers = new LinkedHashMap<>();
            attributes.forEach((name, value) -> headers.put(CloudEventHeaders.PREFIX + name, value));
            DeadLetter.Form binary = new DeadLetter.Form(DeadLetter.Form.CLOUD_EVENT_BINARY, headers);
            return one(cloudEvents.binary(attributes, bytes), bytes, receiving, binary);
        }
        A2aMessages.Known known = new A2aMessages.Known(
                request.getParameter("agent"),
                request.getParameter("target"),
                request.getParameter("network"),
                request.getParameter("timestamp"));
        Dialect dialect = a2aMessage
                ? (all, offset, length) -> a2a.parse(all, offset, length, known)
                : cloudEvent ? cloudEvents::structured : parser::parse;
        DeadLetter.Form form =
                a2aMessage ? a2a(known) : cloudEvent ? DeadLetter.Form.CLOUD_EVENT : DeadLetter.Form.MESSAGE;
        return Elements.isArray(bytes)
                ? array(dialect, bytes, receiving, form)
                : one(dialect.parse(bytes, 0, bytes.length), bytes, receiving, form);
    }

    private interface Dialect {
        Parsed parse(byte[] bytes, int offset, int length);
    }

    private static DeadLetter.Form a2a(A2aMessages.Known known) {
        Map<String, String> said = new LinkedHashMap<>();
        put(said, "agent", known.agentId());
        put(said, "target", known.targetAgent());
        put(said, "network", known.networkId());
        put(said, "timestamp", known.timestamp());
        return new DeadLetter.Form(DeadLetter.Form.A2A, said);
    }

    private static void put(Map<String, String> said, String name, @Nullable String value) {
        if (value != null) {
            said.put(name, value);
        }
    }

    private static Map<String, String> attributes(HttpServletRequest request) {
        Map<String, String> attributes = new LinkedHashMap<>();
        for (String header : Collections.list(request.getHeaderNames())) {
            String name = header.toLowerCase(Locale.ROOT);
            if (name.startsWith(ATTRIBUTE)) {
                // The HTTP binding of CloudEvents percent-encodes what a header cannot carry.
                attributes.put(
                        name.substring(ATTRIBUTE.length()),
                        UriUtils.decode(request.getHeader(header), StandardCharsets.UTF_8));
            }
        }
        return attributes;
    }

    private ResponseEntity<byte[]> one(Parsed parsed, byte[] bytes, Receiving receiving, DeadLetter.Form form) {
        receiving.add(parsed, bytes, 0, Math.min(bytes.length, DeadLetters.MAX_ORIGINAL_BYTES), form);
        Receiving.Result result = receiving.finish().results().getFirst();
        Receiving.Problem problem = result.problem();
        if (problem != null) {
            return Problems.of(
                    new Refusal(problem.reason(), problem.field() == null ? "" : problem.field(), problem.detail()));
        }
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("messageId", result.messageId());
        answer.put("status", result.status());
        answer.put("position", result.position());
        return Answers.json(answer);
    }

    private ResponseEntity<byte[]> array(Dialect dialect, byte[] bytes, Receiving receiving, DeadLetter.Form form) {
        for (Elements.Slice slice : elements(bytes, receiving, form)) {
            receiving.add(
                    dialect.parse(bytes, slice.offset(), slice.length()), bytes, slice.offset(), slice.length(), form);
        }
        return several(receiving);
    }

    /** Where some are to be sent again, the answer says when, as it does where all are. */
    private static ResponseEntity<byte[]> several(Receiving receiving) {
        Receiving.Summary summary = receiving.finish();
        return receiving.isToBeRepeated() ? Answers.json(summary, Problems.RETRY_AFTER_SECONDS) : Answers.json(summary);
    }

    private Iterable<Elements.Slice> elements(byte[] bytes, Receiving receiving, DeadLetter.Form form) {
        try {
            return Elements.of(bytes);
        } catch (RefusedException refused) {
            receiving.add(
                    new Parsed.NotUnderstood(refused.refusal(), null, null),
                    bytes,
                    0,
                    Math.min(bytes.length, DeadLetters.MAX_ORIGINAL_BYTES),
                    form);
            receiving.finish();
            throw refused;
        }
    }

    private ResponseEntity<byte[]> lines(Lines lines, Receiving receiving) throws IOException {
        for (Lines.Line line = lines.next(); line != null; line = lines.next()) {
            byte[] bytes = line.bytes();
            if (receiving.size() == MAX_MESSAGES) {
                receiving.add(
                        new Parsed.NotUnderstood(
                                new Refusal(
                                        Reason.OVERLOADED,
                                        "",
                                        "request has more than " + MAX_MESSAGES
                                                + " messages; from here on it was not read: send the rest in another"),
                                null,
                                null),
                        bytes,
                        0,
                        bytes.length,
                        DeadLetter.Form.MESSAGE);
                break;
            }
            Parsed parsed = line.length() > MessageLimits.MAX_MESSAGE_BYTES
                    ? new Parsed.NotUnderstood(
                            new Refusal(
                                    Reason.TOO_LARGE,
                                    "",
                                    "message has " + line.length() + " bytes; expected at most "
                                            + MessageLimits.MAX_MESSAGE_BYTES),
                            null,
                            null)
                    : parser.parse(bytes);
            receiving.add(parsed, bytes, 0, bytes.length, DeadLetter.Form.MESSAGE);
        }
        return several(receiving);
    }
}
