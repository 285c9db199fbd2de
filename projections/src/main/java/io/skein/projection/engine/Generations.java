package io.skein.projection.engine;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;

/** Which rows continue which: copies and clients of an earlier generation hold what is no longer so. */
public final class Generations {
    private Generations() {}

    public static long of(Connection database, String projection) throws SQLException {
        try (PreparedStatement select =
                database.prepareStatement("select generation from public.projection_generation where name = ?")) {
            select.setString(1, projection);
            try (ResultSet row = select.executeQuery()) {
                return row.next() ? row.getLong(1) : 0;
            }
        }
    }

    /** Says that the rows begin anew, in the transaction that changes them. */
    public static void next(Connection database, String projection) throws SQLException {
        try (PreparedStatement upsert = database.prepareStatement("""
                insert into public.projection_generation as g (name, generation) values (?, 1)
                on conflict (name) do update set generation = g.generation + 1""")) {
            upsert.setString(1, projection);
            upsert.executeUpdate();
        }
    }
}
