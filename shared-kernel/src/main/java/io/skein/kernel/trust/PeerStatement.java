package io.skein.kernel.trust;

import io.skein.kernel.id.AgentId;
import io.skein.kernel.id.Ids;
import io.skein.kernel.message.JsonText;
import io.skein.kernel.message.Message;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What one agent says of another: metadata {@value #VERDICT} ({@code "good"} or {@code "bad"}) and {@value #ABOUT} (the other's id). Anything
 * else is none, and what an agent says of itself is none.
 */
public record PeerStatement(AgentId about, boolean good) {
    public static final String VERDICT = "peerVerdict";
    public static final String ABOUT = "peerAbout";

    public static Optional<PeerStatement> of(Message message) {
        Map<String, JsonText> metadata = message.metadata();
        return metadata.isEmpty()
                ? Optional.empty()
                : of(message.agentId(), text(metadata.get(VERDICT)), text(metadata.get(ABOUT)));
    }

    /** The same from the two texts. */
    public static Optional<PeerStatement> of(AgentId from, @Nullable String verdict, @Nullable String about) {
        if (verdict == null || about == null || !Ids.isValid(about) || about.equals(from.value())) {
            return Optional.empty();
        }
        return switch (verdict) {
            case "good" -> Optional.of(new PeerStatement(new AgentId(about), true));
            case "bad" -> Optional.of(new PeerStatement(new AgentId(about), false));
            default -> Optional.empty();
        };
    }

    // A plain JSON string without escapes; ids that need some cannot be spoken of.
    private static @Nullable String text(@Nullable JsonText json) {
        if (json == null) {
            return null;
        }
        String value = json.value();
        return value.length() >= 2 && value.startsWith("\"") && value.endsWith("\"") && value.indexOf('\\') < 0
                ? value.substring(1, value.length() - 1)
                : null;
    }
}
