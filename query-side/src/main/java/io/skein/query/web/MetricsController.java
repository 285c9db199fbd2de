package io.skein.query.web;

import io.skein.kernel.metrics.MetricsQuery.ListWindows;
import io.skein.kernel.metrics.MetricsWindow;
import io.skein.kernel.metrics.WindowSize;
import io.skein.kernel.page.Page;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

@RestController
@Tag(name = "Metrics")
class MetricsController {
    private final Ask ask;

    MetricsController(Ask ask) {
        this.ask = ask;
    }

    @GetMapping("/v1/metrics")
    @Operation(summary = "The newest windows of a size that start in [from, to), oldest first")
    Page<MetricsWindow> windows(
            @RequestParam(defaultValue = "default") String network,
            @Parameter(schema = @Schema(allowableValues = {"1s", "10s", "1m", "1h"}))
                    @RequestParam(defaultValue = "10s")
                    String window,
            @RequestParam(required = false) @Nullable String from,
            @RequestParam(required = false) @Nullable String to,
            @RequestParam(defaultValue = "100") int limit) {
        @Nullable Instant start = Asked.instant("from", from);
        @Nullable Instant end = Asked.instant("to", to);
        if (start != null && end != null && end.isBefore(start)) {
            throw Asked.invalid("to", "is " + end + ", before from, " + start + "; expected the same or later");
        }
        return ask.of(
                new ListWindows(Asked.network(network), size(window), start, end, Asked.limit(limit)), Page.class);
    }

    private static WindowSize size(String window) {
        return switch (window) {
            case "1s" -> WindowSize.SECOND;
            case "10s" -> WindowSize.TEN_SECONDS;
            case "1m" -> WindowSize.MINUTE;
            case "1h" -> WindowSize.HOUR;
            default -> throw Asked.invalid("window", "is no size of window; expected one of 1s, 10s, 1m, 1h");
        };
    }
}
