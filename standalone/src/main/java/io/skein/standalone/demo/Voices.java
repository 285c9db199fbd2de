package io.skein.standalone.demo;

import io.skein.eventlog.KernelJson;
import io.skein.kernel.id.AgentId;
import io.skein.kernel.id.ConversationId;
import io.skein.kernel.id.MessageId;
import io.skein.kernel.id.NetworkId;
import io.skein.kernel.message.JsonText;
import io.skein.kernel.message.Message;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Turns what agents say into messages, in the order they speak: ids and each sender's own counter. */
final class Voices {
    static final NetworkId NETWORK = new NetworkId("demo");

    private final Instant start;
    private final Agenda agenda;
    private final String run;
    private final Map<String, Long> sequences = new HashMap<>();
    private final ArrayDeque<Message> said = new ArrayDeque<>();
    private long messages;
    private long conversations;

    Voices(Instant start, Agenda agenda) {
        this.start = start;
        this.agenda = agenda;
        this.run = Long.toString(start.toEpochMilli(), 36);
    }

    Message say(Draft draft) {
        Map<String, JsonText> metadata = new LinkedHashMap<>();
        metadata.put("role", json(Role.of(draft.from()).name().toLowerCase(Locale.ROOT)));
        metadata.put("epoch", json(run));
        if (draft.statement() != null) {
            metadata.put("statement", draft.statement());
        }
        Message message = new Message(
                new MessageId("demo-" + run + "-" + ++messages),
                NETWORK,
                new ConversationId(draft.conversation()),
                new AgentId(draft.from()),
                draft.to().stream().map(AgentId::new).toList(),
                draft.type(),
                now(),
                json(draft.text()),
                draft.cause(),
                null,
                sequences.merge(draft.from(), 1L, Long::sum),
                draft.claims(),
                draft.outcome(),
                draft.durationMillis(),
                metadata);
        said.add(message);
        return message;
    }

    String newConversation(String subject) {
        return subject + "-" + run + "-" + ++conversations;
    }

    Instant now() {
        return start.plusMillis(agenda.nowMillis());
    }

    /** The oldest message that nobody took yet. */
    @Nullable
    Message poll() {
        return said.poll();
    }

    static JsonText json(Object value) {
        return new JsonText(KernelJson.mapper().writeValueAsString(value));
    }
}
