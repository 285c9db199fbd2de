package io.skein.command.ingest.http;

import io.skein.command.ingest.DeadLetters;
import io.skein.command.ingest.IngestCounts;
import io.skein.command.ingest.IngestSettings;
import io.skein.command.ingest.MessageParser;
import io.skein.command.ingest.MessageRecorder;
import io.skein.command.ingest.Parsed;
import io.skein.kernel.message.MessageLimits;
import io.skein.kernel.problem.Reason;
import io.skein.kernel.problem.Refusal;
import io.skein.kernel.problem.RefusedException;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.io.InputStream;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.Map;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RestController;

/** {@code POST /v1/messages}: one message, an array, or one a line. */
@RestController("commandMessagesDoor")
class MessagesDoor {
    private static final MediaType NDJSON = MediaType.parseMediaType("application/x-ndjson");
    private static final int MAX_MESSAGES = 100_000;

    private final MessageParser parser;
    private final MessageRecorder recorder;
    private final DeadLetters deadLetters;
    private final IngestCounts counts;
    private final IngestSettings settings;
    private final Clock clock;

    MessagesDoor(
            MessageParser parser,
            MessageRecorder recorder,
            DeadLetters deadLetters,
            IngestCounts counts,
            IngestSettings settings,
            @Qualifier("commandClock") Clock clock) {
        this.parser = parser;
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
        if (!MediaType.APPLICATION_JSON.isCompatibleWith(type)) {
            throw new RefusedException(new Refusal(
                    Reason.INVALID,
                    "",
                    "Content-Type is not known; expected application/json or application/x-ndjson"));
        }
        byte[] bytes = Body.readAll(body, settings.maxRequestSize().toBytes());
        return Elements.isArray(bytes) ? array(bytes, receiving) : one(bytes, receiving);
    }

    private ResponseEntity<byte[]> one(byte[] bytes, Receiving receiving) {
        receiving.add(parser.parse(bytes), bytes, 0, Math.min(bytes.length, DeadLetters.MAX_ORIGINAL_BYTES));
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

    private ResponseEntity<byte[]> array(byte[] bytes, Receiving receiving) {
        for (Elements.Slice slice : elements(bytes, receiving)) {
            receiving.add(parser.parse(bytes, slice.offset(), slice.length()), bytes, slice.offset(), slice.length());
        }
        return Answers.json(receiving.finish());
    }

    private Iterable<Elements.Slice> elements(byte[] bytes, Receiving receiving) {
        try {
            return Elements.of(bytes);
        } catch (RefusedException refused) {
            receiving.add(
                    new Parsed.NotUnderstood(refused.refusal(), null, null),
                    bytes,
                    0,
                    Math.min(bytes.length, DeadLetters.MAX_ORIGINAL_BYTES));
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
                        bytes.length);
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
            receiving.add(parsed, bytes, 0, bytes.length);
        }
        return Answers.json(receiving.finish());
    }
}
