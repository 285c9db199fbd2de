package io.skein.standalone.demo;

import io.skein.kernel.id.MessageId;
import io.skein.kernel.message.Claim;
import io.skein.kernel.message.JsonText;
import io.skein.kernel.message.Message;
import io.skein.kernel.message.MessageType;
import io.skein.kernel.message.Outcome;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What somebody is about to say; {@link Voices} gives it its id, time and sequence. */
record Draft(
        MessageType type,
        String from,
        List<String> to,
        String conversation,
        @Nullable MessageId cause,
        String text,
        List<Claim> claims,
        @Nullable Outcome outcome,
        @Nullable Double durationMillis,
        @Nullable JsonText statement) {

    static Draft request(String from, String to, String conversation, @Nullable MessageId cause, String text) {
        return new Draft(
                MessageType.REQUEST, from, List.of(to), conversation, cause, text, List.of(), null, null, null);
    }

    static Draft broadcast(String from, List<String> to, String conversation, @Nullable MessageId cause, String text) {
        return new Draft(MessageType.BROADCAST, from, to, conversation, cause, text, List.of(), null, null, null);
    }

    /** The answer of the agent that was asked. */
    static Draft answer(Message request, String text, Outcome outcome, long durationMillis) {
        String conversation = request.conversationId() == null
                ? request.messageId().value()
                : request.conversationId().value();
        return new Draft(
                MessageType.RESPONSE,
                request.targetAgents().getFirst().value(),
                List.of(request.agentId().value()),
                conversation,
                request.messageId(),
                text,
                List.of(),
                outcome,
                (double) durationMillis,
                null);
    }

    Draft claiming(List<Claim> newClaims) {
        return new Draft(type, from, to, conversation, cause, text, newClaims, outcome, durationMillis, statement);
    }

    Draft stating(JsonText newStatement) {
        return new Draft(type, from, to, conversation, cause, text, claims, outcome, durationMillis, newStatement);
    }
}
