package io.skein.db;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.skein.embedded.TestDatabase;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SchemaTest {
    private TestDatabase database;

    @BeforeEach
    void an_empty_database_comes_to_the_newest_schema() {
        database = TestDatabase.fresh(Schema::migrate);
    }

    @Test
    void migrating_again_changes_nothing() throws SQLException {
        Schema.migrate(database.owner());
        try (Connection connection = database.owner().getConnection();
                Statement statement = connection.createStatement();
                ResultSet rows =
                        statement.executeQuery("select count(*) from flyway_schema_history where not success")) {
            rows.next();
            assertThat(rows.getInt(1)).isZero();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"update event_log set sequence = 9", "delete from event_log", "truncate event_log"})
    void even_the_owner_of_the_log_is_refused_to_change_it(String change) throws SQLException {
        try (Connection connection = database.owner().getConnection();
                Statement statement = connection.createStatement()) {
            append(statement);
            assertThatThrownBy(() -> statement.execute(change)).hasMessageContaining("append-only");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "skein_command:update event_log set sequence = 9",
                "skein_command:delete from event_log",
                "skein_command:insert into agent (network_id, agent_id) values ('n', 'a')",
                "skein_projection:insert into log_name (name) values ('x')",
                "skein_projection:update event_log set sequence = 9",
                "skein_query:insert into log_name (name) values ('x')",
                "skein_query:delete from audit_entry",
                "skein_query:select * from proposed_record",
                "skein_query:delete from proposed_record",
                "skein_projection:delete from proposed_record",
                "skein_query:update alert set state = 'dismissed'"
            })
    void each_side_is_refused_what_is_not_its_own(String roleAndStatement) throws SQLException {
        String[] parts = roleAndStatement.split(":", 2);
        try (Connection connection = database.owner().getConnection();
                Statement statement = connection.createStatement()) {
            append(statement);
            statement.execute("set role " + parts[0]);
            assertThatThrownBy(() -> statement.execute(parts[1])).hasMessageContaining("permission denied");
        }
    }

    private static void append(Statement statement) throws SQLException {
        statement.execute("insert into log_name (name) values ('Agent')");
        statement.execute(
                "insert into event_log values (1, gen_random_uuid(), 1, 1, 0, now(), 'a', '1', '\\x7b7d', '\\x7b7d')");
    }
}
