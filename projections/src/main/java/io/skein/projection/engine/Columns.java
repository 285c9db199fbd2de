package io.skein.projection.engine;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Many rows as one array a column, for statements on {@code unnest(?, ?, …)}: one round trip whatever their number. */
public final class Columns<R> {
    private final Collection<R> rows;
    private final List<Object[]> values = new ArrayList<>();
    private final List<String> types = new ArrayList<>();

    private Columns(Collection<R> rows) {
        this.rows = rows;
    }

    /** @param rows in the order in which they are to be written; keep it the same everywhere, or two writers may wait for one another */
    public static <R> Columns<R> of(Collection<R> rows) {
        return new Columns<>(rows);
    }

    public Columns<R> text(Function<? super R, ? extends @Nullable String> value) {
        return add("text", value);
    }

    public Columns<R> number(Function<? super R, ? extends @Nullable Long> value) {
        return add("bigint", value);
    }

    public Columns<R> real(Function<? super R, ? extends @Nullable Double> value) {
        return add("float8", value);
    }

    public Columns<R> flag(Function<? super R, ? extends @Nullable Boolean> value) {
        return add("boolean", value);
    }

    public Columns<R> bytes(Function<? super R, byte @Nullable []> value) {
        // The driver wants to see that the elements are bytes.
        byte[][] column = new byte[rows.size()][];
        int i = 0;
        for (R row : rows) {
            column[i++] = value.apply(row);
        }
        values.add(column);
        types.add("bytea");
        return this;
    }

    public Columns<R> instant(Function<? super R, ? extends @Nullable Instant> value) {
        return add("timestamptz", row -> {
            Instant instant = value.apply(row);
            return instant == null ? null : Timestamp.from(instant);
        });
    }

    private Columns<R> add(String type, Function<? super R, ?> value) {
        Object[] column = new Object[rows.size()];
        int i = 0;
        for (R row : rows) {
            column[i++] = value.apply(row);
        }
        values.add(column);
        types.add(type);
        return this;
    }

    /** Runs the statement, one array parameter for each column in their order; nothing where there are no rows. Rows changed. */
    public int update(Connection database, String sql) throws SQLException {
        if (rows.isEmpty()) {
            return 0;
        }
        try (PreparedStatement statement = database.prepareStatement(sql)) {
            bind(statement);
            return statement.executeUpdate();
        }
    }

    /** Runs a statement that answers rows; an empty list where there are none to ask with. */
    public <A> List<A> query(Connection database, String sql, RowReader<A> reader) throws SQLException {
        List<A> answers = new ArrayList<>();
        if (rows.isEmpty()) {
            return answers;
        }
        try (PreparedStatement statement = database.prepareStatement(sql)) {
            bind(statement);
            try (ResultSet found = statement.executeQuery()) {
                while (found.next()) {
                    answers.add(reader.read(found));
                }
            }
        }
        return answers;
    }

    private void bind(PreparedStatement statement) throws SQLException {
        for (int i = 0; i < values.size(); i++) {
            statement.setArray(i + 1, statement.getConnection().createArrayOf(types.get(i), values.get(i)));
        }
    }

    /** Makes an object of the row a result set stands on. */
    @FunctionalInterface
    public interface RowReader<A> {
        A read(ResultSet row) throws SQLException;
    }
}
