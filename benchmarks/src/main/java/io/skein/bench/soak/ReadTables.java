package io.skein.bench.soak;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;

/** The tables that are made from the log alone: kept aside, forgotten, made again, compared row by row. */
final class ReadTables {
    private static final String KEPT = "soak_kept";

    private final DataSource owner;
    private final List<String> tables = new ArrayList<>();

    ReadTables(DataSource owner) throws SQLException {
        this.owner = owner;
        // What projections may empty is what they can make again; parked events carry the time of day.
        try (Connection connection = owner.getConnection();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("""
                        select c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
                        where n.nspname = 'public' and c.relkind = 'r' and c.relname <> 'projection_dead_letter'
                            and has_table_privilege('skein_projection', c.oid, 'truncate') order by 1""")) {
            while (rows.next()) {
                tables.add(rows.getString(1));
            }
        }
    }

    List<String> names() {
        return List.copyOf(tables);
    }

    void keepAside() throws SQLException {
        try (Connection connection = owner.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("drop schema if exists " + KEPT + " cascade");
            statement.execute("create schema " + KEPT);
            for (String table : tables) {
                statement.execute("create table " + KEPT + "." + table + " as table public." + table);
            }
        }
    }

    /** From here on every projection begins again at the first event. What was published stays published. */
    void forget() throws SQLException {
        try (Connection connection = owner.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("truncate " + String.join(", ", tables) + ", projection_checkpoint");
            statement.execute("delete from processor_token where processor in"
                    + " (select name from projection_progress where name not like 'publish-%')");
            statement.execute("delete from projection_progress where name not like 'publish-%'");
        }
    }

    /** One sentence for each table and side with rows that the other side has not. */
    List<String> differences() throws SQLException {
        List<String> differences = new ArrayList<>();
        try (Connection connection = owner.getConnection();
                Statement statement = connection.createStatement()) {
            for (String table : tables) {
                compare(statement, table, KEPT, "public", "before the rebuild and not after", differences);
                compare(statement, table, "public", KEPT, "after the rebuild and not before", differences);
            }
        }
        return differences;
    }

    private static void compare(
            Statement statement, String table, String one, String other, String when, List<String> differences)
            throws SQLException {
        String only = "(table " + one + "." + table + " except all table " + other + "." + table + ")";
        try (ResultSet rows = statement.executeQuery(
                "select (select count(*) from " + only + " c), left(t::text, 400) from " + only + " t limit 1")) {
            if (rows.next()) {
                differences.add(
                        "table " + table + ": " + rows.getLong(1) + " rows " + when + ", such as " + rows.getString(2));
            }
        }
    }

    void removeKept() throws SQLException {
        try (Connection connection = owner.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("drop schema if exists " + KEPT + " cascade");
        }
    }
}
