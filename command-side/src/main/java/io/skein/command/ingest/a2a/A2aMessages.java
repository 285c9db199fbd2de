package io.skein.command.ingest.a2a;

import io.skein.command.ingest.MessageParser;
import io.skein.command.ingest.Parsed;
import io.skein.eventlog.KernelJson;
import io.skein.kernel.message.JsonText;
import io.skein.kernel.message.Message;
import io.skein.kernel.problem.Reason;
import io.skein.kernel.problem.Refusal;
import io.skein.kernel.problem.RefusedException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Turns A2A 1.0 into messages: a {@code Message}, alone or in a {@code SendMessageRequest}, a {@code SendMessageResponse}, a {@code StreamResponse} or a
 * JSON-RPC frame, or a {@code Task} or status update with the message that it holds. Takes ProtoJSON's names and the proto's own. A2A says neither who
 * speaks to whom nor when: that comes from the door or from the message's metadata. Never throws for what somebody sent. Thread-safe.
 */
public final class A2aMessages {
    private static final String[] FRAMES = {"params", "result", "message", "task", "statusUpdate", "status_update"};
    private static final Set<String> ENVELOPE = Set.of("agentId", "targetAgents", "networkId", "timestamp");
    private static final int MAX_FRAMES = 3;

    private final MessageParser parser;

    public A2aMessages(MessageParser parser) {
        this.parser = parser;
    }

    /**
     * What the door knows of a message; each wins over the message's metadata of that name.
     *
     * @param agentId who sent it, as {@code agentId}
     * @param targetAgent whose card was called, as {@code targetAgents}
     * @param networkId as {@code networkId}
     * @param timestamp ISO 8601, as {@code timestamp}
     */
    public record Known(
            @Nullable String agentId,
            @Nullable String targetAgent,
            @Nullable String networkId,
            @Nullable String timestamp) {
        public static final Known NOTHING = new Known(null, null, null, null);
    }

    public Parsed parse(byte[] bytes, int offset, int length, Known known) {
        @Nullable String messageId = null;
        try {
            JsonMembers document = unframed(JsonMembers.read(bytes, offset, length));
            @Nullable JsonMembers status = document.object("status");
            JsonMembers message = status == null ? document : carried(document, status);
            messageId = message.string("messageId", "message_id");
            Parsed parsed = parser.parse(JsonMembers.object(members(document, status, message, known))
                    .getBytes(StandardCharsets.UTF_8));
            return parsed instanceof Parsed.Understood(Message understood, int composed)
                    ? new Parsed.Understood(understood, length)
                    : parsed;
        } catch (RefusedException refused) {
            return new Parsed.NotUnderstood(refused.refusal(), known.networkId(), messageId);
        }
    }

    private static JsonMembers unframed(JsonMembers document) {
        JsonMembers inner = document;
        for (int i = 0; i < MAX_FRAMES && !inner.has("messageId", "message_id", "status"); i++) {
            JsonMembers next = inner.object(FRAMES);
            if (next == null) {
                break;
            }
            inner = next;
        }
        return inner;
    }

    private static JsonMembers carried(JsonMembers task, JsonMembers status) {
        JsonMembers message = status.object("message");
        if (message == null) {
            throw refused(
                    "status.message",
                    "status.message is missing; expected the message that the task's state came with");
        }
        if (!task.has("id", "taskId", "task_id")) {
            throw refused("taskId", "taskId is missing beside status; expected the task's id");
        }
        return message;
    }

    private static Map<String, JsonText> members(
            JsonMembers document, @Nullable JsonMembers status, JsonMembers message, Known known) {
        @Nullable JsonMembers own = message.object("metadata");
        Map<String, JsonText> members = new LinkedHashMap<>();
        put("messageId", required(message, "messageId", "message_id"), members);
        boolean asks = asks(message);
        put("type", JsonMembers.quoted(asks ? "request" : "response"), members);
        put("agentId", given(known.agentId(), own, "agentId"), members);
        put("targetAgents", given(known.targetAgent(), own, "targetAgents"), members);
        put("networkId", given(known.networkId(), own, "networkId"), members);
        JsonText timestamp = given(known.timestamp(), own, "timestamp");
        if (timestamp == null && status != null) {
            timestamp = status.value("timestamp");
        }
        if (timestamp == null) {
            throw refused(
                    "timestamp",
                    "timestamp is missing, A2A messages carry none; expected it in the query or in metadata.timestamp");
        }
        put("timestamp", timestamp, members);
        put("conversationId", either(message, document, "contextId", "context_id"), members);
        JsonText task = message.value("taskId", "task_id");
        put(
                "correlationId",
                task != null ? task : document == message ? null : document.value("id", "taskId", "task_id"),
                members);
        put("content", message.value("parts"), members);
        Map<String, JsonText> metadata = new LinkedHashMap<>();
        metadata.put("dialect", JsonMembers.quoted("a2a"));
        JsonText references = message.value("referenceTaskIds", "reference_task_ids");
        if (references != null) {
            put("causationId", first(references), members);
            metadata.put("a2a.referenceTaskIds", references);
        }
        String state = status == null ? null : status.string("state");
        if (state != null) {
            metadata.put("a2a.taskState", JsonMembers.quoted(state));
            put("outcome", outcome(state), members);
        }
        put("a2a.extensions", message.value("extensions"), metadata);
        if (own != null) {
            for (String name : own.names()) {
                if (!ENVELOPE.contains(name)) {
                    metadata.put(name, Objects.requireNonNull(own.value(name)));
                }
            }
        }
        members.put("metadata", new JsonText(JsonMembers.object(metadata)));
        return members;
    }

    private static boolean asks(JsonMembers message) {
        String role = message.string("role");
        return switch (role == null ? "" : role.toUpperCase(Locale.ROOT)) {
            case "ROLE_USER", "USER" -> true;
            case "ROLE_AGENT", "AGENT" -> false;
            default -> throw refused("role", "role is missing or not known; expected ROLE_USER or ROLE_AGENT");
        };
    }

    private static @Nullable JsonText outcome(String state) {
        String word = state.toUpperCase(Locale.ROOT).replace("TASK_STATE_", "");
        return switch (word) {
            case "COMPLETED" -> JsonMembers.quoted("ok");
            case "FAILED" -> JsonMembers.quoted("error");
            case "REJECTED", "CANCELED", "CANCELLED" -> JsonMembers.quoted("refused");
            // Still under way.
            default -> null;
        };
    }

    private static @Nullable JsonText first(JsonText references) {
        if (!references.value().startsWith("[")) {
            throw refused("referenceTaskIds", "referenceTaskIds is no array; expected one");
        }
        var array = KernelJson.mapper().readTree(references.value());
        if (array.isEmpty()) {
            return null;
        }
        if (!array.get(0).isString()) {
            throw refused("referenceTaskIds[0]", "referenceTaskIds[0] is no string; expected a task's id");
        }
        return JsonMembers.quoted(array.get(0).asString());
    }

    private static @Nullable JsonText given(@Nullable String known, @Nullable JsonMembers own, String name) {
        if (known != null) {
            return JsonMembers.quoted(known);
        }
        return own == null ? null : own.value(name);
    }

    private static @Nullable JsonText either(JsonMembers one, JsonMembers other, String... names) {
        JsonText value = one.value(names);
        return value != null ? value : other.value(names);
    }

    private static JsonText required(JsonMembers message, String... names) {
        JsonText value = message.value(names);
        if (value == null) {
            throw refused(names[0], names[0] + " is missing; it is required");
        }
        return value;
    }

    private static void put(String name, @Nullable JsonText value, Map<String, JsonText> members) {
        if (value != null) {
            members.put(name, value);
        }
    }

    private static RefusedException refused(String field, String detail) {
        return new RefusedException(new Refusal(Reason.INVALID, field, detail));
    }
}
