package io.skein.projection.engine;

import io.skein.eventlog.EventSerializer;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.axonframework.eventhandling.GlobalSequenceTrackingToken;
import org.axonframework.serialization.SerializedObject;

/** Brings the rows of a sandbox into the live tables, and says in what the two differ. The live projection must stand still. */
public final class Exchange {
    private Exchange() {}

    /** Whether no node works on the projection: none has its token, or the one that has it has fallen silent. */
    public static boolean isStill(Connection database, String projection) throws SQLException {
        try (PreparedStatement select = database.prepareStatement("""
                select count(*) from public.processor_token
                where processor = ? and owner is not null and timestamp::timestamptz > now() - interval '15 seconds'""")) {
            select.setString(1, projection);
            try (ResultSet row = select.executeQuery()) {
                row.next();
                return row.getLong(1) == 0;
            }
        }
    }

    /**
     * Makes the live rows those of the schema, in the transaction that is open: whoever reads sees all of the old or all of the new. Rows that are the
     * same are not touched. The projection begins a new generation at the schema's position.
     */
    public static void bringIn(
            Connection database, String schema, Projection projection, Map<String, Map<String, String>> parameters)
            throws SQLException {
        String name = projection.name();
        for (String table : projection.tables()) {
            bringIn(database, schema, table);
        }
        long position = Sandbox.position(database, schema, name);
        try (PreparedStatement delete = database.prepareStatement(
                "delete from public.projection_checkpoint where name = ? or starts_with(name, ?)")) {
            delete.setString(1, name);
            delete.setString(2, name + "/");
            delete.executeUpdate();
        }
        SandboxSchemas.execute(
                database,
                "insert into public.projection_checkpoint (name, position, version, state) select name, position, version, state from "
                        + schema + ".projection_checkpoint");
        update(database, "delete from public.projection_dead_letter where projection = ?", name);
        SandboxSchemas.execute(
                database,
                "insert into public.projection_dead_letter select * from " + schema + ".projection_dead_letter");
        try (PreparedStatement upsert = database.prepareStatement("""
                insert into public.projection_progress (name, segment, position) values (?, 0, ?)
                on conflict (name, segment) do update set position = excluded.position, updated_at = now()""")) {
            upsert.setString(1, name);
            upsert.setLong(2, position);
            upsert.executeUpdate();
        }
        token(database, name, position);
        ProjectionControls.parameters(database, name, parameters);
        Generations.next(database, name);
        update(database, "delete from public.kept_copy where projection = ?", name);
    }

    // Whoever still believes to own the token finds it gone, and cannot commit.
    private static void token(Connection database, String name, long position) throws SQLException {
        SerializedObject<byte[]> token =
                EventSerializer.create().serialize(new GlobalSequenceTrackingToken(position), byte[].class);
        try (PreparedStatement upsert = database.prepareStatement("""
                insert into public.processor_token (processor, segment, token, token_type, timestamp, owner)
                values (?, 0, ?, ?, to_char(now() at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), null)
                on conflict (processor, segment) do update
                set token = excluded.token, token_type = excluded.token_type, timestamp = excluded.timestamp, owner = null""")) {
            upsert.setString(1, name);
            upsert.setBytes(2, token.getData());
            upsert.setString(3, token.getType().getName());
            upsert.executeUpdate();
        }
    }

    private static void bringIn(Connection database, String schema, String table) throws SQLException {
        String columns = SandboxSchemas.columns(database, table);
        String same = sameKey(database, table, "p", "g");
        SandboxSchemas.execute(
                database,
                "delete from public." + table + " p using (select " + columns + " from public." + table
                        + " except select " + columns + " from " + schema + "." + table + ") g where " + same);
        SandboxSchemas.execute(
                database,
                "insert into public." + table + " (" + columns + ") overriding system value select " + columns
                        + " from "
                        + schema + "." + table + " g where not exists (select from public." + table + " p where " + same
                        + ")");
    }

    private static void update(Connection database, String sql, String name) throws SQLException {
        try (PreparedStatement update = database.prepareStatement(sql)) {
            update.setString(1, name);
            update.executeUpdate();
        }
    }

    /** Columns of the table's primary key. */
    static List<String> key(Connection database, String table) throws SQLException {
        List<String> key = new ArrayList<>();
        try (PreparedStatement select = database.prepareStatement("""
                select quote_ident(a.attname) from pg_index i, unnest(i.indkey) with ordinality as k (attnum, place)
                join pg_attribute a on a.attnum = k.attnum
                where i.indrelid = ('public.' || ?)::regclass and i.indisprimary and a.attrelid = i.indrelid order by k.place""")) {
            select.setString(1, table);
            try (ResultSet rows = select.executeQuery()) {
                while (rows.next()) {
                    key.add(rows.getString(1));
                }
            }
        }
        if (key.isEmpty()) {
            throw new IllegalStateException(
                    "table " + table + " has no primary key; expected one to compare its rows by");
        }
        return key;
    }

    private static String sameKey(Connection database, String table, String left, String right) throws SQLException {
        return String.join(
                " and ",
                key(database, table).stream()
                        .map(column -> left + "." + column + " = " + right + "." + column)
                        .toList());
    }

    /**
     * A row in which two schemas differ.
     *
     * @param kind {@code only_live}, {@code only_shadow} or {@code differs}
     * @param key its primary key as JSON
     * @param live what the live one says where they differ, as JSON; null where it has no such row
     */
    public record Difference(String table, String kind, String key, String live, String shadow) {}

    /** How many rows of one table differ. */
    public record Count(String table, long rows, long onlyLive, long onlyShadow, long differing) {}

    /** In what two schemas that stand at one position differ, row by row. */
    public static List<Count> count(Connection database, String live, String shadow, Projection projection)
            throws SQLException {
        List<Count> counts = new ArrayList<>();
        for (String table : projection.tables()) {
            try (PreparedStatement select =
                            database.prepareStatement("select count(*), count(*) filter (where kind = 'only_live'),"
                                    + " count(*) filter (where kind = 'only_shadow'), count(*) filter (where kind = 'differs') from ("
                                    + joined(database, live, shadow, table) + ") d");
                    ResultSet row = select.executeQuery()) {
                row.next();
                counts.add(new Count(table, row.getLong(1), row.getLong(2), row.getLong(3), row.getLong(4)));
            }
        }
        return counts;
    }

    /** The rows that differ, by table and key, at most so many of each table. */
    public static List<Difference> differences(
            Connection database, String live, String shadow, Projection projection, int limit) throws SQLException {
        List<Difference> differences = new ArrayList<>();
        for (String table : projection.tables()) {
            try (PreparedStatement select = database.prepareStatement("select kind, key, live, shadow from ("
                    + joined(database, live, shadow, table) + ") d where kind is not null order by key limit ?")) {
                select.setInt(1, limit);
                try (ResultSet rows = select.executeQuery()) {
                    while (rows.next()) {
                        differences.add(new Difference(
                                table, rows.getString(1), rows.getString(2), rows.getString(3), rows.getString(4)));
                    }
                }
            }
        }
        return differences;
    }

    private static String joined(Connection database, String live, String shadow, String table) throws SQLException {
        List<String> key = key(database, table);
        String columns = SandboxSchemas.columns(database, table);
        String first = key.getFirst();
        String pairs = String.join(
                ", ",
                key.stream()
                        .map(column -> "'" + column + "', coalesce(l." + column + ", s." + column + ")")
                        .toList());
        return "select case when s." + first + " is null then 'only_live' when l." + first
                + " is null then 'only_shadow' when l.* is distinct from s.* then 'differs' end as kind,"
                + " jsonb_build_object(" + pairs + ")::text as key,"
                + " case when l." + first + " is not null then (" + changed("l", "s") + ")::text end as live,"
                + " case when s." + first + " is not null then (" + changed("s", "l") + ")::text end as shadow"
                + " from (select " + columns + " from " + live + "." + table + ") l full join (select " + columns
                + " from "
                + shadow + "." + table + ") s on " + sameOf(key);
    }

    private static String sameOf(List<String> key) {
        return String.join(
                " and ",
                key.stream().map(column -> "l." + column + " = s." + column).toList());
    }

    // Only the columns in which they differ: whole rows may be long.
    private static String changed(String one, String other) {
        return "select jsonb_object_agg(a.key, a.value) from jsonb_each(to_jsonb(" + one + ")) a where to_jsonb("
                + other + ") -> a.key is distinct from a.value";
    }
}
