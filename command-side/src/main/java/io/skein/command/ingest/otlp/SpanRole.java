package io.skein.command.ingest.otlp;

import io.skein.kernel.id.AgentId;
import io.skein.kernel.id.ConversationId;
import io.skein.kernel.id.MessageId;
import io.skein.kernel.problem.Refusal;
import org.jspecify.annotations.Nullable;

/** What a span is in the conversation of agents. */
sealed interface SpanRole {
    /**
     * A call of an agent or a tool: becomes a request and a response.
     *
     * @param target who was called
     * @param requestId id of the request it becomes
     * @param caller who called, where the span says so itself
     */
    record Invocation(
            AgentId target,
            MessageId requestId,
            ConversationId conversationId,
            @Nullable AgentId caller,
            Dialect dialect,
            boolean tool)
            implements SpanRole {}

    /** Says nothing to another agent; only joins the spans above and below it. */
    record Link() implements SpanRole {}

    /** Of the field of GenAI, but no message can be made of it. */
    record Unmappable(Refusal refusal) implements SpanRole {}
}
