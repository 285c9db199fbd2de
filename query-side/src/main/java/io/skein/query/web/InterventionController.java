package io.skein.query.web;

import io.skein.kernel.id.AgentId;
import io.skein.kernel.id.Ids;
import io.skein.kernel.intervention.InterventionQuery.FindIntervention;
import io.skein.kernel.intervention.InterventionQuery.ListInterventions;
import io.skein.kernel.intervention.InterventionView;
import io.skein.kernel.intervention.Outcome;
import io.skein.kernel.page.Answer;
import io.skein.kernel.page.Page;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

@RestController
@Tag(name = "Interventions")
class InterventionController {
    private final Ask ask;

    InterventionController(Ask ask) {
        this.ask = ask;
    }

    @GetMapping("/v1/interventions")
    @Operation(summary = "What was done about agents of a network, or withheld, newest first")
    Page<InterventionView> interventions(
            @RequestParam(defaultValue = "default") String network,
            @RequestParam(required = false) @Nullable String agent,
            @RequestParam(required = false) @Nullable String outcome,
            @RequestParam(required = false) @Nullable String cursor,
            @RequestParam(defaultValue = "100") int limit) {
        return ask.of(
                new ListInterventions(
                        Asked.network(network),
                        Asked.idOrNull("agent", agent, AgentId::new),
                        Asked.word("outcome", outcome, Outcome.class),
                        cursor,
                        Asked.limit(limit)),
                Page.class);
    }

    @GetMapping("/v1/interventions/{interventionId}")
    @Operation(summary = "One intervention, with its effect")
    ResponseEntity<InterventionView> intervention(
            @PathVariable String interventionId, @RequestParam(defaultValue = "default") String network) {
        if (!Ids.isValid(interventionId)) {
            throw Asked.invalid("interventionId", Ids.complaint(interventionId));
        }
        Answer<Optional<InterventionView>> answer =
                ask.of(new FindIntervention(Asked.network(network), interventionId), Answer.class);
        InterventionView intervention = answer.value()
                .orElseThrow(() -> Asked.notFound(
                        "interventionId",
                        "network " + network + " has no intervention " + interventionId + " up to position "
                                + answer.position()));
        return Asked.at(answer.position(), intervention);
    }
}
