package io.skein.command.ingest.otlp;

import io.skein.kernel.id.AgentId;
import io.skein.kernel.id.ConversationId;
import io.skein.kernel.id.Ids;
import io.skein.kernel.id.MessageId;
import io.skein.kernel.id.NetworkId;
import io.skein.kernel.message.Outcome;
import io.skein.kernel.problem.Reason;
import io.skein.kernel.problem.Refusal;
import io.skein.kernel.problem.RefusedException;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The one table of attribute names, by generation, and what they mean to us. All {@code gen_ai.*} names are unstable: a change here is a new
 * {@link #VERSION}, which every message carries.
 */
final class SpanMapping {
    static final String VERSION = "1";

    // Both generations of the GenAI conventions.
    static final String OPERATION = "gen_ai.operation.name";
    static final String AGENT_NAME = "gen_ai.agent.name";
    static final String AGENT_ID = "gen_ai.agent.id";
    static final String WORKFLOW_NAME = "gen_ai.workflow.name";
    static final String TOOL_NAME = "gen_ai.tool.name";
    static final String CONVERSATION = "gen_ai.conversation.id";
    static final String CALLER = "gen_ai.caller.name";
    static final String REQUEST_MODEL = "gen_ai.request.model";
    // One name for each generation.
    static final String PROVIDER = "gen_ai.provider.name";
    static final String SYSTEM = "gen_ai.system";
    // OpenInference.
    static final String OPENINFERENCE_KIND = "openinference.span.kind";
    static final String OPENINFERENCE_AGENT = "agent.name";
    static final String OPENINFERENCE_TOOL = "tool.name";
    static final String NODE_ID = "graph.node.id";
    static final String NODE_PARENT = "graph.node.parent_id";
    // Common.
    static final String SESSION = "session.id";
    static final String A2A_MESSAGE = "a2a.message.id";
    static final String ERROR_TYPE = "error.type";
    static final String SERVICE_NAME = "service.name";
    static final String NETWORK = "skein.network";

    /** What was asked, newest name first. */
    static final String[] REQUEST_CONTENT = {
        "gen_ai.input.messages", "gen_ai.tool.call.arguments", "gen_ai.prompt", "input.value"
    };
    /** What was answered, newest name first. */
    static final String[] RESPONSE_CONTENT = {
        "gen_ai.output.messages", "gen_ai.tool.call.result", "gen_ai.completion", "output.value"
    };
    /** Kept as metadata of both messages where present. */
    static final List<String> KEPT = List.of(
            PROVIDER,
            SYSTEM,
            OPERATION,
            OPENINFERENCE_KIND,
            AGENT_NAME,
            AGENT_ID,
            "gen_ai.agent.version",
            OPENINFERENCE_AGENT,
            NODE_ID,
            "graph.node.name",
            REQUEST_MODEL,
            "gen_ai.tool.type",
            "gen_ai.tool.call.id",
            "server.address");
    /** Known only at the end, so kept with the response. */
    static final List<String> KEPT_WITH_RESPONSE =
            List.of(ERROR_TYPE, "gen_ai.response.model", "gen_ai.usage.input_tokens", "gen_ai.usage.output_tokens");

    private static final Set<String> AGENT_OPERATIONS = Set.of("invoke_agent", "invoke_workflow");
    private static final Set<String> TOOL_OPERATIONS = Set.of("execute_tool");
    /** An agent's own work: nobody else is spoken to. */
    private static final Set<String> OWN_OPERATIONS = Set.of(
            "chat", "text_completion", "generate_content", "embeddings", "retrieval", "rerank", "create_agent", "plan");

    private static final Set<String> OPENINFERENCE_OWN =
            Set.of("LLM", "EMBEDDING", "RETRIEVER", "RERANKER", "GUARDRAIL", "EVALUATOR", "PROMPT", "UNKNOWN");

    private static final Set<String> TIMEOUTS = Set.of("408", "504", "etimedout");
    private static final Set<String> REFUSALS =
            Set.of("refused", "rejected", "permission_denied", "403", "401", "content_filter");
    private static final String UNKNOWN_SERVICE = "unknown_service";

    private SpanMapping() {}

    /** Never throws for what somebody sent. */
    static SpanRole role(ReceivedSpan received) {
        try {
            return roleOf(received, Attributes.of(received.span().getAttributesList()));
        } catch (RefusedException refused) {
            return new SpanRole.Unmappable(refused.refusal());
        }
    }

    /** @throws RefusedException if the resource names a network that can be none */
    static NetworkId network(Attributes resource) {
        String network = resource.text(NETWORK);
        return network == null ? NetworkId.DEFAULT : new NetworkId(id(NETWORK, network));
    }

    /** Who speaks where no agent is known: the process that sent the span. */
    static String service(Attributes resource) {
        String service = resource.text(SERVICE_NAME);
        return service != null && Ids.isValid(service) ? service : UNKNOWN_SERVICE;
    }

    static Outcome outcome(boolean failed, @Nullable String errorType) {
        if (errorType == null) {
            return failed ? Outcome.ERROR : Outcome.OK;
        }
        String type = errorType.toLowerCase(Locale.ROOT);
        if (TIMEOUTS.contains(type) || type.contains("timeout") || type.contains("deadline")) {
            return Outcome.TIMEOUT;
        }
        return REFUSALS.contains(type) ? Outcome.REFUSED : Outcome.ERROR;
    }

    private static SpanRole roleOf(ReceivedSpan received, Attributes span) {
        @Nullable String operation = span.text(OPERATION);
        @Nullable String kind = span.text(OPENINFERENCE_KIND);
        if (operation != null) {
            Dialect dialect = span.has(SYSTEM) && !span.has(PROVIDER) ? Dialect.GEN_AI_OLD : Dialect.GEN_AI;
            if (AGENT_OPERATIONS.contains(operation)) {
                return invocation(
                        received,
                        span,
                        dialect,
                        false,
                        operation.equals("invoke_workflow")
                                ? new String[] {WORKFLOW_NAME, AGENT_NAME, AGENT_ID}
                                : new String[] {AGENT_NAME, AGENT_ID});
            }
            if (TOOL_OPERATIONS.contains(operation)) {
                return invocation(received, span, dialect, true, TOOL_NAME);
            }
            if (OWN_OPERATIONS.contains(operation)) {
                return new SpanRole.Link();
            }
            throw refused(
                    OPERATION,
                    OPERATION + " is none that mapping version " + VERSION
                            + " knows; expected invoke_agent, invoke_workflow, execute_tool or an operation of the agent itself");
        }
        if (kind != null) {
            return openInference(received, span, kind.toUpperCase(Locale.ROOT));
        }
        if (span.has(SYSTEM) || span.has(PROVIDER)) {
            // Before operations had names only calls of models were described.
            if (span.has(REQUEST_MODEL)) {
                return new SpanRole.Link();
            }
            throw refused(
                    OPERATION,
                    OPERATION + " is missing beside " + SYSTEM + " or " + PROVIDER + "; expected an operation");
        }
        return new SpanRole.Link();
    }

    private static SpanRole openInference(ReceivedSpan received, Attributes span, String kind) {
        if (kind.equals("AGENT")) {
            // The node's id first: graph.node.parent_id of others points at it.
            return invocation(received, span, Dialect.OPENINFERENCE, false, NODE_ID, OPENINFERENCE_AGENT, AGENT_NAME);
        }
        if (kind.equals("TOOL")) {
            return invocation(received, span, Dialect.OPENINFERENCE, true, OPENINFERENCE_TOOL, TOOL_NAME);
        }
        if (kind.equals("CHAIN")) {
            return span.text(NODE_ID) == null
                    ? new SpanRole.Link()
                    : invocation(received, span, Dialect.OPENINFERENCE, false, NODE_ID);
        }
        if (OPENINFERENCE_OWN.contains(kind)) {
            return new SpanRole.Link();
        }
        throw refused(
                OPENINFERENCE_KIND,
                OPENINFERENCE_KIND + " is none that mapping version " + VERSION
                        + " knows; expected AGENT, TOOL, CHAIN or a kind of an agent's own work");
    }

    private static SpanRole invocation(
            ReceivedSpan received, Attributes span, Dialect dialect, boolean tool, String... targetNames) {
        @Nullable String target = span.text(targetNames);
        if (target == null) {
            throw refused(
                    targetNames[0],
                    targetNames[0] + " is missing; expected the name of who was called, as "
                            + String.join(" or ", targetNames));
        }
        if (received.span().getStartTimeUnixNano() <= 0 || received.span().getEndTimeUnixNano() <= 0) {
            throw refused("start_time_unix_nano", "start or end of the span is missing; expected both");
        }
        String a2a = span.text(A2A_MESSAGE);
        return new SpanRole.Invocation(
                new AgentId(id(span.nameOf(targetNames), target)),
                new MessageId(a2a != null ? id(A2A_MESSAGE, a2a) : received.traceId() + "-" + received.spanId() + ".q"),
                new ConversationId(conversation(span, received.traceId())),
                caller(span, tool),
                dialect,
                tool);
    }

    private static String conversation(Attributes span, String traceId) {
        String conversation = span.text(CONVERSATION, SESSION);
        return conversation == null ? traceId : id(span.nameOf(CONVERSATION, SESSION), conversation);
    }

    private static @Nullable AgentId caller(Attributes span, boolean tool) {
        // A tool's span names the agent that uses it; an agent's span names the agent that is called.
        String[] names = tool
                ? new String[] {CALLER, NODE_PARENT, AGENT_NAME, OPENINFERENCE_AGENT}
                : new String[] {CALLER, NODE_PARENT};
        String caller = span.text(names);
        return caller == null ? null : new AgentId(id(span.nameOf(names), caller));
    }

    private static String id(String name, String value) {
        String complaint = Ids.complaint(value);
        if (!complaint.isEmpty()) {
            throw refused(name, name + " " + complaint);
        }
        return value;
    }

    private static RefusedException refused(String field, String detail) {
        return new RefusedException(new Refusal(Reason.INVALID, field, detail));
    }
}
