package io.skein.bench;

import io.skein.db.Schema;
import io.skein.embedded.TestDatabase;
import io.skein.eventlog.tree.Hashes;
import io.skein.eventlog.tree.MerkleTree;
import io.skein.eventlog.tree.Proofs;
import io.skein.eventlog.tree.StoredTiles;
import io.skein.eventlog.tree.TileBuilder;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Growing the Merkle tree in memory, and inclusion and consistency proofs out of tiles in PostgreSQL, each proof checked and read without anything remembered. */
@Command(name = "proof", description = "Hashing the Merkle tree, and proofs out of its tiles.")
final class ProofBench implements Callable<Integer> {
    private static final int LEAF_BYTES = 300;
    private static final int PORTION = 5_000;
    private static final double TARGET_P99_MILLIS = 10;

    @Option(
            names = "--events",
            defaultValue = "10000000",
            description = "Leaves of the tree (default ${DEFAULT-VALUE}).")
    private int events;

    @Option(names = "--proofs", defaultValue = "5000", description = "Proofs of each kind (default ${DEFAULT-VALUE}).")
    private int proofs;

    @Option(names = "--out", description = "Also write the JSON to this file.")
    private @Nullable Path out;

    @Override
    public Integer call() throws Exception {
        TestDatabase database = TestDatabase.fresh(Schema::migrate);
        try (Connection connection = database.owner().getConnection()) {
            connection.setAutoCommit(false);
            long hashingNanos = grow(connection);
            connection.commit();
            long[] inclusion = new long[proofs];
            long[] consistency = new long[proofs];
            byte[] root = new MerkleTree(new StoredTiles(connection)).root(events);
            Random random = new Random(1);
            Hashes hashes = new Hashes();
            for (int i = 0; i < proofs; i++) {
                int index = random.nextInt(events);
                long start = System.nanoTime();
                List<byte[]> path = new MerkleTree(new StoredTiles(connection)).inclusion(index, events);
                inclusion[i] = System.nanoTime() - start;
                require(Proofs.includes(hashes.leaf(leaf(index)), index, events, path, root));
                int from = 1 + random.nextInt(events);
                start = System.nanoTime();
                MerkleTree tree = new MerkleTree(new StoredTiles(connection));
                List<byte[]> beginning = tree.consistency(from, events);
                byte[] before = tree.root(from);
                consistency[i] = System.nanoTime() - start;
                require(Proofs.isBeginning(from, before, events, root, beginning));
            }
            new Report("proof")
                    .put("events", events)
                    .put("leafBytes", LEAF_BYTES)
                    .put("leavesHashedPerSecond", Math.round(events / (hashingNanos / 1e9)))
                    .put("inclusionMillis", quantiles(inclusion))
                    .put("consistencyMillis", quantiles(consistency))
                    .put("targets", Map.of("inclusionP99Millis", TARGET_P99_MILLIS))
                    .write(out);
            return Report.quantile(inclusion, 0.99) / 1e6 <= TARGET_P99_MILLIS ? 0 : 1;
        }
    }

    /** Nanoseconds spent on hashing, without what the database took. */
    private long grow(Connection connection) throws SQLException {
        TileBuilder builder = new TileBuilder(0, new StoredTiles(connection));
        Hashes hashes = new Hashes();
        long nanos = 0;
        for (int next = 0; next < events; ) {
            long start = System.nanoTime();
            for (int end = Math.min(events, next + PORTION); next < end; next++) {
                builder.add(hashes.leaf(leaf(next)));
            }
            List<TileBuilder.Tile> changed = builder.changed();
            nanos += System.nanoTime() - start;
            try (PreparedStatement upsert = connection.prepareStatement(
                    "insert into tree_tile (level, tile, hashes) values (?, ?, ?) on conflict (level, tile) do update set hashes = excluded.hashes")) {
                for (TileBuilder.Tile tile : changed) {
                    upsert.setInt(1, tile.level());
                    upsert.setLong(2, tile.index());
                    upsert.setBytes(3, tile.hashes());
                    upsert.addBatch();
                }
                upsert.executeBatch();
            }
        }
        return nanos;
    }

    private static byte[] leaf(int index) {
        return ByteBuffer.allocate(LEAF_BYTES).putInt(index).array();
    }

    private static Map<String, Double> quantiles(long[] nanos) {
        return Map.of(
                "p50", Report.rounded(Report.quantile(nanos, 0.5) / 1e6),
                "p99", Report.rounded(Report.quantile(nanos, 0.99) / 1e6),
                "max", Report.rounded(Report.quantile(nanos, 1) / 1e6));
    }

    private static void require(boolean right) {
        if (!right) {
            throw new IllegalStateException("a proof does not lead to the root; expected that every one does");
        }
    }
}
