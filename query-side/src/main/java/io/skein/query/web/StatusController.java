package io.skein.query.web;

import io.skein.kernel.projection.ListProjections;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

@RestController
@Tag(name = "Status")
class StatusController {
    private final Ask ask;

    StatusController(Ask ask) {
        this.ask = ask;
    }

    @OnlyNow
    @GetMapping("/v1/status")
    @Operation(summary = "The head of the log and how far each projection is")
    ListProjections.Answer status() {
        return ask.of(new ListProjections(), ListProjections.Answer.class);
    }
}
