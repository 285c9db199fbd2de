package io.skein.eventlog;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** The interned names of the log. A name, once given a number, keeps it, so what is cached stays true. Thread-safe. */
public final class LogNames {
    private final Map<Short, String> names = new ConcurrentHashMap<>();
    private final Map<String, Short> numbers = new ConcurrentHashMap<>();

    /** @throws IllegalStateException if the log has no such number */
    public String name(Connection connection, short number) throws SQLException {
        String known = names.get(number);
        if (known == null) {
            load(connection);
            known = names.get(number);
        }
        if (known == null) {
            throw new IllegalStateException(
                    "log_name has no row " + number + "; expected every number used in event_log");
        }
        return known;
    }

    /** The number's name if this process has met it. */
    @Nullable
    String known(short number) {
        return names.get(number);
    }

    /** The name's number if this process has met it. */
    public @Nullable Short known(String name) {
        return numbers.get(name);
    }

    /** The name's number; makes one if there is none, in a transaction of its own only if {@code connection} is in autocommit. */
    public short number(Connection connection, String name) throws SQLException {
        Short known = numbers.get(name);
        if (known != null) {
            return known;
        }
        load(connection);
        known = numbers.get(name);
        if (known != null) {
            return known;
        }
        try (PreparedStatement insert =
                connection.prepareStatement("insert into log_name (name) values (?) on conflict (name) do nothing")) {
            insert.setString(1, name);
            insert.executeUpdate();
        }
        load(connection);
        return Objects.requireNonNull(numbers.get(name), name);
    }

    private void load(Connection connection) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement("select id, name from log_name");
                ResultSet rows = select.executeQuery()) {
            while (rows.next()) {
                names.put(rows.getShort(1), rows.getString(2));
                numbers.put(rows.getString(2), rows.getShort(1));
            }
        }
    }
}
