package io.skein.command.ingest.http;

import io.skein.eventlog.KernelJson;
import io.skein.eventlog.LogUnavailableException;
import io.skein.kernel.problem.Reason;
import io.skein.kernel.problem.Refusal;
import io.skein.kernel.problem.RefusedException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;

/** Refusals as RFC 9457 problems. */
@RestControllerAdvice(basePackageClasses = Problems.class)
class Problems {
    private static final Logger LOG = LoggerFactory.getLogger(Problems.class);
    static final String RETRY_AFTER_SECONDS = "1";

    @ExceptionHandler
    ResponseEntity<byte[]> refused(RefusedException refused) {
        return of(refused.refusal());
    }

    @ExceptionHandler
    ResponseEntity<byte[]> unavailable(LogUnavailableException unavailable) {
        LOG.warn("event=log_unavailable cause={}", unavailable.toString());
        return of(new Refusal(Reason.LOG_UNAVAILABLE, "", "the log does not answer; try again later"));
    }

    static ResponseEntity<byte[]> of(Refusal refusal) {
        int status = status(refusal.reason());
        Map<String, Object> problem = new LinkedHashMap<>();
        problem.put("type", "about:blank");
        problem.put("title", title(refusal.reason()));
        problem.put("status", status);
        problem.put("detail", refusal.detail());
        problem.put("reason", refusal.reason());
        if (!refusal.field().isEmpty()) {
            problem.put("field", refusal.field());
        }
        ResponseEntity.BodyBuilder response =
                ResponseEntity.status(status).contentType(MediaType.APPLICATION_PROBLEM_JSON);
        if (refusal.reason() == Reason.OVERLOADED || refusal.reason() == Reason.LOG_UNAVAILABLE) {
            response.header(HttpHeaders.RETRY_AFTER, RETRY_AFTER_SECONDS);
        }
        return response.body(KernelJson.mapper().writeValueAsBytes(problem));
    }

    private static int status(Reason reason) {
        return switch (reason) {
            case MALFORMED, INVALID -> 400;
            case NOT_FOUND -> 404;
            case ID_REUSED, NOT_ALLOWED_NOW -> 409;
            case TOO_LARGE -> 413;
            case OVERLOADED -> 429;
            case LOG_UNAVAILABLE -> 503;
        };
    }

    private static String title(Reason reason) {
        return switch (reason) {
            case MALFORMED -> "Malformed";
            case INVALID -> "Invalid";
            case NOT_FOUND -> "Not found";
            case ID_REUSED -> "Message id reused";
            case NOT_ALLOWED_NOW -> "Not allowed now";
            case TOO_LARGE -> "Too large";
            case OVERLOADED -> "Overloaded";
            case LOG_UNAVAILABLE -> "Log unavailable";
        };
    }
}
