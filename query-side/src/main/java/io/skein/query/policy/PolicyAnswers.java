package io.skein.query.policy;

import io.skein.eventlog.KernelJson;
import io.skein.kernel.id.NetworkId;
import io.skein.kernel.id.UserId;
import io.skein.kernel.page.Answer;
import io.skein.kernel.page.Page;
import io.skein.kernel.policy.PolicyInForce;
import io.skein.kernel.policy.PolicyQuery.FindPolicy;
import io.skein.kernel.policy.PolicyQuery.ListVersions;
import io.skein.kernel.policy.PolicyQuery.Version;
import io.skein.kernel.policy.PolicyRules;
import io.skein.query.reading.ConsistentReads;
import io.skein.query.reading.Cursor;
import io.skein.query.reading.ProjectionName;
import io.skein.query.reading.QueryAnswers;
import io.skein.query.reading.Rows;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;
import org.axonframework.queryhandling.QueryHandler;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** The SQL over {@code policy_version} and its answers. */
@Component
final class PolicyAnswers implements QueryAnswers {
    private static final String CURSOR = "policy";
    private static final String COMMON = "";
    private static final String SELECT =
            "select network_id, version, position, recorded_at, changed_by, reason, rules from policy_version where network_id = :network";

    private final ConsistentReads reads;
    private final JdbcClient jdbc;

    PolicyAnswers(ConsistentReads reads, @Qualifier("queryJdbcClient") JdbcClient queryJdbcClient) {
        this.reads = reads;
        this.jdbc = queryJdbcClient;
    }

    @QueryHandler
    Answer<PolicyInForce> answer(FindPolicy query) {
        NetworkId network = query.networkId();
        return reads.at(
                ProjectionName.POLICY,
                position -> new Answer<>(
                        position,
                        Optional.ofNullable(network)
                                .flatMap(own -> newest(own.value()))
                                .or(() -> newest(COMMON))
                                .orElse(PolicyInForce.BUILT_IN)));
    }

    @QueryHandler
    Page<Version> answer(ListVersions query) {
        @Nullable String cursor = query.cursor();
        long before = cursor == null ? Long.MAX_VALUE : Cursor.key(CURSOR, cursor, Long::valueOf);
        return reads.at(
                ProjectionName.POLICY,
                position -> Cursor.page(
                        position,
                        jdbc.sql(SELECT + " and version < :before order by version desc limit :limit")
                                .param("network", name(query.networkId()))
                                .param("before", before)
                                .param("limit", query.limit() + 1)
                                .query(PolicyAnswers::version)
                                .list(),
                        query.limit(),
                        CURSOR,
                        last -> Long.toString(last.version())));
    }

    private Optional<PolicyInForce> newest(String network) {
        return jdbc.sql(SELECT + " order by version desc limit 1")
                .param("network", network)
                .query(PolicyAnswers::version)
                .optional()
                .map(row -> new PolicyInForce(
                        row.networkId(), row.version(), row.position(), row.recordedAt(), row.rules()));
    }

    private static Version version(ResultSet row, int number) throws SQLException {
        String network = row.getString("network_id");
        return new Version(
                network.isEmpty() ? null : new NetworkId(network),
                row.getLong("version"),
                row.getLong("position"),
                Rows.instant(row, "recorded_at"),
                new UserId(row.getString("changed_by")),
                row.getString("reason"),
                KernelJson.mapper().readValue(row.getString("rules"), PolicyRules.class));
    }

    private static String name(@Nullable NetworkId network) {
        return network == null ? COMMON : network.value();
    }
}
