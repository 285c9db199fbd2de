package io.skein.projection.publish;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** A page of changed rows that ends between two positions, never within one. */
final class RowsSince {
    /** One event changes at most two rows for each of at most 1,000 targets, so a page always holds one event's. */
    static final int PAGE = 5_000;

    record Row<A>(String network, long position, A value) {}

    interface Reader<A> {
        A read(ResultSet row) throws SQLException;
    }

    private RowsSince() {}

    /** @param sql has the columns network_id and last_position, and the parameters from, to, limit */
    static <A> List<Row<A>> read(Connection database, String sql, long from, long to, Reader<A> reader)
            throws SQLException {
        List<Row<A>> rows = new ArrayList<>();
        try (PreparedStatement select = database.prepareStatement(sql)) {
            select.setLong(1, from);
            select.setLong(2, to);
            select.setInt(3, PAGE + 1);
            try (ResultSet found = select.executeQuery()) {
                while (found.next()) {
                    rows.add(new Row<>(
                            found.getString("network_id"), found.getLong("last_position"), reader.read(found)));
                }
            }
        }
        return rows;
    }

    /** Up to where a page is complete: {@code to}, or before the position at which it was cut off. */
    static long completeTo(List<? extends Row<?>> page, long to) {
        return page.size() <= PAGE ? to : Math.min(to, page.getLast().position() - 1);
    }
}
