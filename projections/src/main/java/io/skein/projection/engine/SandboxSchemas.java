package io.skein.projection.engine;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/**
 * Schemas beside the live one, with the same tables under the same names. A projection names its tables without a schema, so whoever sets the search
 * path to one of these runs it there. All of them belong to the group role, so that every node may drop them.
 */
public final class SandboxSchemas {
    /** What the engine keeps of each projection; a proposal written in a sandbox stays there. */
    private static final List<String> ENGINE_TABLES = List.of(
            "projection_progress",
            "projection_checkpoint",
            "projection_dead_letter",
            "proposed_command",
            "processor_token");

    static final String LIVE = "public";

    private SandboxSchemas() {}

    /** Makes the schema with the engine's tables, empty. In the transaction that is open. */
    public static void create(Connection database, String schema, boolean unlogged) throws SQLException {
        execute(database, "create schema " + schema + " authorization skein_projection");
        execute(database, "grant usage on schema " + schema + " to skein_query");
        for (String table : ENGINE_TABLES) {
            empty(database, schema, table, unlogged);
        }
    }

    /** Makes the tables of the projection, empty and indexed as the live ones. */
    public static void tables(Connection database, String schema, Projection projection, boolean unlogged)
            throws SQLException {
        for (String table : projection.tables()) {
            empty(database, schema, table, unlogged);
        }
    }

    private static void empty(Connection database, String schema, String table, boolean unlogged) throws SQLException {
        asOwner(
                database,
                "create " + (unlogged ? "unlogged " : "") + "table " + schema + "." + table + " (like " + LIVE + "."
                        + table + " including all)");
        asOwner(database, "grant select on " + schema + "." + table + " to skein_query");
    }

    /** The rows up to the position of tables that only grow, without a copy. */
    static void viewOfGrowing(Connection database, String schema, Projection projection, long position)
            throws SQLException {
        for (String table : projection.tables()) {
            asOwner(
                    database,
                    "create view " + schema + "." + table + " as select * from " + LIVE + "." + table
                            + " where position <= " + position);
            asOwner(database, "grant select on " + schema + "." + table + " to skein_query");
        }
    }

    /** Copies the projection's rows and its memory's checkpoints from one schema to another. */
    static void copyRows(Connection database, String from, String to, Projection projection) throws SQLException {
        for (String table : projection.tables()) {
            String columns = columns(database, table);
            execute(
                    database,
                    "insert into " + to + "." + table + " (" + columns + ") overriding system value select " + columns
                            + " from " + from + "." + table);
        }
    }

    /** Copies the tables as they are, without indexes: to keep, not to ask. */
    static void keep(Connection database, String schema, Projection projection) throws SQLException {
        execute(database, "create schema " + schema + " authorization skein_projection");
        for (String table : projection.tables()) {
            asOwner(
                    database,
                    "create table " + schema + "." + table + " as select " + columns(database, table) + " from " + LIVE
                            + "." + table);
        }
        asOwner(
                database,
                "create table " + schema + ".projection_checkpoint (like " + LIVE
                        + ".projection_checkpoint including storage)");
    }

    static void drop(Connection database, String schema) throws SQLException {
        execute(database, "drop schema if exists " + schema + " cascade");
    }

    /** Digest of what the projection's tables look like now. */
    static String shape(Connection database, Projection projection) throws SQLException {
        try (PreparedStatement select = database.prepareStatement("""
                select coalesce(md5(string_agg(t.name || '.' || a.attname || ' ' || a.atttypid, ',' order by t.name, a.attname)), '')
                from unnest(?) as t (name) join pg_attribute a on a.attrelid = ('public.' || t.name)::regclass
                where a.attnum > 0 and not a.attisdropped""")) {
            select.setArray(
                    1, database.createArrayOf("text", projection.tables().toArray()));
            try (ResultSet row = select.executeQuery()) {
                row.next();
                return row.getString(1);
            }
        }
    }

    /** Columns of a live table that can be written, in their order, comma between. */
    static String columns(Connection database, String table) throws SQLException {
        return String.join(", ", columnNames(database, table));
    }

    public static List<String> columnNames(Connection database, String table) throws SQLException {
        List<String> names = new ArrayList<>();
        try (PreparedStatement select = database.prepareStatement("""
                select quote_ident(attname) from pg_attribute
                where attrelid = ('public.' || ?)::regclass and attnum > 0 and not attisdropped and attgenerated = '' order by attnum""")) {
            select.setString(1, table);
            try (ResultSet rows = select.executeQuery()) {
                while (rows.next()) {
                    names.add(rows.getString(1));
                }
            }
        }
        return names;
    }

    /** From here to the end of the transaction the schema stands for the live one. */
    static void enter(Connection database, String schema) throws SQLException {
        execute(database, "set local search_path = " + schema);
    }

    static void leave(Connection database) throws SQLException {
        execute(database, "set local search_path to default");
    }

    /** Makes it the property of the group, so that every node may drop it. */
    private static void asOwner(Connection database, String sql) throws SQLException {
        execute(database, "set local role skein_projection");
        execute(database, sql);
        execute(database, "reset role");
    }

    static void execute(Connection database, String sql) throws SQLException {
        try (Statement statement = database.createStatement()) {
            statement.execute(sql);
        }
    }
}
