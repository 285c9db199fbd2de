package io.skein.command.ingest.http;

import io.skein.command.ingest.CloudEventHeaders;
import io.skein.command.ingest.CloudEventParser;
import io.skein.command.ingest.DeadLetter;
import io.skein.command.ingest.LetterReader;
import io.skein.command.ingest.MessageParser;
import io.skein.command.ingest.MessageRecorder;
import io.skein.command.ingest.Parsed;
import io.skein.command.ingest.RecordResult;
import io.skein.command.ingest.a2a.A2aMessages;
import io.skein.kernel.message.Message;
import io.skein.kernel.problem.Refusal;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;

/** Messages in every dialect that comes by HTTP or Kafka. */
@Order(1)
@Component("commandMessageLetters")
final class MessageLetters implements LetterReader {
    private static final Set<String> DOORS = Set.of("http", "kafka");

    private final MessageParser parser;
    private final CloudEventParser cloudEvents;
    private final A2aMessages a2a;
    private final MessageRecorder recorder;

    MessageLetters(MessageParser parser, CloudEventParser cloudEvents, A2aMessages a2a, MessageRecorder recorder) {
        this.parser = parser;
        this.cloudEvents = cloudEvents;
        this.a2a = a2a;
        this.recorder = recorder;
    }

    @Override
    public boolean reads(String door, String dialect) {
        return DOORS.contains(door);
    }

    @Override
    public @Nullable Refusal again(byte[] original, DeadLetter.Form form) {
        return switch (parsed(original, form)) {
            case Parsed.NotUnderstood(Refusal refusal, var networkId, var messageId) -> refusal;
            case Parsed.Understood(Message message, int bytes) ->
                recorder.record(List.of(message), bytes).getFirst()
                                instanceof RecordResult.Refused(Message same, Refusal refusal)
                        ? refusal
                        : null;
        };
    }

    private Parsed parsed(byte[] original, DeadLetter.Form form) {
        Map<String, String> said = form.attributes();
        return switch (form.dialect()) {
            case DeadLetter.Form.CLOUD_EVENT_BINARY -> cloudEvents.binary(CloudEventHeaders.attributes(said), original);
            case "cloud_event" -> cloudEvents.structured(original, 0, original.length);
            case DeadLetter.Form.A2A ->
                a2a.parse(
                        original,
                        0,
                        original.length,
                        new A2aMessages.Known(
                                said.get("agent"), said.get("target"), said.get("network"), said.get("timestamp")));
            case "message" -> parser.parse(original);
            default -> guessed(original);
        };
    }

    /** Letters from before dialects were kept. */
    private Parsed guessed(byte[] original) {
        Parsed plain = parser.parse(original);
        return plain instanceof Parsed.NotUnderstood
                        && cloudEvents.structured(original, 0, original.length) instanceof Parsed.Understood event
                ? event
                : plain;
    }
}
