package io.skein.command.ingest;

import io.skein.eventlog.KernelJson;
import io.skein.kernel.id.AgentId;
import io.skein.kernel.id.ConversationId;
import io.skein.kernel.id.Ids;
import io.skein.kernel.id.MessageId;
import io.skein.kernel.id.NetworkId;
import io.skein.kernel.message.Claim;
import io.skein.kernel.message.ClaimAction;
import io.skein.kernel.message.JsonText;
import io.skein.kernel.message.Message;
import io.skein.kernel.message.MessageLimits;
import io.skein.kernel.message.MessageType;
import io.skein.kernel.message.Outcome;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;

/** Any valid message, Unicode, emptiness and limits included; its id is used once in the process. */
public final class AnyMessage {
    private static final AtomicLong COUNT = new AtomicLong();
    private static final String[] CHARACTERS = {
        "a", "Z", "0", " ", "/", "%", "\\", "\"", "'", "-", "é", "ß", "Ж", "中", "\u00a0", "\u200d", "😀", "𝒳", "{",
        "<", "&", "\ufeff"
    };
    private static final String[] NUMBERS = {
        "0",
        "-0",
        "1",
        "-7",
        "1.50",
        "0.1",
        "1e400",
        "1E-400",
        "123456789012345678901234567890",
        "-1.0e+10",
        "9007199254740993"
    };

    private AnyMessage() {}

    public static Arbitrary<Message> arbitrary() {
        return Arbitraries.longs().map(seed -> of(new Random(seed)));
    }

    /** Those that the older dialect can carry: at most one claim, a request without a unit, and nothing it has no word for. */
    public static Arbitrary<Message> older() {
        return arbitrary()
                .map(message -> new Message(
                        message.messageId(),
                        message.networkId(),
                        message.conversationId(),
                        message.agentId(),
                        message.targetAgents(),
                        message.type(),
                        message.timestamp(),
                        message.content(),
                        message.causationId(),
                        message.correlationId(),
                        message.sequence(),
                        message.claims().stream()
                                .limit(1)
                                .map(claim -> new Claim(
                                        claim.resource(), ClaimAction.REQUEST, claim.amount(), null, claim.priority()))
                                .toList(),
                        message.outcome(),
                        message.durationMillis(),
                        message.metadata()));
    }

    public static byte[] json(Message message) {
        return KernelJson.mapper().writeValueAsBytes(message);
    }

    public static byte[] olderJson(Message message) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("metadata", message.metadata());
        json.put("message_id", message.messageId());
        json.put("network_id", message.networkId());
        json.put("conversation_id", message.conversationId());
        boolean sender = message.targetAgents().size() == 1;
        json.put(sender ? "sender_id" : "agent_id", message.agentId());
        json.put(
                sender ? "receiver_id" : "target_agents",
                sender ? message.targetAgents().getFirst() : message.targetAgents());
        json.put("message_type", message.type().name());
        json.put("timestamp", message.timestamp());
        json.put("content", message.content());
        json.put("causation_id", message.causationId());
        json.put("correlation_id", message.correlationId());
        json.put("sequence", message.sequence());
        json.put("outcome", message.outcome());
        json.put("duration_millis", message.durationMillis());
        if (!message.claims().isEmpty()) {
            Claim claim = message.claims().getFirst();
            json.put("resource_type", claim.resource());
            json.put("requested_amount", claim.amount());
            json.put("priority_level", claim.priority());
        }
        json.values().removeIf(value -> value == null);
        return KernelJson.mapper().writeValueAsBytes(json);
    }

    private static Message of(Random random) {
        boolean atLimits = random.nextInt(40) == 0;
        return new Message(
                new MessageId("p" + COUNT.incrementAndGet() + "-" + id(random, 100)),
                random.nextBoolean() ? NetworkId.DEFAULT : new NetworkId(id(random, 30)),
                random.nextBoolean() ? null : new ConversationId(id(random, 256)),
                new AgentId(id(random, random.nextInt(10) == 0 ? 256 : 20)),
                targets(random, atLimits ? MessageLimits.MAX_TARGETS : random.nextInt(4)),
                any(random, MessageType.values()),
                Instant.ofEpochSecond(
                        random.nextLong(-62_135_596_800L, 253_402_300_800L), random.nextInt(1_000_000_000)),
                content(random, atLimits),
                random.nextBoolean() ? null : new MessageId(id(random, 256)),
                random.nextBoolean() ? null : id(random, 256),
                random.nextBoolean() ? null : Long.valueOf(random.nextLong(Long.MAX_VALUE)),
                claims(random, atLimits ? MessageLimits.MAX_CLAIMS : random.nextInt(3)),
                random.nextBoolean() ? null : any(random, Outcome.values()),
                random.nextBoolean() ? null : Double.valueOf(random.nextDouble() * Math.pow(10, random.nextInt(300))),
                metadata(random, atLimits ? MessageLimits.MAX_METADATA_ENTRIES : random.nextInt(4)));
    }

    private static @Nullable JsonText content(Random random, boolean atLimits) {
        if (atLimits) {
            return new JsonText("\"" + "x".repeat(MessageLimits.MAX_CONTENT_BYTES - 2) + "\"");
        }
        return random.nextInt(5) == 0 ? null : notNull(json(random, 5));
    }

    private static @Nullable JsonText notNull(JsonText text) {
        return text.equals(JsonText.NULL) ? null : text;
    }

    private static List<AgentId> targets(Random random, int count) {
        LinkedHashSet<AgentId> targets = new LinkedHashSet<>();
        for (int i = 0; i < count; i++) {
            targets.add(new AgentId(i + id(random, 10)));
        }
        return new ArrayList<>(targets);
    }

    private static List<Claim> claims(Random random, int count) {
        List<Claim> claims = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            claims.add(new Claim(
                    id(random, 20),
                    any(random, ClaimAction.values()),
                    random.nextBoolean() ? random.nextInt(100) : random.nextDouble() * 1e300,
                    random.nextBoolean() ? null : id(random, 10),
                    random.nextBoolean() ? null : Integer.valueOf(random.nextInt())));
        }
        return claims;
    }

    private static Map<String, JsonText> metadata(Random random, int count) {
        Map<String, JsonText> metadata = new HashMap<>();
        for (int i = 0; i < count; i++) {
            metadata.put(i + id(random, 20), json(random, 2));
        }
        return metadata;
    }

    private static String id(Random random, int most) {
        while (true) {
            StringBuilder id = new StringBuilder();
            int length = 1 + random.nextInt(most);
            for (int i = 0; i < length; i++) {
                id.append(any(random, CHARACTERS));
            }
            String made = id.toString();
            if (Ids.isValid(made)) {
                return made;
            }
        }
    }

    private static JsonText json(Random random, int depth) {
        try (JsonParser parser = KernelJson.mapper().createParser(value(random, depth))) {
            parser.nextToken();
            return KernelJson.compactText(parser);
        }
    }

    private static String value(Random random, int depth) {
        return switch (random.nextInt(depth > 0 ? 7 : 5)) {
            case 0 -> "null";
            case 1 -> random.nextBoolean() ? "true" : " false ";
            case 2 -> any(random, NUMBERS);
            case 3 -> KernelJson.mapper().writeValueAsString(text(random));
            case 4 -> "\"\"";
            case 5 -> {
                StringBuilder array = new StringBuilder("[ ");
                int size = random.nextInt(4);
                for (int i = 0; i < size; i++) {
                    array.append(i == 0 ? "" : ", ").append(value(random, depth - 1));
                }
                yield array.append("]").toString();
            }
            default -> {
                StringBuilder object = new StringBuilder("{");
                int size = random.nextInt(4);
                for (int i = 0; i < size; i++) {
                    object.append(i == 0 ? "" : ",\n")
                            .append(KernelJson.mapper().writeValueAsString(i + text(random)))
                            .append(" : ")
                            .append(value(random, depth - 1));
                }
                yield object.append("}").toString();
            }
        };
    }

    private static String text(Random random) {
        StringBuilder text = new StringBuilder();
        int length = random.nextInt(12);
        for (int i = 0; i < length; i++) {
            text.append(random.nextInt(8) == 0 ? String.valueOf((char) random.nextInt(32)) : any(random, CHARACTERS));
        }
        return text.toString();
    }

    private static <T> T any(Random random, T[] values) {
        return values[random.nextInt(values.length)];
    }
}
