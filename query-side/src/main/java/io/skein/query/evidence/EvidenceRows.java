package io.skein.query.evidence;

import io.skein.kernel.audit.LogKey;
import io.skein.kernel.audit.SignedCheckpoint;
import io.skein.query.reading.Rows;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** The SQL over {@code audit_checkpoint}, {@code audit_key} and what proofs need of the others. */
@Component
final class EvidenceRows {
    private static final String CHECKPOINT =
            "select position, origin, tree_size, root_hash, key_id, note, recorded_at from audit_checkpoint ";

    private final JdbcClient jdbc;

    EvidenceRows(@Qualifier("queryJdbcClient") JdbcClient queryJdbcClient) {
        this.jdbc = queryJdbcClient;
    }

    /** Where a projection stands. */
    record Progress(String name, long position, long parked) {}

    Optional<SignedCheckpoint> newestCheckpoint(long leastSize) {
        return jdbc.sql(CHECKPOINT + "where tree_size >= :least order by tree_size desc, position desc limit 1")
                .param("least", leastSize)
                .query(EvidenceRows::checkpoint)
                .optional();
    }

    List<SignedCheckpoint> checkpoints(@Nullable Long before, int limit) {
        return jdbc.sql(CHECKPOINT + "where position < :before order by position desc limit :limit")
                .param("before", before == null ? Long.MAX_VALUE : before)
                .param("limit", limit)
                .query(EvidenceRows::checkpoint)
                .list();
    }

    /** The newest checkpoints over beginnings that end within the range, at most 10,000, smallest first. */
    List<SignedCheckpoint> checkpointsOver(long from, long to) {
        return jdbc.sql(
                        "select * from (" + CHECKPOINT
                                + "where tree_size between :from and :to order by tree_size desc limit 10000) newest order by tree_size")
                .param("from", from)
                .param("to", to)
                .query(EvidenceRows::checkpoint)
                .list();
    }

    List<LogKey> keys() {
        return jdbc.sql("""
                        select position, origin, key_id, public_key, replaces, vouching, recorded_at
                        from audit_key order by position""")
                .query((row, number) -> new LogKey(
                        row.getLong(1),
                        row.getString(2),
                        row.getString(3),
                        row.getString(4),
                        row.getString(5),
                        row.getString(6),
                        Rows.instant(row, "recorded_at")))
                .list();
    }

    long treeSize() {
        return jdbc.sql("select coalesce(min(position), 0) from projection_progress where name = 'tree'")
                .query(Long.class)
                .single();
    }

    List<Progress> progress() {
        return jdbc.sql("""
                        select p.name, min(p.position) as position,
                               (select count(*) from projection_dead_letter l where l.projection = p.name) as parked
                        from projection_progress p group by p.name order by p.name""")
                .query((row, number) ->
                        new Progress(row.getString("name"), row.getLong("position"), row.getLong("parked")))
                .list();
    }

    private static SignedCheckpoint checkpoint(ResultSet row, int number) throws SQLException {
        return new SignedCheckpoint(
                row.getLong("position"),
                row.getString("origin"),
                row.getLong("tree_size"),
                row.getString("root_hash"),
                row.getString("key_id"),
                row.getString("note"),
                Rows.instant(row, "recorded_at"));
    }
}
