package io.skein.projection.evidence;

import io.skein.eventlog.KernelJson;
import io.skein.eventlog.tree.Checkpoint;
import io.skein.eventlog.tree.EvidenceFolder;
import io.skein.eventlog.tree.Hashes;
import io.skein.eventlog.tree.MerkleTree;
import io.skein.eventlog.tree.MissingTileException;
import io.skein.eventlog.tree.SignedNote;
import io.skein.eventlog.tree.StoredEvent;
import io.skein.eventlog.tree.StoredEvents;
import io.skein.eventlog.tree.StoredTiles;
import io.skein.eventlog.tree.TileBuilder;
import io.skein.eventlog.tree.Tiles;
import io.skein.eventlog.tree.VerifierKey;
import io.skein.kernel.audit.AuditLogEvent.CheckpointSigned;
import io.skein.kernel.audit.AuditLogEvent.KeyAdopted;
import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;

/**
 * One pass over the log: each stored row against the leaf that the tree has for it, each tile against the one above, every checkpoint against the tree. Names the first
 * position that is wrong. Reads everything anew; remembers nothing between passes.
 */
final class LogCheck {
    private static final String CHECKPOINT = CheckpointSigned.class.getSimpleName();
    private static final String KEY = KeyAdopted.class.getSimpleName();

    /** Is told of each stretch that was compared, so that it can slow the pass down or end it. */
    @FunctionalInterface
    interface Pace {
        /** @return whether to go on */
        boolean compared(long position, int events);
    }

    private final Connection database;
    private final @Nullable EvidenceFolder trusted;
    private final Pace pace;
    private final Hashes hashes = new Hashes();
    private final Map<String, VerifierKey> keys = new LinkedHashMap<>();
    private final SortedMap<Long, List<String>> signed = new TreeMap<>();
    private final Map<Long, String> noted = new HashMap<>();
    private final Map<Long, String> adopted = new HashMap<>();
    private final TileBuilder again;
    /** Tiles above the rows that are not full, by level. */
    private final SortedMap<Integer, TileBuilder.Tile> open = new TreeMap<>();
    /** What was recorded up to here is in the audit tables that were read. */
    private long projected;

    /**
     * @param database in a transaction, so that rows come in portions; only read
     * @param trusted what is known outside the database; null: nothing
     */
    LogCheck(Connection database, @Nullable EvidenceFolder trusted, Pace pace) {
        this.database = database;
        this.trusted = trusted;
        this.pace = pace;
        this.again = new TileBuilder(0, new StoredTiles(database));
    }

    /** The first thing wrong; empty if nothing is, or the pass was ended. */
    Optional<Tampering> run() throws SQLException, IOException {
        long size = TreeFollower.size(database);
        if (trusted != null) {
            for (VerifierKey key : trusted.publicKeys()) {
                keys.put(key.id(), key);
            }
            trusted.checkpoints(this::remember);
        }
        // Read behind what it is compared with: the log only grows.
        long head = head();
        if (head < size) {
            return wrong(head + 1, "the log ends at position " + head + "; the tree has " + size + " events");
        }
        long last = signed.isEmpty() ? 0 : signed.lastKey();
        if (head < last) {
            return wrong(head + 1, "the log ends at position " + head + "; " + last + " events were signed");
        }
        readTables();
        Optional<Tampering> rows = compareRows(size);
        if (rows.isPresent()) {
            return rows;
        }
        Optional<Tampering> extra = compareTileCounts();
        return extra.isPresent() ? extra : compareCheckpoints(size);
    }

    private void remember(String note) {
        Checkpoint checkpoint = Checkpoint.parse(SignedNote.parse(note).text());
        List<String> notes = signed.computeIfAbsent(checkpoint.size(), none -> new ArrayList<>(1));
        if (!notes.contains(note)) {
            notes.add(note);
        }
    }

    private void readTables() throws SQLException {
        long before = progress("audit");
        try (Statement statement = database.createStatement()) {
            try (ResultSet found = statement.executeQuery("select position, note from audit_checkpoint")) {
                while (found.next()) {
                    noted.put(found.getLong(1), found.getString(2));
                }
            }
            try (ResultSet found = statement.executeQuery("select position, public_key from audit_key")) {
                while (found.next()) {
                    adopted.put(found.getLong(1), found.getString(2));
                }
            }
        }
        projected = Math.min(before, progress("audit"));
    }

    private Optional<Tampering> compareRows(long size) throws SQLException {
        StoredTiles tiles = new StoredTiles(database);
        for (long tile = 0; tile * Tiles.WIDTH < size; tile++) {
            long after = tile * Tiles.WIDTH;
            int width = (int) Math.min(Tiles.WIDTH, size - after);
            Optional<Tampering> found = compareTile(tiles, tile, after, width);
            if (found.isPresent()) {
                return found;
            }
            for (TileBuilder.Tile finished : finishedTiles()) {
                Optional<Tampering> above = compareTile(tiles, finished);
                if (above.isPresent()) {
                    return above;
                }
            }
            if (!pace.compared(after + width, width)) {
                return Optional.empty();
            }
        }
        for (TileBuilder.Tile unfinished : open.values()) {
            Optional<Tampering> above = compareTile(tiles, unfinished);
            if (above.isPresent()) {
                return above;
            }
        }
        return Optional.empty();
    }

    /** Tiles above the rows that became full; those that are not yet are kept for the end. */
    private List<TileBuilder.Tile> finishedTiles() {
        List<TileBuilder.Tile> finished = new ArrayList<>();
        for (TileBuilder.Tile tile : again.changed()) {
            if (tile.level() > 0 && tile.hashes().length == Tiles.WIDTH * Hashes.SIZE) {
                open.remove(tile.level());
                finished.add(tile);
            } else if (tile.level() > 0) {
                open.put(tile.level(), tile);
            }
        }
        return finished;
    }

    private Optional<Tampering> compareTile(StoredTiles tiles, TileBuilder.Tile expected) {
        byte[] stored;
        int width = expected.hashes().length / Hashes.SIZE;
        try {
            stored = tiles.tile(expected.level(), expected.index(), width);
        } catch (MissingTileException missing) {
            return wrong(missing.firstPosition(), missing.getMessage());
        }
        int differs = Arrays.mismatch(expected.hashes(), Arrays.copyOf(stored, expected.hashes().length));
        if (differs < 0) {
            return Optional.empty();
        }
        long entry = expected.index() * Tiles.WIDTH + differs / Hashes.SIZE;
        return wrong(
                (entry << (expected.level() * Tiles.HEIGHT)) + 1,
                "tile " + expected.level() + "/" + expected.index() + " is not the root of the tiles below it");
    }

    private Optional<Tampering> compareTile(StoredTiles tiles, long tile, long after, int width) throws SQLException {
        byte[] stored;
        try {
            stored = tiles.tile(0, tile, width);
        } catch (MissingTileException missing) {
            return wrong(missing.firstPosition(), missing.getMessage());
        }
        Rows rows = new Rows(after, stored);
        StoredEvents.between(database, after, after + width, rows);
        if (rows.found == null && rows.position < after + width) {
            return wrong(rows.position + 1, "the event at position " + (rows.position + 1) + " is missing");
        }
        Tampering found = rows.found;
        if (found == null) {
            return Optional.empty();
        }
        return width == Tiles.WIDTH && rows.hashDiffers && !isRootAbove(tiles, tile, stored)
                ? wrong(
                        found.position(),
                        "tile 0/" + tile + " has another hash for position " + found.position()
                                + " than the stored event gives, and is not what the tile above says; tile or event was changed")
                : Optional.of(found);
    }

    /** Whether a full tile of leaves is what the tile above it says. */
    private boolean isRootAbove(StoredTiles tiles, long tile, byte[] stored) {
        try {
            byte[] above = tiles.tile(1, tile / Tiles.WIDTH, (int) (tile % Tiles.WIDTH) + 1);
            int offset = (int) (tile % Tiles.WIDTH) * Hashes.SIZE;
            TileBuilder one = new TileBuilder(0, (level, index, width) -> new byte[0]);
            for (int i = 0; i < Tiles.WIDTH; i++) {
                one.add(Arrays.copyOfRange(stored, i * Hashes.SIZE, (i + 1) * Hashes.SIZE));
            }
            byte[] root = one.changed().stream()
                    .filter(changed -> changed.level() == 1)
                    .findFirst()
                    .orElseThrow()
                    .hashes();
            return Arrays.equals(root, Arrays.copyOfRange(above, offset, offset + Hashes.SIZE));
        } catch (MissingTileException missing) {
            return false;
        }
    }

    /** Compares row by row with the tile's hashes. */
    private final class Rows implements StoredEvents.Taker {
        private final long after;
        private final byte[] tile;
        private long position;
        private @Nullable Tampering found;
        private boolean hashDiffers;

        Rows(long after, byte[] tile) {
            this.after = after;
            this.tile = tile;
            this.position = after;
        }

        @Override
        public boolean take(StoredEvent event) {
            long expected = position + 1;
            if (event.position() != expected) {
                found = new Tampering(expected, "the event at position " + expected + " is missing");
                return false;
            }
            position = expected;
            byte[] leaf = hashes.leaf(event.leaf());
            int offset = (int) (position - after - 1) * Hashes.SIZE;
            if (!Arrays.equals(leaf, Arrays.copyOfRange(tile, offset, offset + Hashes.SIZE))) {
                hashDiffers = true;
                found = new Tampering(
                        position,
                        "the stored event at position " + position + " is not the one that was recorded there");
                return false;
            }
            again.add(leaf);
            if (event.type().equals(CHECKPOINT) || event.type().equals(KEY)) {
                found = compareTables(event);
            }
            return found == null;
        }

        private @Nullable Tampering compareTables(StoredEvent event) {
            try {
                if (event.type().equals(CHECKPOINT)) {
                    CheckpointSigned checkpoint =
                            KernelJson.mapper().readValue(event.payload(), CheckpointSigned.class);
                    remember(checkpoint.note());
                    String note = noted.remove(position);
                    return position > projected || checkpoint.note().equals(note)
                            ? null
                            : new Tampering(
                                    position,
                                    "the checkpoint recorded at position " + position
                                            + (note == null ? " is missing in" : " is another one in")
                                            + " audit_checkpoint");
                }
                KeyAdopted key = KernelJson.mapper().readValue(event.payload(), KeyAdopted.class);
                VerifierKey verifier = VerifierKey.parse(key.publicKey());
                if (trusted == null) {
                    keys.put(verifier.id(), verifier);
                } else if (!keys.containsKey(verifier.id())) {
                    return new Tampering(
                            position,
                            "key " + verifier.id() + " adopted at position " + position
                                    + " is not among the trusted keys");
                }
                String known = adopted.remove(position);
                return position > projected || key.publicKey().equals(known)
                        ? null
                        : new Tampering(
                                position,
                                "the key recorded at position " + position
                                        + (known == null ? " is missing in" : " is another one in") + " audit_key");
            } catch (JacksonException | IllegalArgumentException broken) {
                return new Tampering(position, "the " + event.type() + " at position " + position + " cannot be read");
            }
        }
    }

    private Optional<Tampering> compareTileCounts() throws SQLException {
        try (Statement statement = database.createStatement();
                ResultSet found = statement.executeQuery(
                        "select level, count(*), max(tile), (select position from projection_progress where name = 'tree') from tree_tile group by level")) {
            while (found.next()) {
                long size = found.getLong(4);
                long expected = (Tiles.hashesAt(found.getInt(1), size) + Tiles.WIDTH - 1) / Tiles.WIDTH;
                if (found.getLong(2) != expected || found.getLong(3) >= expected) {
                    return wrong(
                            size + 1,
                            "tree_tile has " + found.getLong(2) + " tiles of level " + found.getInt(1) + ", the last "
                                    + found.getLong(3) + "; expected " + expected);
                }
            }
        }
        return Optional.empty();
    }

    private Optional<Tampering> compareCheckpoints(long size) throws SQLException {
        if (!noted.isEmpty() || !adopted.isEmpty()) {
            long position = java.util.stream.Stream.concat(noted.keySet().stream(), adopted.keySet().stream())
                    .min(Long::compare)
                    .orElseThrow();
            // What was recorded behind the tree's end is compared when the tree has it.
            if (position <= size) {
                return wrong(
                        position,
                        "audit_checkpoint or audit_key has a row for position " + position
                                + ", where the log has no such event");
            }
        }
        MerkleTree tree = new MerkleTree(new StoredTiles(database));
        long right = 0;
        for (Map.Entry<Long, List<String>> entry : signed.entrySet()) {
            long covered = entry.getKey();
            if (covered > size) {
                break;
            }
            byte[] root = covered == 0 ? hashes.empty() : tree.root(covered);
            for (String text : entry.getValue()) {
                SignedNote note = SignedNote.parse(text);
                if (note.signedBy(keys.values()).isEmpty()) {
                    return wrong(
                            Math.min(right + 1, covered),
                            "the checkpoint over " + covered + " events is not signed with a known key");
                }
                if (!Arrays.equals(Checkpoint.parse(note.text()).root(), root)) {
                    return wrong(
                            right + 1,
                            "positions " + (right + 1) + " to " + covered
                                    + " were rewritten: the tree has another root than was signed over the first "
                                    + covered
                                    + " events");
                }
            }
            right = covered;
        }
        return Optional.empty();
    }

    private long head() throws SQLException {
        try (Statement statement = database.createStatement();
                ResultSet rows = statement.executeQuery("select coalesce(max(position), 0) from event_log")) {
            rows.next();
            return rows.getLong(1);
        }
    }

    private long progress(String name) throws SQLException {
        try (PreparedStatement select = database.prepareStatement(
                "select coalesce(min(position), 0) from projection_progress where name = ?")) {
            select.setString(1, name);
            try (ResultSet rows = select.executeQuery()) {
                rows.next();
                return rows.getLong(1);
            }
        }
    }

    private static Optional<Tampering> wrong(long position, @Nullable String what) {
        return Optional.of(new Tampering(position, String.valueOf(what)));
    }
}
