package io.skein.query.web;

import io.skein.kernel.id.NetworkId;
import io.skein.kernel.page.Answer;
import io.skein.kernel.page.Page;
import io.skein.kernel.policy.PolicyInForce;
import io.skein.kernel.policy.PolicyQuery.FindPolicy;
import io.skein.kernel.policy.PolicyQuery.ListVersions;
import io.skein.kernel.policy.PolicyQuery.Version;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

@RestController
@Tag(name = "Policy")
class PolicyController {
    private final Ask ask;

    PolicyController(Ask ask) {
        this.ask = ask;
    }

    @GetMapping("/v1/policy")
    @Operation(summary = "The rules in force in a network; without one, in every network that has none of its own")
    ResponseEntity<PolicyInForce> policy(@RequestParam(required = false) @Nullable String network) {
        Answer<PolicyInForce> answer =
                ask.of(new FindPolicy(Asked.idOrNull("network", network, NetworkId::new)), Answer.class);
        return Asked.at(answer.position(), answer.value());
    }

    @GetMapping("/v1/policy/history")
    @Operation(summary = "The changes of a network's own policy, or of the common one, newest first")
    Page<Version> history(
            @RequestParam(required = false) @Nullable String network,
            @RequestParam(required = false) @Nullable String cursor,
            @RequestParam(defaultValue = "100") int limit) {
        return ask.of(
                new ListVersions(Asked.idOrNull("network", network, NetworkId::new), cursor, Asked.limit(limit)),
                Page.class);
    }
}
