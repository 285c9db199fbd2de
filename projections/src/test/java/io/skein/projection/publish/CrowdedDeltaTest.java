package io.skein.projection.publish;

import static org.assertj.core.api.Assertions.assertThat;

import io.skein.db.Schema;
import io.skein.embedded.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CrowdedDeltaTest {
    private static final int EDGES = 2 * RowsSince.PAGE + 1;

    @Test
    void an_event_that_changed_more_rows_than_a_page_holds_is_sent_in_parts_and_nothing_waits_behind_it()
            throws SQLException {
        TestDatabase database = TestDatabase.fresh(Schema::migrate);
        try (Connection connection = database.owner().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("""
                    insert into causal_edge (network_id, source, target, relationship, messages, first_position, last_position)
                    select 'n', 'hub', 'a' || i, 'request', 1, 1, 4 from generate_series(1, %d) i
                    union all select 'n', 'b', 'c', 'request', 1, 2, 2
                    union all select 'n', 'c', 'b', 'request', 1, 5, 5""".formatted(EDGES));
            GraphFeed feed = new GraphFeed();
            List<Integer> parts = new ArrayList<>();
            List<Long> reached = new ArrayList<>();
            List<Integer> rows = new ArrayList<>();
            for (long from = 0; from < 6; ) {
                ChangeFeed.Changes changes = feed.read(connection, from, 6);
                assertThat(changes.to()).isGreaterThan(from);
                List<Object> bodies = changes.byNetwork().getOrDefault("n", List.of());
                parts.add(bodies.size());
                rows.add(bodies.stream().mapToInt(CrowdedDeltaTest::edges).sum());
                assertThat(bodies).allSatisfy(body -> assertThat(edges(body)).isLessThanOrEqualTo(RowsSince.PAGE));
                from = changes.to();
                reached.add(from);
            }
            assertThat(reached).containsExactly(3L, 4L, 6L);
            assertThat(parts).containsExactly(1, 3, 1);
            assertThat(rows).containsExactly(1, EDGES, 1);
        }
    }

    private static int edges(Object body) {
        return body instanceof Map<?, ?> changes && changes.get("edges") instanceof List<?> edges ? edges.size() : 0;
    }
}
