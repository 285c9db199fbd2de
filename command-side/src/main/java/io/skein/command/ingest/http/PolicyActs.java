package io.skein.command.ingest.http;

import io.skein.command.bus.Commands;
import io.skein.command.policy.PolicyLog;
import io.skein.eventlog.KernelJson;
import io.skein.kernel.id.NetworkId;
import io.skein.kernel.policy.ChangePolicy;
import io.skein.kernel.policy.PolicyKey;
import io.skein.kernel.policy.PolicyRules;
import io.skein.kernel.problem.Reason;
import io.skein.kernel.problem.Refusal;
import io.skein.kernel.problem.RefusedException;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.security.Principal;
import java.util.LinkedHashMap;
import java.util.Map;
import org.axonframework.modelling.command.ConcurrencyException;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Changing the rules. Members that are left out stay as they are. */
@RestController("commandPolicyActs")
class PolicyActs {
    private static final String DETECTORS = "detectors";

    private final Commands commands;
    private final PolicyLog policies;

    PolicyActs(Commands commands, PolicyLog policies) {
        this.commands = commands;
        this.policies = policies;
    }

    record Change(
            @Nullable String reason,
            @Nullable Long version,
            @Nullable JsonNode rules) {}

    @PutMapping("/v1/policy")
    ResponseEntity<byte[]> change(
            @RequestParam(required = false) @Nullable String network,
            HttpServletRequest request,
            @Nullable Principal principal)
            throws IOException {
        PolicyKey policy = network == null ? PolicyKey.COMMON : new PolicyKey(Acts.network(network));
        Change body = Acts.body(request, Change.class);
        String reason = Acts.reason(body.reason());
        PolicyLog.Present present = policies.present(policy);
        Long version = body.version() == null ? Long.valueOf(present.version()) : body.version();
        PolicyRules rules = changed(present.rules(), body.rules());
        Commands.Answer answered;
        try {
            answered = commands.send(new ChangePolicy(policy, rules, version, reason, Acts.by(principal)));
        } catch (ConcurrencyException raced) {
            throw new RefusedException(new Refusal(
                    Reason.NOT_ALLOWED_NOW, "version", policy + " was changed by somebody else meanwhile; ask again"));
        }
        Map<String, Object> answer = new LinkedHashMap<>();
        @Nullable NetworkId changed = policy.networkId();
        if (changed != null) {
            answer.put("networkId", changed);
        }
        answer.put("version", answered.positions().isEmpty() ? present.version() : present.version() + 1);
        if (!answered.positions().isEmpty()) {
            answer.put("position", answered.positions().getLast());
        }
        answer.put("rules", rules);
        return Answers.json(answer);
    }

    private static PolicyRules changed(PolicyRules present, @Nullable JsonNode change) {
        if (change == null || !change.isObject() || change.isEmpty()) {
            throw Acts.invalid("rules", "rules are missing; expected an object with the members to change");
        }
        ObjectNode whole = KernelJson.mapper().valueToTree(present);
        merge(whole, change, "");
        try {
            return KernelJson.mapper().treeToValue(whole, PolicyRules.class);
        } catch (JacksonException broken) {
            throw Acts.invalid("rules", "rules are not of the policy's shape; see the API's description");
        }
    }

    private static void merge(ObjectNode into, JsonNode change, String path) {
        for (Map.Entry<String, JsonNode> member : change.properties()) {
            String name = member.getKey();
            String field = path.isEmpty() ? name : path + "." + name;
            JsonNode value = member.getValue();
            JsonNode present = into.path(name);
            if (path.isEmpty() && name.equals(DETECTORS)) {
                mergeDetectors((ObjectNode) present, value);
            } else if (present.isMissingNode()) {
                throw Acts.invalid(field, field + " is not known; expected one of " + names(into));
            } else if (present.isObject()) {
                if (!value.isObject()) {
                    throw Acts.invalid(field, field + " is no object; expected one");
                }
                merge((ObjectNode) present, value, field);
            } else if (present.isBoolean() ? !value.isBoolean() : !value.isNumber()) {
                throw Acts.invalid(
                        field, field + " is no " + (present.isBoolean() ? "truth value" : "number") + "; expected one");
            } else if (present.isIntegralNumber() && !value.canConvertToExactIntegral()) {
                throw Acts.invalid(field, field + " is " + value + "; expected a whole number");
            } else if (present.isInt() ? !value.canConvertToInt() : present.isLong() && !value.canConvertToLong()) {
                throw Acts.invalid(field, field + " is " + value + "; expected a smaller number");
            } else {
                into.set(name, value);
            }
        }
    }

    /** A detector's parameters are replaced one by one; null takes one, or all of a detector, back to the detector's own. */
    private static void mergeDetectors(ObjectNode into, JsonNode change) {
        if (!change.isObject()) {
            throw Acts.invalid(DETECTORS, DETECTORS + " is no object; expected parameters by detector");
        }
        for (Map.Entry<String, JsonNode> detector : change.properties()) {
            String field = DETECTORS + "." + detector.getKey();
            if (detector.getValue().isNull()) {
                into.remove(detector.getKey());
                continue;
            }
            if (!detector.getValue().isObject()) {
                throw Acts.invalid(field, field + " is no object; expected values by parameter");
            }
            ObjectNode parameters = into.path(detector.getKey()) instanceof ObjectNode known
                    ? known
                    : into.putObject(detector.getKey());
            for (Map.Entry<String, JsonNode> parameter : detector.getValue().properties()) {
                JsonNode value = parameter.getValue();
                if (value.isNull()) {
                    parameters.remove(parameter.getKey());
                } else if (value.isValueNode()) {
                    parameters.put(parameter.getKey(), value.asString());
                } else {
                    throw Acts.invalid(
                            field + "." + parameter.getKey(),
                            field + "." + parameter.getKey()
                                    + " is no plain value; expected a number, word or truth value");
                }
            }
        }
    }

    private static String names(ObjectNode node) {
        return String.join(", ", node.propertyNames());
    }
}
