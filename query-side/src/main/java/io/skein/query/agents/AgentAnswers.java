package io.skein.query.agents;

import io.skein.kernel.agent.AgentQuery.FindAgent;
import io.skein.kernel.agent.AgentQuery.FindTrust;
import io.skein.kernel.agent.AgentQuery.ListAgents;
import io.skein.kernel.agent.AgentQuery.ListNetworks;
import io.skein.kernel.agent.AgentSummary;
import io.skein.kernel.id.AgentId;
import io.skein.kernel.id.NetworkId;
import io.skein.kernel.page.Answer;
import io.skein.kernel.page.Page;
import io.skein.kernel.trust.TrustView;
import io.skein.query.reading.ConsistentReads;
import io.skein.query.reading.Cursor;
import io.skein.query.reading.ProjectionName;
import io.skein.query.reading.QueryAnswers;
import java.util.List;
import java.util.Optional;
import org.axonframework.queryhandling.QueryHandler;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

@Component
final class AgentAnswers implements QueryAnswers {
    private static final String CURSOR = "agents";
    private static final String TRUST_CURSOR = "trust";

    private final ConsistentReads reads;
    private final AgentRows rows;

    AgentAnswers(ConsistentReads reads, AgentRows rows) {
        this.reads = reads;
        this.rows = rows;
    }

    @QueryHandler
    Answer<Optional<AgentSummary>> answer(FindAgent query) {
        return reads.at(
                ProjectionName.AGENTS,
                position -> new Answer<>(position, rows.find(query.networkId(), query.agentId())));
    }

    @QueryHandler
    Answer<Optional<TrustView>> answer(FindTrust query) {
        @Nullable String cursor = query.cursor();
        long before = cursor == null ? Long.MAX_VALUE : Cursor.key(TRUST_CURSOR, cursor, Long::valueOf);
        return reads.at(ProjectionName.AGENTS, position -> {
            Page<TrustView.Change> changes = Cursor.page(
                    position,
                    rows.trustChanges(query.networkId(), query.agentId(), before, query.limit() + 1),
                    query.limit(),
                    TRUST_CURSOR,
                    last -> Long.toString(last.number()));
            return new Answer<>(
                    position, rows.trust(query.networkId(), query.agentId(), changes.items(), changes.next()));
        });
    }

    @QueryHandler
    Page<AgentSummary> answer(ListAgents query) {
        @Nullable String cursor = query.cursor();
        @Nullable AgentId after = cursor == null ? null : Cursor.key(CURSOR, cursor, AgentId::new);
        return reads.at(
                ProjectionName.AGENTS,
                position -> Cursor.page(
                        position,
                        rows.list(query.networkId(), after, query.limit() + 1),
                        query.limit(),
                        CURSOR,
                        last -> last.agentId().value()));
    }

    @QueryHandler
    Answer<List<NetworkId>> answer(ListNetworks query) {
        return reads.at(ProjectionName.CAUSAL_GRAPH, position -> new Answer<>(position, rows.networks()));
    }
}
