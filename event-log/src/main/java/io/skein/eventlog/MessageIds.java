package io.skein.eventlog;

import io.skein.kernel.id.MessageId;
import io.skein.kernel.id.NetworkId;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.UUID;

/** Which event a message id stands for. */
public final class MessageIds {
    private MessageIds() {}

    /**
     * The event id of a message: a version 8 UUID (RFC 9562) from SHA-256 over network and message id. Because the log keeps event ids
     * unique, it holds each message once, whoever writes it.
     */
    public static UUID eventId(NetworkId networkId, MessageId messageId) {
        byte[] network = networkId.value().getBytes(StandardCharsets.UTF_8);
        byte[] message = messageId.value().getBytes(StandardCharsets.UTF_8);
        ByteBuffer both = ByteBuffer.allocate(Integer.BYTES + network.length + message.length)
                .putInt(network.length)
                .put(network)
                .put(message);
        ByteBuffer hash = ByteBuffer.wrap(sha256(both.array()));
        long high = (hash.getLong() & 0xFFFF_FFFF_FFFF_0FFFL) | 0x8000L;
        long low = (hash.getLong() & 0x3FFF_FFFF_FFFF_FFFFL) | 0x8000_0000_0000_0000L;
        return new UUID(high, low);
    }

    private static byte[] sha256(byte[] bytes) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(bytes);
        } catch (NoSuchAlgorithmException missing) {
            throw new IllegalStateException("every Java platform has SHA-256", missing);
        }
    }
}
