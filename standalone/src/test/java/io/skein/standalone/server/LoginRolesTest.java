package io.skein.standalone.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.skein.db.Schema;
import io.skein.embedded.TestDatabase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class LoginRolesTest {
    @TempDir
    private Path folder;

    @Test
    void each_side_may_do_its_own_and_nothing_else() throws SQLException {
        TestDatabase database = TestDatabase.fresh(Schema::migrate);
        Map<String, Object> keys =
                LoginRoles.ensure(database.owner(), database.url(), folder.resolve("secrets.properties"));
        assertThat(may(keys, "command", "insert into log_name (name) values ('x')"))
                .isTrue();
        assertThat(may(keys, "command", "delete from event_log")).isFalse();
        assertThat(may(keys, "projections", "delete from agent")).isTrue();
        assertThat(may(keys, "projections", "insert into log_name (name) values ('y')"))
                .isFalse();
        assertThat(may(keys, "query", "select count(*) from agent")).isTrue();
        assertThat(may(keys, "query", "delete from agent")).isFalse();
    }

    @Test
    void passwords_are_made_once_differ_and_are_readable_by_the_owner_alone() throws IOException {
        TestDatabase database = TestDatabase.fresh(Schema::migrate);
        Path secrets = folder.resolve("secrets.properties");
        Map<String, Object> first = LoginRoles.ensure(database.owner(), database.url(), secrets);
        assertThat(Files.getPosixFilePermissions(secrets)).isEqualTo(PosixFilePermissions.fromString("rw-------"));
        assertThat(LoginRoles.ensure(database.owner(), database.url(), secrets)).isEqualTo(first);
        assertThat(first.entrySet().stream()
                        .filter(entry -> entry.getKey().endsWith("password"))
                        .map(Map.Entry::getValue))
                .hasSize(3)
                .doesNotHaveDuplicates()
                .allSatisfy(password -> assertThat(password.toString()).hasSizeGreaterThanOrEqualTo(32));
    }

    @Test
    void secrets_that_cannot_be_kept_stop_the_start() {
        TestDatabase database = TestDatabase.fresh(Schema::migrate);
        assertThatThrownBy(() -> LoginRoles.ensure(database.owner(), database.url(), folder.resolve("no/such/file")))
                .isInstanceOf(StartException.class)
                .hasMessageContaining("secrets cannot be kept");
    }

    private static boolean may(Map<String, Object> keys, String side, String sql) throws SQLException {
        try (Connection connection = DriverManager.getConnection(
                String.valueOf(keys.get("skein." + side + ".database.url")),
                String.valueOf(keys.get("skein." + side + ".database.username")),
                String.valueOf(keys.get("skein." + side + ".database.password")))) {
            connection.createStatement().execute(sql);
            return true;
        } catch (SQLException refused) {
            if ("42501".equals(refused.getSQLState())) {
                return false;
            }
            throw refused;
        }
    }
}
