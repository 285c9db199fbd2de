package io.skein.query.live;

import io.skein.kernel.id.NetworkId;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** What a client names as {@code live.{network}.{stream}}, the network percent-encoded. */
record LiveAddress(NetworkId networkId, String stream) {
    private static final String PREFIX = "live.";
    static final String TOPIC = "/topic/";
    static final String APPLICATION = "/app/";

    /** The address that a destination's last part names; nothing where it names none. */
    static Optional<LiveAddress> parse(String text) {
        int streamAt = text.lastIndexOf('.');
        if (!text.startsWith(PREFIX) || streamAt <= PREFIX.length()) {
            return Optional.empty();
        }
        try {
            // A plus stands for itself here; the decoder, made for forms, takes it for a blank.
            String network = URLDecoder.decode(
                    text.substring(PREFIX.length(), streamAt).replace("+", "%2B"), StandardCharsets.UTF_8);
            return Optional.of(new LiveAddress(new NetworkId(network), text.substring(streamAt + 1)));
        } catch (IllegalArgumentException noNetwork) {
            return Optional.empty();
        }
    }

    /**
     * The one way in which this server writes it. Everything but letters, digits, hyphen, underscore and dot is encoded, so that the
     * broker sees no wildcard in it and every client's way of encoding leads to the same place.
     */
    String text() {
        StringBuilder encoded = new StringBuilder(PREFIX);
        for (byte octet : networkId.value().getBytes(StandardCharsets.UTF_8)) {
            char character = (char) (octet & 0xff);
            boolean plain = (character >= 'a' && character <= 'z')
                    || (character >= 'A' && character <= 'Z')
                    || (character >= '0' && character <= '9')
                    || character == '-'
                    || character == '_'
                    || character == '.';
            if (plain) {
                encoded.append(character);
            } else {
                encoded.append("%%%02X".formatted((int) character));
            }
        }
        return encoded.append('.').append(stream).toString();
    }

    String topic() {
        return TOPIC + text();
    }
}
