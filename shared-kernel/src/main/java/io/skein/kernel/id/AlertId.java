package io.skein.kernel.id;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.List;
import java.util.UUID;

/** Names an alert; derived from the pattern and its evidence, so that raising it twice changes nothing. */
public record AlertId(String value) implements Id {

    /** @throws IllegalArgumentException if the value is not 1 to 256 printable characters */
    public AlertId {
        Ids.check("AlertId", value);
    }

    /** The id that these parts always give: the first 128 bits of SHA-256 over the parts, each with its length before it. */
    public static AlertId derivedFrom(List<String> parts) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            for (String part : parts) {
                byte[] bytes = part.getBytes(StandardCharsets.UTF_8);
                digest.update(
                        ByteBuffer.allocate(Integer.BYTES).putInt(bytes.length).array());
                digest.update(bytes);
            }
            ByteBuffer hash = ByteBuffer.wrap(digest.digest());
            return new AlertId(new UUID(hash.getLong(), hash.getLong()).toString());
        } catch (NoSuchAlgorithmException missing) {
            throw new IllegalStateException("every Java platform has SHA-256", missing);
        }
    }

    @Override
    public String toString() {
        return value;
    }
}
