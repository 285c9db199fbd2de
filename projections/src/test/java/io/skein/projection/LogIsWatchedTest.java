package io.skein.projection;

import static org.assertj.core.api.Assertions.assertThat;

import io.skein.eventlog.tree.Checkpoint;
import io.skein.eventlog.tree.EvidenceFolder;
import io.skein.eventlog.tree.MerkleTree;
import io.skein.eventlog.tree.SignedNote;
import io.skein.eventlog.tree.SigningKey;
import io.skein.eventlog.tree.StoredTiles;
import io.skein.kernel.agent.MessageRecorded;
import io.skein.kernel.audit.AuditLogEvent.CheckpointSigned;
import io.skein.kernel.audit.AuditLogEvent.KeyAdopted;
import io.skein.kernel.id.AuditLogId;
import io.skein.kernel.message.MessageType;
import io.skein.projection.evidence.SelfCheck;
import io.skein.projection.evidence.SelfCheckSettings;
import io.skein.projection.evidence.Tampering;
import io.skein.projection.evidence.TreeFollower;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;

/** Whatever a superuser does to events, tiles, checkpoints and keys, the next pass of the self-check finds it and names the first wrong position. */
class LogIsWatchedTest {
    private static final int EVENTS = 900;
    private static final long SEED = 20261123;

    @TempDir
    static Path folder;

    private static final LogFixture LOG = new LogFixture();
    private static RunningProjections running;
    private static TreeFollower tree;
    private static SigningKey key;
    private static long size;
    /** Positions of the checkpoints in the log. */
    private static final List<Long> CHECKPOINTS = new ArrayList<>();

    @BeforeAll
    static void a_log_is_recorded_followed_and_signed_three_times() throws Exception {
        running = new RunningProjections(LOG, 500, 1_000_000, "audit");
        tree = new TreeFollower(running.dataSource, running.tail);
        tree.start();
        EvidenceFolder evidence = new EvidenceFolder(folder);
        key = evidence.create("skein.log/test").current();
        LOG.append(List.of(new KeyAdopted(
                AuditLogId.key(key.verifier().id()),
                "skein.log/test",
                key.verifier().id(),
                key.verifier().text(),
                null,
                null,
                LogFixture.START_AT)));
        for (int part = 0; part < 3; part++) {
            List<Object> events = new ArrayList<>();
            for (int i = 0; i < EVENTS / 3; i++) {
                String id = part + "-" + i;
                events.add(new MessageRecorded(
                        LogFixture.message(
                                id,
                                "c",
                                "a" + i % 9,
                                List.of("b"),
                                MessageType.BROADCAST,
                                null,
                                "text " + i,
                                null,
                                LogFixture.START_AT),
                        LogFixture.START_AT.plusMillis(i)));
            }
            LOG.append(events);
            sign(evidence);
        }
        size = LOG.head();
        awaitTree();
        running.caughtUp("audit");
    }

    @AfterAll
    static void stop() {
        tree.close();
        running.close();
    }

    private static void awaitTree() {
        running.caughtUp(TreeFollower.NAME);
    }

    private static void sign(EvidenceFolder evidence) throws Exception {
        awaitTree();
        long covered = LOG.head();
        try (Connection database = LOG.dataSource().getConnection()) {
            Checkpoint checkpoint =
                    new Checkpoint("skein.log/test", covered, new MerkleTree(new StoredTiles(database)).root(covered));
            String note = SignedNote.sign(checkpoint.text(), key);
            evidence.append(note);
            LOG.append(List.of(new CheckpointSigned(
                    AuditLogId.checkpoint(covered, key.verifier().id()),
                    "skein.log/test",
                    covered,
                    checkpoint.rootBase64(),
                    key.verifier().id(),
                    note,
                    LogFixture.START_AT)));
            CHECKPOINTS.add(LOG.head());
        }
    }

    private interface Change {
        void make(Statement database, long position) throws SQLException;
    }

    /** What a pass finds after the change; the change is undone. */
    private static Optional<Tampering> after(Change change, long position, boolean trusted) throws Exception {
        try (Connection connection = LOG.dataSource().getConnection()) {
            connection.setAutoCommit(false);
            try (Statement statement = connection.createStatement()) {
                statement.execute("set local session_replication_role = replica");
                change.make(statement, position);
            }
            SelfCheck check = new SelfCheck(
                    new SelfCheckSettings(1_000_000, Duration.ofSeconds(1), trusted ? folder.toString() : ""),
                    new SingleConnectionDataSource(connection, true));
            return check.check();
        }
    }

    private static String tile(long position) {
        return " where level = 0 and tile = " + (position - 1) / 256;
    }

    private static Map<String, Change> atOnePlace() {
        Map<String, Change> changes = new LinkedHashMap<>();
        for (String column : List.of(
                "payload = set_byte(payload, 9, get_byte(payload, 9) # 1)",
                "metadata = '\\x7b7d'",
                "event_id = gen_random_uuid()",
                "sequence = sequence + 100000",
                "recorded_at = recorded_at - interval '1 microsecond'",
                "aggregate_id = aggregate_id || 'x'",
                "revision = null",
                "payload_type = payload_type % 2 + 1")) {
            changes.put(
                    column,
                    (database, position) ->
                            database.execute("update event_log set " + column + " where position = " + position));
        }
        changes.put(
                "deleted",
                (database, position) -> database.execute("delete from event_log where position = " + position));
        changes.put(
                "cut off",
                (database, position) -> database.execute("delete from event_log where position >= " + position));
        changes.put("moved up and one inserted", (database, position) -> {
            database.execute("update event_log set position = position + 1000000 where position >= " + position);
            database.execute("update event_log set position = position - 999999 where position > 1000000");
            database.execute("insert into event_log select " + position
                    + ", gen_random_uuid(), aggregate_type, payload_type, 999999, recorded_at, aggregate_id, revision, payload, metadata from event_log where position = "
                    + (position == 1 ? 3 : 1));
        });
        changes.put("swapped", (database, position) -> {
            database.execute("update event_log set position = 1000000 where position = " + position);
            database.execute("update event_log set position = " + position + " where position = " + (position + 1));
            database.execute("update event_log set position = " + (position + 1) + " where position = 1000000");
        });
        changes.put(
                "hash in a tile",
                (database, position) ->
                        database.execute("update tree_tile set hashes = overlay(hashes placing sha256('x') from "
                                + ((position - 1) % 256 * 32 + 1) + " for 32)" + tile(position)));
        changes.put("event and its hash", (database, position) -> {
            database.execute("update event_log set payload = '\\x7b7d' where position = " + position);
            database.execute("update tree_tile set hashes = overlay(hashes placing sha256('x') from "
                    + ((position - 1) % 256 * 32 + 1) + " for 32)" + tile(position));
        });
        return changes;
    }

    @Test
    void an_untouched_log_passes() throws Exception {
        assertThat(after((database, position) -> {}, 1, true)).isEmpty();
        assertThat(after((database, position) -> {}, 1, false)).isEmpty();
    }

    @Test
    void each_kind_of_change_at_random_places_is_named_with_its_position() throws Exception {
        Random random = new Random(SEED);
        for (Map.Entry<String, Change> change : atOnePlace().entrySet()) {
            for (int i = 0; i < 8; i++) {
                long position = 1 + random.nextLong(size - 1);
                Optional<Tampering> found = after(change.getValue(), position, true);
                assertThat(found)
                        .as("%s at %d", change.getKey(), position)
                        .hasValueSatisfying(
                                tampering -> assertThat(tampering.position()).isEqualTo(position));
            }
        }
    }

    @Test
    void missing_shortened_and_additional_tiles_are_named() throws Exception {
        Random random = new Random(SEED);
        for (int i = 0; i < 10; i++) {
            long position = 1 + random.nextLong(size);
            long first = (position - 1) / 256 * 256 + 1;
            assertThat(after((database, at) -> database.execute("delete from tree_tile" + tile(at)), position, true))
                    .hasValueSatisfying(found -> assertThat(found.position()).isEqualTo(first));
            assertThat(after(
                            (database, at) ->
                                    database.execute("update tree_tile set hashes = substr(hashes, 1, 64)" + tile(at)),
                            position,
                            true))
                    .hasValueSatisfying(found -> assertThat(found.position()).isEqualTo(first));
        }
        assertThat(after(
                        (database, at) -> database.execute(
                                "update tree_tile set hashes = overlay(hashes placing sha256('x') from 33) where level = 1"),
                        1,
                        true))
                .hasValueSatisfying(found -> assertThat(found.position()).isEqualTo(257));
        assertThat(after((database, at) -> database.execute("delete from tree_tile where level = 1"), 1, true))
                .isPresent();
        assertThat(after(
                        (database, at) -> database.execute("insert into tree_tile values (0, 99, sha256('x'))"),
                        1,
                        true))
                .isPresent();
    }

    /** With the same hashes as the log would have had, had it been so from the beginning: only signatures tell. */
    @Test
    void a_log_rewritten_together_with_its_whole_tree_is_found_by_what_is_kept_outside() throws Exception {
        Random random = new Random(SEED);
        for (int i = 0; i < 5; i++) {
            long position = 2 + random.nextLong(CHECKPOINTS.getFirst() - 3);
            Change rewrite = (database, at) -> {
                database.execute("update event_log set payload = payload || '\\x20' where position = " + at);
                growAgain(database);
            };
            assertThat(after(rewrite, position, true)).hasValueSatisfying(found -> {
                assertThat(found.position()).isLessThanOrEqualTo(position);
                assertThat(found.what()).contains("1 to " + (CHECKPOINTS.getFirst() - 1), "rewritten");
            });
            Change hidden = (database, at) -> {
                rewrite.make(database, at);
                database.execute(
                        "update event_log e set payload_type = (select payload_type from event_log where position = 3) from log_name n where n.id = e.payload_type and n.name = 'CheckpointSigned'");
                growAgain(database);
                database.execute("delete from audit_checkpoint");
            };
            assertThat(after(hidden, position, true)).isPresent();
        }
    }

    private static void growAgain(Statement database) throws SQLException {
        Connection connection = database.getConnection();
        database.execute("delete from tree_tile");
        io.skein.eventlog.tree.TileBuilder builder =
                new io.skein.eventlog.tree.TileBuilder(0, new StoredTiles(connection));
        io.skein.eventlog.tree.Hashes hashes = new io.skein.eventlog.tree.Hashes();
        io.skein.eventlog.tree.StoredEvents.between(connection, 0, size, event -> {
            builder.add(hashes.leaf(event.leaf()));
            return true;
        });
        for (io.skein.eventlog.tree.TileBuilder.Tile tile : builder.changed()) {
            database.execute("insert into tree_tile values (%d, %d, '\\x%s')"
                    .formatted(
                            tile.level(), tile.index(), java.util.HexFormat.of().formatHex(tile.hashes())));
        }
    }

    @Test
    void checkpoints_and_keys_that_are_changed_removed_or_added_are_named() throws Exception {
        SigningKey stranger = SigningKey.generate("skein.log/test");
        for (long position : CHECKPOINTS) {
            assertThat(after(
                            (database, at) -> database.execute(
                                    "update audit_checkpoint set note = note || 'x' where position = " + at),
                            position,
                            true))
                    .hasValueSatisfying(found -> assertThat(found.position()).isEqualTo(position));
            assertThat(after(
                            (database, at) -> database.execute("delete from audit_checkpoint where position = " + at),
                            position,
                            true))
                    .hasValueSatisfying(found -> assertThat(found.position()).isEqualTo(position));
        }
        assertThat(after(
                        (database, at) -> database.execute(
                                "insert into audit_checkpoint select 5, origin, tree_size, root_hash, key_id, note, recorded_at from audit_checkpoint limit 1"),
                        5,
                        true))
                .hasValueSatisfying(found -> assertThat(found.position()).isEqualTo(5));
        assertThat(after(
                        (database, at) -> database.execute("update audit_key set public_key = '"
                                + stranger.verifier().text() + "'"),
                        1,
                        true))
                .hasValueSatisfying(found -> assertThat(found.position()).isEqualTo(1));
        assertThat(after((database, at) -> database.execute("delete from audit_key"), 1, true))
                .hasValueSatisfying(found -> assertThat(found.position()).isEqualTo(1));
        // Even where log, tree and tables are of one piece, the key is not one that is kept outside.
        assertThat(after(
                        (database, at) -> {
                            database.execute(
                                    "update event_log set payload = convert_to(replace(convert_from(payload, 'UTF8'), '"
                                            + key.verifier().text() + "', '"
                                            + stranger.verifier().text() + "'), 'UTF8') where position = 1");
                            database.execute("update audit_key set public_key = '"
                                    + stranger.verifier().text() + "'");
                            growAgain(database);
                        },
                        1,
                        true))
                .hasValueSatisfying(found -> {
                    assertThat(found.position()).isEqualTo(1);
                    assertThat(found.what()).contains("not among the trusted keys");
                });
    }
}
