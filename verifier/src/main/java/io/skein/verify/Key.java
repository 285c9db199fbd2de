package io.skein.verify;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.MessageDigest;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.HexFormat;

/** A public key of C2SP signed-note, kind Ed25519. */
record Key(String name, String id, byte[] bytes, String text) {

    static Key parse(String text) {
        String stripped = text.strip();
        String[] parts = stripped.split("\\+", 3);
        if (parts.length != 3) {
            throw new BrokenException("key '" + stripped + "' is not of the form name+id+base64");
        }
        byte[] typed = Event.base64(parts[2]);
        if (typed.length != 33 || typed[0] != 1) {
            throw new BrokenException("key '" + stripped + "' is not of kind Ed25519");
        }
        try {
            MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
            sha256.update((parts[0] + "\n").getBytes(StandardCharsets.UTF_8));
            String id = HexFormat.of().formatHex(sha256.digest(typed), 0, 4);
            if (!id.equals(parts[1])) {
                throw new BrokenException("key '" + stripped + "' has id " + parts[1] + "; its bytes give " + id);
            }
            return new Key(parts[0], id, Arrays.copyOfRange(typed, 1, 33), stripped);
        } catch (GeneralSecurityException missing) {
            throw new IllegalStateException("this Java has no SHA-256", missing);
        }
    }

    boolean signed(String text, byte[] signature) {
        try {
            byte[] encoded = HexFormat.of()
                    .parseHex("302a300506032b6570032100" + HexFormat.of().formatHex(bytes));
            Signature verifier = Signature.getInstance("Ed25519");
            verifier.initVerify(KeyFactory.getInstance("Ed25519").generatePublic(new X509EncodedKeySpec(encoded)));
            verifier.update(text.getBytes(StandardCharsets.UTF_8));
            return verifier.verify(signature);
        } catch (GeneralSecurityException broken) {
            return false;
        }
    }
}
