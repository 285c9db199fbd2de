package io.skein.verify;

import java.io.BufferedReader;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Checks one bundle, from what is signed down to each byte, and stops at the first thing that is wrong. */
final class Verification {
    private static final String MANIFEST = "manifest.json";
    private static final String EVENTS = "events.jsonl";

    private final BundleFiles files;
    private final List<Key> trusted;
    private final List<Note> earlier;
    private final PrintStream out;
    private final Map<String, Key> keys = new LinkedHashMap<>();

    private Verification(BundleFiles files, List<Key> trusted, List<Note> earlier, PrintStream out) {
        this.files = files;
        this.trusted = trusted;
        this.earlier = earlier;
        this.out = out;
    }

    /**
     * Checks the bundle and tells each step.
     *
     * @param trusted keys that are known by another way; none: those of the bundle, which proves less
     * @param earlier checkpoints of the same log that were kept elsewhere
     * @throws WrongException at the first thing that is not as it was signed
     * @throws BrokenException if it is no bundle
     */
    static void of(Path bundle, List<Key> trusted, List<Note> earlier, PrintStream out) throws IOException {
        try (BundleFiles files = BundleFiles.open(bundle)) {
            new Verification(files, trusted, earlier, out).run();
        }
    }

    private void run() throws IOException {
        Map<String, Object> manifest = Json.object(files.text(MANIFEST));
        String format = Json.text(manifest, "format");
        if (!format.equals("skein-evidence/1")) {
            throw new BrokenException("the bundle has format '" + format + "'; this program knows skein-evidence/1");
        }
        learnKeys();
        Note checkpoint = Note.parse(files.text("checkpoint"));
        Key signer = checkpoint
                .signedBy(keys.values())
                .orElseThrow(
                        () -> new WrongException("checkpoint: no signature on it is right for a key that is trusted ("
                                + String.join(", ", keys.keySet()) + ")"));
        long size = checkpoint.size();
        out.println("ok     the checkpoint of log " + checkpoint.origin() + " over " + size
                + " events is signed with key " + signer.id());
        require("manifest.json: origin", Json.text(manifest, "origin"), checkpoint.origin());
        require("manifest.json: treeSize", Json.number(manifest, "treeSize"), size);
        require(
                "manifest.json: rootHash",
                Json.text(manifest, "rootHash"),
                checkpoint.text().split("\n")[2]);
        SortedMap<Long, Note> notes = earlierNotes(checkpoint);

        boolean complete = Boolean.TRUE.equals(manifest.get("complete"));
        long from = Json.number(manifest, "from");
        long to = Json.number(manifest, "to");
        if (from < 1 || to > size || from > to) {
            throw new WrongException(
                    "manifest.json: range " + from + " to " + to + " is not within the " + size + " events signed");
        }
        long count = complete ? wholeRange(checkpoint, from, to, notes) : chosenEvents(checkpoint, from, to);
        require("manifest.json: count", Json.number(manifest, "count"), count);
        compareEarlier(checkpoint, notes);
        checkFiles(manifest);
        if (trusted.isEmpty()) {
            out.println("note   the keys are the bundle's own; give --key with a key that you know by another way");
        }
    }

    /** Which keys may have signed: those given, or the bundle's own, and those that a known key vouches for. */
    private void learnKeys() throws IOException {
        trusted.forEach(key -> keys.put(key.id(), key));
        for (String line : files.text("keys.jsonl").lines().toList()) {
            if (line.isBlank()) {
                continue;
            }
            Map<String, Object> row = Json.object(line);
            Key key = Key.parse(Json.text(row, "publicKey"));
            if (!key.id().equals(Json.text(row, "keyId"))) {
                throw new WrongException(
                        "keys.jsonl: key " + Json.text(row, "keyId") + " has the bytes of " + key.id());
            }
            if (trusted.isEmpty()) {
                keys.put(key.id(), key);
            } else if (!keys.containsKey(key.id()) && row.containsKey("vouching")) {
                Note vouching = Note.parse(Json.text(row, "vouching"));
                String expected = key.name() + "\nnext key\n" + key.text() + "\n";
                Optional<Key> by = vouching.signedBy(keys.values());
                if (vouching.text().equals(expected) && by.isPresent()) {
                    keys.put(key.id(), key);
                    out.println("ok     key " + key.id() + " is vouched for by key "
                            + by.get().id());
                }
            }
        }
        if (keys.isEmpty()) {
            throw new BrokenException("there is no key to check with; give one with --key");
        }
    }

    private SortedMap<Long, Note> earlierNotes(Note checkpoint) {
        SortedMap<Long, Note> notes = new TreeMap<>();
        for (Note note : earlier) {
            if (!note.origin().equals(checkpoint.origin())) {
                throw new WrongException("earlier checkpoint: it is of log " + note.origin() + "; the bundle is of "
                        + checkpoint.origin());
            }
            if (note.signedBy(keys.values()).isEmpty()) {
                throw new WrongException("earlier checkpoint over " + note.size()
                        + " events: no signature on it is right for a trusted key");
            }
            if (note.size() > checkpoint.size()) {
                throw new WrongException(
                        "log: an earlier checkpoint covers " + note.size() + " events, this bundle's only "
                                + checkpoint.size() + "; first missing position " + (checkpoint.size() + 1));
            }
            Note same = notes.putIfAbsent(note.size(), note);
            if (same != null && !Arrays.equals(same.root(), note.root())) {
                throw new WrongException(
                        "earlier checkpoints: two over " + note.size() + " events have different roots");
            }
        }
        return notes;
    }

    /** Every event of the range is here: the root is computed from them. */
    private long wholeRange(Note checkpoint, long from, long to, SortedMap<Long, Note> notes) throws IOException {
        Map<String, Object> range = Json.object(files.text("range.json"));
        require("range.json: from", Json.number(range, "from"), from);
        require("range.json: to", Json.number(range, "to"), to);
        require("range.json: size", Json.number(range, "size"), checkpoint.size());
        GrowingRoot events = new GrowingRoot();
        GrowingRoot hashes = new GrowingRoot();
        List<byte[]> left = hashes(Json.texts(range, "left"));
        List<byte[]> right = hashes(Json.texts(range, "right"));
        events.addCover(from - 1, left, "range.json: left");
        hashes.addCover(from - 1, left, "range.json: left");
        SortedMap<Long, Note> inside = new TreeMap<>(notes);
        readCheckpoints(inside);
        @Nullable String firstWrong = null;
        long wrongAt = Long.MAX_VALUE;
        long lastRight = from - 1;
        long position = from - 1;
        Rfc6962 leaves = new Rfc6962();
        try (BufferedReader lines = reader(EVENTS);
                DataInputStream tiles = new DataInputStream(files.open("leaves.bin"))) {
            for (String line = line(lines, position); line != null; line = line(lines, position)) {
                Event event = parsed(line, position);
                if (event.position() != position + 1) {
                    throw new WrongException(
                            event.position() > position + 1
                                    ? "position " + (position + 1) + ": the event is missing; the next one here is "
                                            + event.position()
                                    : "position " + (position + 1) + ": the event stands at " + event.position()
                                            + " instead");
                }
                position++;
                if (position > to) {
                    throw new WrongException(
                            "position " + position + ": the event is beyond the range of the manifest");
                }
                byte[] leaf = leaves.leaf(event.leaf());
                byte[] expected = new byte[32];
                try {
                    tiles.readFully(expected);
                } catch (EOFException short_) {
                    throw new WrongException("leaves.bin: it ends before the hash of position " + position);
                }
                if (firstWrong == null && !Arrays.equals(leaf, expected)) {
                    firstWrong = "position " + position
                            + ": the event does not have the hash that the tree has for it; it was changed after it was recorded, or the tree was";
                    wrongAt = position;
                }
                events.add(leaf);
                hashes.add(expected);
                Note note = from == 1 ? inside.remove(position) : null;
                if (note != null) {
                    if (Arrays.equals(events.root(), note.root())) {
                        lastRight = position;
                    } else {
                        throw new WrongException(
                                wrongAt <= position && firstWrong != null && Arrays.equals(hashes.root(), note.root())
                                        ? firstWrong
                                        : "positions " + (lastRight + 1) + " to " + position
                                                + ": the events do not lead to the root that was signed over the first "
                                                + position + "; the first wrong one is among them"
                                                + (wrongAt <= position ? ", at " + wrongAt + " at the latest" : ""));
                    }
                    notes.remove(position);
                }
            }
            if (position != to) {
                throw new WrongException(
                        "position " + (position + 1) + ": the event is missing; the range goes to " + to);
            }
        }
        events.addCover(checkpoint.size(), right, "range.json: right");
        hashes.addCover(checkpoint.size(), right, "range.json: right");
        if (!Arrays.equals(events.root(), checkpoint.root())) {
            throw new WrongException(
                    firstWrong != null && Arrays.equals(hashes.root(), checkpoint.root())
                            ? firstWrong
                            : "positions " + (lastRight + 1) + " to " + to
                                    + ": the events do not lead to the root that was signed; the first wrong one is among them"
                                    + (firstWrong == null ? "" : ", at " + wrongAt + " at the latest"));
        }
        if (firstWrong != null) {
            throw new WrongException("leaves.bin: the hash of position " + wrongAt
                    + " is not that of the event, although the event is the one signed");
        }
        out.println("ok     all " + (to - from + 1) + " events from position " + from + " to " + to
                + " are here, in order, and lead to the signed root");
        return to - from + 1;
    }

    /** Checkpoints that the log holds over beginnings of the range: they say where it went wrong, if it did. */
    private void readCheckpoints(SortedMap<Long, Note> inside) throws IOException {
        if (!files.has("checkpoints.jsonl")) {
            return;
        }
        try (BufferedReader lines = reader("checkpoints.jsonl")) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                Note note = Note.parse(Json.text(Json.object(line), "note"));
                if (note.signedBy(keys.values()).isEmpty()) {
                    throw new WrongException("checkpoints.jsonl: no signature on the one over " + note.size()
                            + " events is right for a trusted key");
                }
                Note same = inside.putIfAbsent(note.size(), note);
                if (same != null && !Arrays.equals(same.root(), note.root())) {
                    throw new WrongException("checkpoints.jsonl: the one over " + note.size()
                            + " events has another root than the one that was kept elsewhere");
                }
            }
        }
    }

    /** Only some events are here, each with a path of its own. */
    private long chosenEvents(Note checkpoint, long from, long to) throws IOException {
        long count = 0;
        long last = from - 1;
        Rfc6962 hashes = new Rfc6962();
        try (BufferedReader lines = reader(EVENTS)) {
            for (String line = line(lines, last); line != null; line = line(lines, last)) {
                Event event = parsed(line, last);
                if (event.position() <= last || event.position() > to) {
                    throw new WrongException("position " + event.position() + ": it is out of order after " + last
                            + ", or beyond the range to " + to);
                }
                last = event.position();
                byte[] root;
                try {
                    root = hashes.rootOf(hashes.leaf(event.leaf()), last - 1, checkpoint.size(), hashes(event.proof()));
                } catch (BrokenException path) {
                    throw new WrongException("position " + last + ": its proof is none: " + path.getMessage());
                }
                if (!Arrays.equals(root, checkpoint.root())) {
                    throw new WrongException(
                            "position " + last
                                    + ": the event does not lead to the signed root; it is not the one that was recorded there, or its proof is not");
                }
                count++;
            }
        }
        out.println("ok     each of the " + count + " events is the one that was signed at its position, in order");
        out.println("note   the bundle answers a question: that no other event answers it is not proved by it");
        return count;
    }

    /** What was kept elsewhere must be a beginning of what is signed now. */
    private void compareEarlier(Note checkpoint, SortedMap<Long, Note> left) throws IOException {
        int compared = earlier.size() - left.size();
        for (Map.Entry<Long, Note> entry : left.entrySet()) {
            Note note = entry.getValue();
            if (note.size() == checkpoint.size()) {
                if (!Arrays.equals(note.root(), checkpoint.root())) {
                    throw new WrongException("log: an earlier checkpoint over the same " + note.size()
                            + " events has another root; history was rewritten");
                }
                compared++;
            } else if (files.has("consistency.json")) {
                Map<String, Object> consistency = Json.object(files.text("consistency.json"));
                if (Json.number(consistency, "from") != note.size()) {
                    continue;
                }
                boolean right;
                try {
                    byte[][] roots = new Rfc6962()
                            .rootsOf(
                                    note.size(),
                                    note.root(),
                                    checkpoint.size(),
                                    hashes(Json.texts(consistency, "path")));
                    right = Arrays.equals(roots[0], note.root()) && Arrays.equals(roots[1], checkpoint.root());
                } catch (BrokenException path) {
                    right = false;
                }
                if (!right) {
                    throw new WrongException("log: it does not begin with the " + note.size()
                            + " events that an earlier checkpoint covers; history was rewritten at a position from 1 to "
                            + note.size());
                }
                compared++;
            }
        }
        if (compared > 0) {
            out.println("ok     the log begins as " + compared
                    + (compared == 1 ? " earlier checkpoint says" : " earlier checkpoints say"));
        }
        if (!earlier.isEmpty() && compared == 0) {
            throw new BrokenException(
                    "no earlier checkpoint can be compared with this bundle; export from position 1, or with since="
                            + earlier.getLast().size());
        }
    }

    private void checkFiles(Map<String, Object> manifest) throws IOException {
        SortedSet<String> names = files.names();
        names.remove(MANIFEST);
        if (!(manifest.get("files") instanceof List<?> listed)) {
            throw new BrokenException("manifest.json: member 'files' is no list");
        }
        for (Object item : listed) {
            @SuppressWarnings("unchecked")
            Map<String, Object> file = item instanceof Map<?, ?> map ? (Map<String, Object>) map : Map.of();
            String name = Json.text(file, "name");
            if (!names.remove(name)) {
                throw new WrongException(name + ": the file is missing");
            }
            long bytes = 0;
            MessageDigest sha256 = sha256();
            try (DigestInputStream in = new DigestInputStream(files.open(name), sha256)) {
                bytes = in.transferTo(java.io.OutputStream.nullOutputStream());
            }
            if (bytes != Json.number(file, "bytes")
                    || !HexFormat.of().formatHex(sha256.digest()).equals(Json.text(file, "sha256"))) {
                throw new WrongException(name + ": the file is not the one that the manifest lists");
            }
        }
        if (!names.isEmpty()) {
            throw new WrongException(names.getFirst() + ": the file is not listed in the manifest");
        }
        out.println("ok     the " + listed.size() + " files have the lengths and hashes that the manifest lists");
    }

    private static Event parsed(String line, long after) {
        try {
            return Event.parse(line);
        } catch (BrokenException broken) {
            throw new WrongException(
                    "events.jsonl: the line after position " + after + " is no event: " + broken.getMessage());
        }
    }

    private BufferedReader reader(String name) throws IOException {
        InputStream in = files.open(name);
        return new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8.newDecoder()), 1 << 16);
    }

    private static @Nullable String line(BufferedReader lines, long after) throws IOException {
        try {
            return lines.readLine();
        } catch (CharacterCodingException broken) {
            throw new WrongException("events.jsonl: what follows position " + after + " is no UTF-8");
        }
    }

    private static List<byte[]> hashes(List<String> texts) {
        List<byte[]> hashes = new ArrayList<>();
        for (String text : texts) {
            byte[] hash = Event.base64(text);
            if (hash.length != 32) {
                throw new BrokenException("a hash has " + hash.length + " bytes; expected 32");
            }
            hashes.add(hash);
        }
        return hashes;
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException missing) {
            throw new IllegalStateException("this Java has no SHA-256", missing);
        }
    }

    private static void require(String what, Object found, Object expected) {
        if (!found.equals(expected)) {
            throw new WrongException(what + " is " + found + "; expected " + expected);
        }
    }
}
