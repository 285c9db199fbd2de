package io.skein.projection.publish;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** A page of changed rows that ends between two positions, never within one: where one event changed more, the page is as long as that. */
final class RowsSince {
    static final int PAGE = 5_000;

    record Row<A>(String network, long position, A value) {}

    interface Reader<A> {
        A read(ResultSet row) throws SQLException;
    }

    private RowsSince() {}

    /** @param sql has the columns network_id and last_position, and the parameters from, to, limit */
    static <A> List<Row<A>> read(Connection database, String sql, long from, long to, Reader<A> reader)
            throws SQLException {
        List<Row<A>> rows = page(database, sql, from, to, PAGE + 1, reader);
        if (rows.size() > PAGE && rows.getFirst().position() == rows.getLast().position()) {
            long crowded = rows.getFirst().position();
            return page(database, sql, crowded - 1, crowded, Integer.MAX_VALUE, reader);
        }
        return rows;
    }

    private static <A> List<Row<A>> page(
            Connection database, String sql, long from, long to, int limit, Reader<A> reader) throws SQLException {
        List<Row<A>> rows = new ArrayList<>();
        try (PreparedStatement select = database.prepareStatement(sql)) {
            select.setLong(1, from);
            select.setLong(2, to);
            select.setInt(3, limit);
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
        if (page.size() <= PAGE) {
            return to;
        }
        long last = page.getLast().position();
        return Math.min(to, page.getFirst().position() == last ? last : last - 1);
    }
}
