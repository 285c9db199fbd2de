package io.skein.query.web;

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
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

@RestController
@Tag(name = "Agents")
class AgentController {
    private final Ask ask;

    AgentController(Ask ask) {
        this.ask = ask;
    }

    @GetMapping("/v1/networks")
    @Operation(summary = "Networks that have a message, by id")
    ResponseEntity<List<NetworkId>> networks() {
        Answer<List<NetworkId>> answer = ask.of(new ListNetworks(), Answer.class);
        return Asked.at(answer.position(), answer.value());
    }

    @GetMapping("/v1/agents")
    @Operation(summary = "Agents of a network, by id")
    Page<AgentSummary> agents(
            @RequestParam(defaultValue = "default") String network,
            @RequestParam(required = false) @Nullable String cursor,
            @RequestParam(defaultValue = "100") int limit) {
        return ask.of(new ListAgents(Asked.network(network), cursor, Asked.limit(limit)), Page.class);
    }

    @GetMapping("/v1/agents/{agentId}")
    @Operation(summary = "One agent")
    ResponseEntity<AgentSummary> agent(
            @PathVariable String agentId, @RequestParam(defaultValue = "default") String network) {
        AgentId id = Asked.id("agentId", agentId, AgentId::new);
        Answer<Optional<AgentSummary>> answer = ask.of(new FindAgent(Asked.network(network), id), Answer.class);
        AgentSummary agent = answer.value()
                .orElseThrow(() -> Asked.notFound(
                        "agentId",
                        "network " + network + " has no agent " + agentId + " up to position " + answer.position()));
        return Asked.at(answer.position(), agent);
    }

    @GetMapping("/v1/agents/{agentId}/trust")
    @Operation(summary = "How far an agent is trusted, and why")
    ResponseEntity<TrustView> trust(
            @PathVariable String agentId,
            @RequestParam(defaultValue = "default") String network,
            @RequestParam(required = false) @Nullable String cursor,
            @RequestParam(defaultValue = "100") int limit) {
        AgentId id = Asked.id("agentId", agentId, AgentId::new);
        Answer<Optional<TrustView>> answer =
                ask.of(new FindTrust(Asked.network(network), id, cursor, Asked.limit(limit)), Answer.class);
        TrustView trust = answer.value()
                .orElseThrow(() -> Asked.notFound(
                        "agentId",
                        "network " + network + " has no agent " + agentId + " up to position " + answer.position()));
        return Asked.at(answer.position(), trust);
    }
}
