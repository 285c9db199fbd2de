package io.skein.projection.engine;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;

/** Where a projection's memory is saved now and then, in the batch's transaction. */
public final class Checkpoints {
    /** @param position the state is that after the event at this position */
    public record Checkpoint(long position, String version, byte[] state) {}

    private Checkpoints() {}

    public static Optional<Checkpoint> load(Connection database, String name) throws SQLException {
        try (PreparedStatement select = database.prepareStatement(
                "select position, version, state from projection_checkpoint where name = ?")) {
            select.setString(1, name);
            try (ResultSet row = select.executeQuery()) {
                return row.next()
                        ? Optional.of(new Checkpoint(row.getLong(1), row.getString(2), row.getBytes(3)))
                        : Optional.empty();
            }
        }
    }

    public static void save(Connection database, String name, Checkpoint checkpoint) throws SQLException {
        try (PreparedStatement upsert = database.prepareStatement("""
                insert into projection_checkpoint (name, position, version, state) values (?, ?, ?, ?)
                on conflict (name) do update
                set position = excluded.position, version = excluded.version, state = excluded.state""")) {
            upsert.setString(1, name);
            upsert.setLong(2, checkpoint.position());
            upsert.setString(3, checkpoint.version());
            upsert.setBytes(4, checkpoint.state());
            upsert.executeUpdate();
        }
    }
}
