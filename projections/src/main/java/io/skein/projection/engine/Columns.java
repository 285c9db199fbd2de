package io.skein.projection.engine;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Many rows as one array a column, for statements on {@code unnest(?, ?, …)}: one round trip whatever their number. */
public final class Columns<R> {
    private final Collection<R> rows;
    private final List<BinaryArray> arrays = new ArrayList<>();

    private Columns(Collection<R> rows) {
        this.rows = rows;
    }

    /** @param rows in the order in which they are to be written; keep it the same everywhere, or two writers may wait for one another */
    public static <R> Columns<R> of(Collection<R> rows) {
        return new Columns<>(rows);
    }

    public Columns<R> text(Function<? super R, ? extends @Nullable String> value) {
        return add(BinaryArray.TEXT, value, BinaryArray::text);
    }

    public Columns<R> number(Function<? super R, ? extends @Nullable Long> value) {
        return add(BinaryArray.INT8, value, BinaryArray::int8);
    }

    public Columns<R> real(Function<? super R, ? extends @Nullable Double> value) {
        return add(BinaryArray.FLOAT8, value, BinaryArray::float8);
    }

    public Columns<R> flag(Function<? super R, ? extends @Nullable Boolean> value) {
        return add(BinaryArray.BOOL, value, BinaryArray::bool);
    }

    public Columns<R> bytes(Function<? super R, byte @Nullable []> value) {
        BinaryArray array = new BinaryArray(BinaryArray.BYTEA, rows.size());
        for (R row : rows) {
            array.bytea(value.apply(row));
        }
        arrays.add(array);
        return this;
    }

    public Columns<R> instant(Function<? super R, ? extends @Nullable Instant> value) {
        return add(BinaryArray.TIMESTAMPTZ, value, BinaryArray::timestamptz);
    }

    private <V> Columns<R> add(
            BinaryArray.Type type,
            Function<? super R, ? extends @Nullable V> value,
            BiConsumer<BinaryArray, @Nullable V> put) {
        BinaryArray array = new BinaryArray(type, rows.size());
        for (R row : rows) {
            put.accept(array, value.apply(row));
        }
        arrays.add(array);
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
        for (int i = 0; i < arrays.size(); i++) {
            statement.setArray(i + 1, arrays.get(i).on(statement.getConnection()));
        }
    }

    /** Makes an object of the row a result set stands on. */
    @FunctionalInterface
    public interface RowReader<A> {
        A read(ResultSet row) throws SQLException;
    }
}
