package io.skein.query.interventions;

import io.skein.eventlog.KernelJson;
import io.skein.kernel.alert.EvidenceItem;
import io.skein.kernel.id.AgentId;
import io.skein.kernel.id.AlertId;
import io.skein.kernel.id.NetworkId;
import io.skein.kernel.id.UserId;
import io.skein.kernel.intervention.Effect;
import io.skein.kernel.intervention.InterventionQuery.FindIntervention;
import io.skein.kernel.intervention.InterventionQuery.ListInterventions;
import io.skein.kernel.intervention.InterventionView;
import io.skein.kernel.intervention.Outcome;
import io.skein.kernel.intervention.Rule;
import io.skein.kernel.intervention.Withheld;
import io.skein.kernel.page.Answer;
import io.skein.kernel.page.Page;
import io.skein.query.reading.ConsistentReads;
import io.skein.query.reading.Cursor;
import io.skein.query.reading.ProjectionName;
import io.skein.query.reading.QueryAnswers;
import io.skein.query.reading.Rows;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import org.axonframework.queryhandling.QueryHandler;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** The SQL over {@code intervention} and its answers. */
@Component
final class InterventionAnswers implements QueryAnswers {
    private static final String CURSOR = "interventions";
    private static final String SELECT = "select t.* from intervention t where t.network_id = :network";

    private final ConsistentReads reads;
    private final JdbcClient jdbc;

    InterventionAnswers(ConsistentReads reads, @Qualifier("queryJdbcClient") JdbcClient queryJdbcClient) {
        this.reads = reads;
        this.jdbc = queryJdbcClient;
    }

    @QueryHandler
    Answer<Optional<InterventionView>> answer(FindIntervention query) {
        return reads.at(
                ProjectionName.INTERVENTIONS,
                position -> new Answer<>(
                        position,
                        jdbc.sql(SELECT + " and t.intervention_id = :id")
                                .param("network", query.networkId().value())
                                .param("id", query.interventionId())
                                .query(InterventionAnswers::intervention)
                                .optional()));
    }

    @QueryHandler
    Page<InterventionView> answer(ListInterventions query) {
        @Nullable String cursor = query.cursor();
        long before = cursor == null ? Long.MAX_VALUE : Cursor.key(CURSOR, cursor, Long::valueOf);
        return reads.at(
                ProjectionName.INTERVENTIONS,
                position -> Cursor.page(
                        position, list(query, before), query.limit(), CURSOR, last -> Long.toString(last.position())));
    }

    private List<InterventionView> list(ListInterventions query, long before) {
        AgentId agent = query.agentId();
        Outcome outcome = query.outcome();
        return jdbc.sql(SELECT
                        + (agent == null ? "" : " and t.agent_id = :agent")
                        + (outcome == null ? "" : " and t.outcome = :outcome")
                        + " and t.position < :before order by t.position desc limit :limit")
                .param("network", query.networkId().value())
                .param("agent", agent == null ? "" : agent.value())
                .param("outcome", outcome == null ? "" : outcome.name().toLowerCase(Locale.ROOT))
                .param("before", before)
                .param("limit", query.limit() + 1)
                .query(InterventionAnswers::intervention)
                .list();
    }

    private static InterventionView intervention(ResultSet row, int number) throws SQLException {
        long version = row.getLong("policy_version");
        boolean byHand = row.wasNull();
        @Nullable String effect = row.getString("effect");
        return new InterventionView(
                row.getString("intervention_id"),
                new NetworkId(row.getString("network_id")),
                new AgentId(row.getString("agent_id")),
                Outcome.valueOf(row.getString("outcome").toUpperCase(Locale.ROOT)),
                orNull(row, "withheld", word -> Withheld.valueOf(word.toUpperCase(Locale.ROOT))),
                orNull(row, "rule", word -> Rule.valueOf(word.toUpperCase(Locale.ROOT))),
                orNull(row, "cause", AlertId::new),
                List.of(KernelJson.mapper().readValue(row.getString("evidence"), EvidenceItem[].class)),
                Rows.doubleOrNull(row, "score"),
                row.getString("reason"),
                new UserId(row.getString("decided_by")),
                byHand ? null : version,
                row.getLong("decided_from"),
                row.getLong("position"),
                Rows.instant(row, "decided_at"),
                Rows.instantOrNull(row, "until_at"),
                row.getInt("renewals"),
                Rows.instantOrNull(row, "ended_at"),
                orNull(row, "ended_by", UserId::new),
                row.getString("end_reason"),
                row.getLong("blocked"),
                row.getLong("blocked_fine"),
                row.getLong("blocked_others"),
                effect == null ? null : KernelJson.mapper().readValue(effect, Effect.class),
                row.getLong("last_position"));
    }

    private static <T> @Nullable T orNull(ResultSet row, String column, Function<String, T> of) throws SQLException {
        @Nullable String value = row.getString(column);
        return value == null ? null : of.apply(value);
    }
}
