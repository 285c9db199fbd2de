package io.skein.query.web;

import io.skein.kernel.problem.Reason;
import io.skein.kernel.problem.Refusal;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.web.HttpRequestMethodNotSupportedException;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.servlet.resource.NoResourceFoundException;

/** What nobody answers has no controller, so this speaks for the whole server; last in rank. */
@RestControllerAdvice
@Order(Ordered.LOWEST_PRECEDENCE)
final class UnansweredProblems {

    @ExceptionHandler
    ResponseEntity<ProblemDetail> nothingThere(NoResourceFoundException failure) {
        return Problems.answer(new Refusal(Reason.NOT_FOUND, "", "there is nothing at this address"));
    }

    @ExceptionHandler
    ResponseEntity<ProblemDetail> wrongMethod(HttpRequestMethodNotSupportedException failure) {
        Refusal refusal = new Refusal(
                Reason.INVALID,
                "",
                "this address does not take " + failure.getMethod() + "; expected one of those in Allow");
        HttpHeaders headers = failure.getHeaders();
        return ResponseEntity.status(HttpStatus.METHOD_NOT_ALLOWED)
                .headers(headers)
                .contentType(MediaType.APPLICATION_PROBLEM_JSON)
                .body(Problems.problem(HttpStatus.METHOD_NOT_ALLOWED, refusal));
    }
}
