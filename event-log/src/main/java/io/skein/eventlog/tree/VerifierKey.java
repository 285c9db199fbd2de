package io.skein.eventlog.tree;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.MessageDigest;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;

/**
 * Public half of a key that signs notes (C2SP signed-note, Ed25519), written {@code name+id+base64}.
 *
 * @param name of the signer; for a log its origin
 * @param publicKey 32 bytes
 */
public record VerifierKey(String name, byte[] publicKey) {
    static final byte ED25519 = 1;
    private static final byte[] X509 = HexFormat.of().parseHex("302a300506032b6570032100");

    public VerifierKey {
        if (name.isEmpty() || name.indexOf('+') >= 0 || name.chars().anyMatch(Character::isWhitespace)) {
            throw new IllegalArgumentException(
                    "key name '" + name + "' is empty or has a space or plus; expected neither");
        }
        if (publicKey.length != 32) {
            throw new IllegalArgumentException("public key has " + publicKey.length + " bytes; expected 32");
        }
    }

    /** @throws IllegalArgumentException if the text is no such key, or its id is not that of its bytes */
    public static VerifierKey parse(String text) {
        String[] parts = text.strip().split("\\+", 3);
        if (parts.length != 3) {
            throw new IllegalArgumentException("verifier key has " + parts.length + " parts; expected name+id+key");
        }
        byte[] key = Base64.getDecoder().decode(parts[2]);
        if (key.length != 33 || key[0] != ED25519) {
            throw new IllegalArgumentException("verifier key of " + parts[0] + " is not of kind Ed25519");
        }
        VerifierKey parsed = new VerifierKey(parts[0], Arrays.copyOfRange(key, 1, 33));
        if (!parsed.id().equals(parts[1])) {
            throw new IllegalArgumentException(
                    "verifier key of " + parts[0] + " has id " + parts[1] + "; expected " + parsed.id());
        }
        return parsed;
    }

    /** First four bytes of a hash over name and key, in hexadecimal. */
    public String id() {
        try {
            MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
            sha256.update(name.getBytes(StandardCharsets.UTF_8));
            sha256.update((byte) '\n');
            sha256.update(ED25519);
            return HexFormat.of().formatHex(sha256.digest(publicKey), 0, 4);
        } catch (GeneralSecurityException missing) {
            throw new IllegalStateException("every Java platform has SHA-256", missing);
        }
    }

    public String text() {
        ByteBuffer key = ByteBuffer.allocate(33).put(ED25519).put(publicKey);
        return name + "+" + id() + "+" + Base64.getEncoder().encodeToString(key.array());
    }

    boolean verifies(byte[] message, byte[] signature) {
        try {
            ByteBuffer encoded = ByteBuffer.allocate(X509.length + 32).put(X509).put(publicKey);
            PublicKey key = KeyFactory.getInstance("Ed25519").generatePublic(new X509EncodedKeySpec(encoded.array()));
            Signature verifier = Signature.getInstance("Ed25519");
            verifier.initVerify(key);
            verifier.update(message);
            return verifier.verify(signature);
        } catch (GeneralSecurityException broken) {
            return false;
        }
    }
}
