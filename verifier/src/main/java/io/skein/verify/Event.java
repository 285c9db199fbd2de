package io.skein.verify;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** One line of {@code events.jsonl}. */
record Event(long position, byte[] leaf, List<String> proof, String type) {

    static Event parse(String line) {
        Map<String, Object> json = Json.object(line);
        UUID id;
        try {
            id = UUID.fromString(Json.text(json, "eventId"));
        } catch (IllegalArgumentException noId) {
            throw new BrokenException("member 'eventId' is no id");
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream leaf = new DataOutputStream(bytes);
        try {
            leaf.writeByte(1);
            leaf.writeLong(Json.number(json, "position"));
            leaf.writeLong(id.getMostSignificantBits());
            leaf.writeLong(id.getLeastSignificantBits());
            leaf.writeLong(Json.number(json, "recordedAtMicros"));
            leaf.writeLong(Json.number(json, "sequence"));
            text(leaf, Json.text(json, "aggregateType"));
            text(leaf, Json.text(json, "aggregateId"));
            text(leaf, Json.text(json, "type"));
            if (json.containsKey("revision")) {
                text(leaf, Json.text(json, "revision"));
            } else {
                leaf.writeInt(-1);
            }
            bytes(leaf, stored(json, "payload"));
            bytes(leaf, stored(json, "metadata"));
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        List<String> proof = json.containsKey("proof") ? Json.texts(json, "proof") : List.of();
        return new Event(Json.number(json, "position"), bytes.toByteArray(), proof, Json.text(json, "type"));
    }

    private static byte[] stored(Map<String, Object> json, String name) {
        if (json.containsKey(name + "Base64")) {
            return base64(Json.text(json, name + "Base64"));
        }
        return Json.text(json, name).getBytes(StandardCharsets.UTF_8);
    }

    static byte[] base64(String text) {
        try {
            return Base64.getDecoder().decode(text);
        } catch (IllegalArgumentException broken) {
            throw new BrokenException(
                    "'" + (text.length() > 60 ? text.substring(0, 60) + "…" : text) + "' is no base64");
        }
    }

    private static void text(DataOutputStream leaf, String text) throws IOException {
        bytes(leaf, text.getBytes(StandardCharsets.UTF_8));
    }

    private static void bytes(DataOutputStream leaf, byte[] bytes) throws IOException {
        leaf.writeInt(bytes.length);
        leaf.write(bytes);
    }
}
