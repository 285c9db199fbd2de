package io.skein.projection.engine;

import io.skein.eventlog.KernelJson;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;
import tools.jackson.core.type.TypeReference;

/** Table {@code projection_control}: how each projection is meant to run. */
public final class ProjectionControls {
    /**
     * How one is meant to run.
     *
     * @param parameters of detectors, where they are not those of the code
     */
    public record Control(boolean paused, boolean held, Map<String, Map<String, String>> parameters) {
        public static final Control AS_CODED = new Control(false, false, Map.of());

        public boolean runs() {
            return !paused && !held;
        }
    }

    private ProjectionControls() {}

    /** Those that are meant to run otherwise than the code says. */
    public static Map<String, Control> all(Connection database) throws SQLException {
        Map<String, Control> controls = new HashMap<>();
        try (PreparedStatement select = database.prepareStatement(
                        "select name, paused, held, parameters from public.projection_control");
                ResultSet rows = select.executeQuery()) {
            while (rows.next()) {
                controls.put(
                        rows.getString(1),
                        new Control(rows.getBoolean(2), rows.getBoolean(3), parameters(rows.getString(4))));
            }
        }
        return controls;
    }

    /** Detector parameters from their JSON. */
    public static Map<String, Map<String, String>> parameters(String json) {
        return KernelJson.mapper().readValue(json, new TypeReference<>() {});
    }

    public static void pause(Connection database, String name, boolean paused) throws SQLException {
        set(database, "paused", name, paused);
    }

    public static void hold(Connection database, String name, boolean held) throws SQLException {
        set(database, "held", name, held);
    }

    private static void set(Connection database, String column, String name, boolean value) throws SQLException {
        try (PreparedStatement upsert =
                database.prepareStatement("insert into public.projection_control (name, " + column
                        + ") values (?, ?) on conflict (name) do update set " + column + " = excluded." + column
                        + ", since = now()")) {
            upsert.setString(1, name);
            upsert.setBoolean(2, value);
            upsert.executeUpdate();
        }
    }

    static void parameters(Connection database, String name, Map<String, Map<String, String>> parameters)
            throws SQLException {
        try (PreparedStatement upsert = database.prepareStatement("""
                insert into public.projection_control (name, parameters) values (?, ?::jsonb)
                on conflict (name) do update set parameters = excluded.parameters, since = now()""")) {
            upsert.setString(1, name);
            upsert.setString(2, KernelJson.mapper().writeValueAsString(parameters));
            upsert.executeUpdate();
        }
    }
}
