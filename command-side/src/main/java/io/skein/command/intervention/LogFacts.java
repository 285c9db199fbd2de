package io.skein.command.intervention;

import io.skein.eventlog.EventTypes;
import io.skein.eventlog.KernelJson;
import io.skein.eventlog.LogRow;
import io.skein.kernel.agent.AgentQuarantined;
import io.skein.kernel.agent.AgentRegistered;
import io.skein.kernel.agent.AgentReleased;
import io.skein.kernel.agent.InterventionDecided;
import io.skein.kernel.agent.MessageRecorded;
import io.skein.kernel.agent.TrustAdjusted;
import io.skein.kernel.alert.AlertEvent.AlertDismissed;
import io.skein.kernel.alert.AlertEvent.AlertRaised;
import io.skein.kernel.alert.AlertEvent.AlertResolved;
import io.skein.kernel.alert.AlertEvent.AlertUpdated;
import io.skein.kernel.id.AgentKey;
import io.skein.kernel.id.MessageId;
import io.skein.kernel.message.Outcome;
import io.skein.kernel.policy.PolicyChanged;
import io.skein.kernel.trust.PeerStatement;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/** Reads from a stored event what interventions are made of. Messages are by far the most, and of most of them nothing is needed: those are not parsed at all. */
final class LogFacts {
    private static final String RECORDED = EventTypes.nameOf(MessageRecorded.class);
    private static final Map<String, Class<?>> TAKEN = List.<Class<?>>of(
                    AgentRegistered.class,
                    TrustAdjusted.class,
                    AgentQuarantined.class,
                    AgentReleased.class,
                    InterventionDecided.class,
                    AlertRaised.class,
                    AlertUpdated.class,
                    AlertDismissed.class,
                    AlertResolved.class,
                    PolicyChanged.class)
            .stream()
            .collect(Collectors.toUnmodifiableMap(EventTypes::nameOf, type -> type));
    private static final byte[] OUTCOME = "\"outcome\"".getBytes(StandardCharsets.UTF_8);
    private static final byte[] PEER = ("\"" + PeerStatement.VERDICT + "\"").getBytes(StandardCharsets.UTF_8);

    private LogFacts() {}

    /** A {@link Heard}, an event of the language, or null where the event bears on nothing here. */
    static @Nullable Object of(LogRow row) {
        if (row.payloadType().equals(RECORDED)) {
            return has(row.payload(), OUTCOME) || has(row.payload(), PEER) ? heard(row) : null;
        }
        Class<?> type = TAKEN.get(row.payloadType());
        return type == null ? null : KernelJson.mapper().readValue(row.payload(), type);
    }

    private static @Nullable Heard heard(LogRow row) {
        String message = "";
        Outcome outcome = null;
        String verdict = null;
        String about = null;
        try (JsonParser parser = KernelJson.mapper().createParser(row.payload())) {
            parser.nextToken();
            while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
                boolean ours = parser.currentName().equals("message");
                JsonToken value = parser.nextToken();
                if (!ours || value != JsonToken.START_OBJECT) {
                    parser.skipChildren();
                    continue;
                }
                while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
                    String name = parser.currentName();
                    JsonToken token = parser.nextToken();
                    if (name.equals("messageId")) {
                        message = parser.getString();
                    } else if (name.equals("outcome") && token == JsonToken.VALUE_STRING) {
                        outcome = Outcome.valueOf(parser.getString().toUpperCase(Locale.ROOT));
                    } else if (name.equals("metadata") && token == JsonToken.START_OBJECT) {
                        while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
                            String entry = parser.currentName();
                            JsonToken said = parser.nextToken();
                            if (said == JsonToken.VALUE_STRING && entry.equals(PeerStatement.VERDICT)) {
                                verdict = parser.getString();
                            } else if (said == JsonToken.VALUE_STRING && entry.equals(PeerStatement.ABOUT)) {
                                about = parser.getString();
                            } else {
                                parser.skipChildren();
                            }
                        }
                    } else {
                        parser.skipChildren();
                    }
                }
            }
        }
        AgentKey agent = AgentKey.parse(row.aggregateId());
        PeerStatement peer = PeerStatement.of(agent.agentId(), verdict, about).orElse(null);
        return outcome == null && peer == null ? null : new Heard(agent, new MessageId(message), outcome, peer);
    }

    /** Whether the bytes are somewhere in it; as a name they may only be in content, which the parser then tells. */
    private static boolean has(byte[] payload, byte[] wanted) {
        byte second = wanted[1];
        int last = payload.length - wanted.length;
        for (int i = 0; i <= last; i++) {
            if (payload[i] == '"' && payload[i + 1] == second && matches(payload, i, wanted)) {
                return true;
            }
        }
        return false;
    }

    private static boolean matches(byte[] payload, int at, byte[] wanted) {
        for (int i = 2; i < wanted.length; i++) {
            if (payload[at + i] != wanted[i]) {
                return false;
            }
        }
        return true;
    }
}
