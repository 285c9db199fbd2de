package io.skein.command.ingest.http;

import io.skein.eventlog.KernelJson;
import io.skein.kernel.id.AgentId;
import io.skein.kernel.id.AgentKey;
import io.skein.kernel.id.AlertId;
import io.skein.kernel.id.Ids;
import io.skein.kernel.id.NetworkId;
import io.skein.kernel.id.UserId;
import io.skein.kernel.problem.Reason;
import io.skein.kernel.problem.Refusal;
import io.skein.kernel.problem.RefusedException;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.security.Principal;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;

/** What the requests of operators have in common. */
final class Acts {
    private static final int MAX_BODY_BYTES = 64 * 1024;
    private static final int MAX_REASON_CHARACTERS = 1_000;
    private static final String NOBODY_SIGNED_IN = "operator";

    private Acts() {}

    static <T> T body(HttpServletRequest request, Class<T> type) throws IOException {
        byte[] bytes = Body.readAll(request.getInputStream(), MAX_BODY_BYTES);
        try {
            T body = KernelJson.mapper().readValue(bytes.length == 0 ? new byte[] {'{', '}'} : bytes, type);
            if (body == null) {
                throw invalid("", "body is null; expected a JSON object");
            }
            return body;
        } catch (JacksonException broken) {
            throw new RefusedException(new Refusal(
                    Reason.MALFORMED, "", "body is no JSON of the expected shape; see the API's description"));
        }
    }

    static String reason(@Nullable String reason) {
        if (reason == null || reason.isBlank()) {
            throw invalid(
                    "reason", "reason is missing; expected why, in 1 to " + MAX_REASON_CHARACTERS + " characters");
        }
        if (reason.length() > MAX_REASON_CHARACTERS) {
            throw invalid(
                    "reason",
                    "reason has " + reason.length() + " characters; expected at most " + MAX_REASON_CHARACTERS);
        }
        return reason;
    }

    static UserId by(@Nullable Principal principal) {
        return new UserId(
                principal == null || !Ids.isValid(principal.getName()) ? NOBODY_SIGNED_IN : principal.getName());
    }

    static AgentKey agent(String network, String agentId) {
        return new AgentKey(id("network", network, NetworkId::new), id("agentId", agentId, AgentId::new));
    }

    static NetworkId network(String network) {
        return id("network", network, NetworkId::new);
    }

    static AlertId alert(String alertId) {
        return id("alertId", alertId, AlertId::new);
    }

    static RefusedException invalid(String field, String detail) {
        return new RefusedException(new Refusal(Reason.INVALID, field, detail));
    }

    private static <T> T id(String field, String value, Function<String, T> of) {
        String complaint = Ids.complaint(value);
        if (!complaint.isEmpty()) {
            throw invalid(field, field + " " + complaint);
        }
        return of.apply(value);
    }
}
