package io.skein.eventlog.tree;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;

/** A key that signs notes: its private half, written {@code PRIVATE+KEY+name+id+base64}, and its public one. Never shown by {@code toString}. */
public final class SigningKey {
    private static final String PREFIX = "PRIVATE+KEY+";
    private static final byte[] PKCS8 = HexFormat.of().parseHex("302e020100300506032b657004220420");

    private final VerifierKey verifier;
    private final byte[] seed;

    private SigningKey(VerifierKey verifier, byte[] seed) {
        this.verifier = verifier;
        this.seed = seed;
    }

    public static SigningKey generate(String name) {
        try {
            KeyPair pair = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
            byte[] publicKey = pair.getPublic().getEncoded();
            byte[] privateKey = pair.getPrivate().getEncoded();
            return new SigningKey(
                    new VerifierKey(name, Arrays.copyOfRange(publicKey, publicKey.length - 32, publicKey.length)),
                    Arrays.copyOfRange(privateKey, privateKey.length - 32, privateKey.length));
        } catch (GeneralSecurityException missing) {
            throw new IllegalStateException("every Java platform has Ed25519", missing);
        }
    }

    /**
     * Reads the two lines that {@link #text()} wrote.
     *
     * @throws IllegalArgumentException if they are none, or do not belong together; says nothing of what they hold
     */
    public static SigningKey parse(String privateLine, String publicLine) {
        VerifierKey verifier = VerifierKey.parse(publicLine);
        String expected = PREFIX + verifier.name() + "+" + verifier.id() + "+";
        String line = privateLine.strip();
        if (!line.startsWith(expected)) {
            throw new IllegalArgumentException("private key is not that of " + verifier.name() + "+" + verifier.id());
        }
        byte[] bytes;
        try {
            bytes = Base64.getDecoder().decode(line.substring(expected.length()));
        } catch (IllegalArgumentException broken) {
            throw new IllegalArgumentException("private key of " + verifier.name() + " is not base64");
        }
        if (bytes.length != 33 || bytes[0] != VerifierKey.ED25519) {
            throw new IllegalArgumentException("private key of " + verifier.name() + " is not of kind Ed25519");
        }
        SigningKey key = new SigningKey(verifier, Arrays.copyOfRange(bytes, 1, 33));
        byte[] probe = "probe\n".getBytes(StandardCharsets.UTF_8);
        if (!verifier.verifies(probe, key.sign(probe))) {
            throw new IllegalArgumentException(
                    "private and public key of " + verifier.name() + " do not belong together");
        }
        return key;
    }

    public VerifierKey verifier() {
        return verifier;
    }

    /** Private and public line; for a file that only its owner may read. */
    public String text() {
        byte[] bytes =
                ByteBuffer.allocate(33).put(VerifierKey.ED25519).put(seed).array();
        return PREFIX + verifier.name() + "+" + verifier.id() + "+"
                + Base64.getEncoder().encodeToString(bytes) + "\n" + verifier.text() + "\n";
    }

    byte[] sign(byte[] message) {
        try {
            byte[] encoded =
                    ByteBuffer.allocate(PKCS8.length + 32).put(PKCS8).put(seed).array();
            PrivateKey key = KeyFactory.getInstance("Ed25519").generatePrivate(new PKCS8EncodedKeySpec(encoded));
            Signature signer = Signature.getInstance("Ed25519");
            signer.initSign(key);
            signer.update(message);
            return signer.sign();
        } catch (GeneralSecurityException failure) {
            throw new IllegalStateException("Ed25519 did not sign", failure);
        }
    }

    @Override
    public String toString() {
        return "SigningKey[" + verifier.name() + "+" + verifier.id() + "]";
    }
}
