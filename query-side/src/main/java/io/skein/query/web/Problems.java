package io.skein.query.web;

import io.skein.eventlog.KernelJson;
import io.skein.kernel.problem.Reason;
import io.skein.kernel.problem.Refusal;
import io.skein.kernel.problem.RefusedException;
import io.skein.query.reading.PastNotReadyException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.NestedExceptionUtils;
import org.springframework.dao.DataAccessException;
import org.springframework.dao.QueryTimeoutException;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.transaction.TransactionException;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.method.annotation.MethodArgumentTypeMismatchException;

/** What goes wrong in a call of this package, as problem+json with the stable members {@code reason} and {@code field}. */
@RestControllerAdvice(basePackageClasses = Problems.class)
final class Problems {
    private static final Logger LOG = LoggerFactory.getLogger(Problems.class);

    @ExceptionHandler
    ResponseEntity<ProblemDetail> refused(RefusedException failure) {
        return answer(failure.refusal());
    }

    @ExceptionHandler
    ResponseEntity<ProblemDetail> mismatch(MethodArgumentTypeMismatchException failure) {
        return answer(new Refusal(
                Reason.INVALID, failure.getName(), failure.getName() + " is not a whole number; expected one"));
    }

    @ExceptionHandler
    ResponseEntity<ProblemDetail> notReady(PastNotReadyException failure) {
        ProblemDetail problem = ProblemDetail.forStatusAndDetail(
                HttpStatus.SERVICE_UNAVAILABLE,
                "projection " + failure.projection() + " as of position " + failure.position()
                        + " is still being made and stands at " + failure.reached() + "; try again");
        problem.setTitle(HttpStatus.SERVICE_UNAVAILABLE.getReasonPhrase());
        problem.setProperty("reason", "not_ready_yet");
        problem.setProperty("field", Ask.AT);
        problem.setProperty("position", failure.position());
        problem.setProperty("reached", failure.reached());
        return ResponseEntity.status(HttpStatus.SERVICE_UNAVAILABLE)
                .contentType(MediaType.APPLICATION_PROBLEM_JSON)
                .header(HttpHeaders.RETRY_AFTER, "1")
                .body(problem);
    }

    @ExceptionHandler
    ResponseEntity<ProblemDetail> tooSlow(QueryTimeoutException failure) {
        LOG.warn("event=answer_timed_out cause=\"{}\"", cause(failure));
        return answer(
                new Refusal(Reason.OVERLOADED, "", "the answer took too long to read; try later or ask for less"));
    }

    @ExceptionHandler({DataAccessException.class, TransactionException.class})
    ResponseEntity<ProblemDetail> unreadable(Exception failure) {
        LOG.error("event=read_tables_unavailable cause=\"{}\"", cause(failure));
        return answer(new Refusal(Reason.LOG_UNAVAILABLE, "", "the read tables cannot be read now; try later"));
    }

    @ExceptionHandler
    ResponseEntity<ProblemDetail> fault(RuntimeException failure) {
        LOG.error("event=answer_failed", failure);
        ProblemDetail problem = ProblemDetail.forStatusAndDetail(
                HttpStatus.INTERNAL_SERVER_ERROR, "this is a fault of the server; its log says more");
        problem.setTitle(HttpStatus.INTERNAL_SERVER_ERROR.getReasonPhrase());
        return ResponseEntity.internalServerError()
                .contentType(MediaType.APPLICATION_PROBLEM_JSON)
                .body(problem);
    }

    /** One line: while the database is away every call ends here. */
    private static String cause(Exception failure) {
        return NestedExceptionUtils.getMostSpecificCause(failure).toString();
    }

    static ResponseEntity<ProblemDetail> answer(Refusal refusal) {
        HttpStatus status = status(refusal.reason());
        ResponseEntity.BodyBuilder answer =
                ResponseEntity.status(status).contentType(MediaType.APPLICATION_PROBLEM_JSON);
        if (status == HttpStatus.SERVICE_UNAVAILABLE || status == HttpStatus.TOO_MANY_REQUESTS) {
            answer.header(HttpHeaders.RETRY_AFTER, "1");
        }
        return answer.body(problem(status, refusal));
    }

    static ProblemDetail problem(HttpStatus status, Refusal refusal) {
        ProblemDetail problem = ProblemDetail.forStatusAndDetail(status, refusal.detail());
        problem.setTitle(status.getReasonPhrase());
        problem.setProperty("reason", KernelJson.word(refusal.reason()));
        if (!refusal.field().isEmpty()) {
            problem.setProperty("field", refusal.field());
        }
        return problem;
    }

    private static HttpStatus status(Reason reason) {
        return switch (reason) {
            case MALFORMED, INVALID -> HttpStatus.BAD_REQUEST;
            case TOO_LARGE -> HttpStatus.CONTENT_TOO_LARGE;
            case ID_REUSED, NOT_ALLOWED_NOW -> HttpStatus.CONFLICT;
            case NOT_FOUND -> HttpStatus.NOT_FOUND;
            case OVERLOADED -> HttpStatus.TOO_MANY_REQUESTS;
            case LOG_UNAVAILABLE -> HttpStatus.SERVICE_UNAVAILABLE;
        };
    }
}
