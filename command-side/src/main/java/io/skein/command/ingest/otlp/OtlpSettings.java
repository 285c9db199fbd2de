package io.skein.command.ingest.otlp;

import jakarta.validation.constraints.AssertTrue;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * Receiving OpenTelemetry traces.
 *
 * @param grpcPort port of the gRPC door; 0: any free one, -1: no gRPC. Not given: 4317 if that port is free, with a warning if it is not
 * @param grpcBind address on which the gRPC door listens
 * @param window a span whose parent is missing is mapped without it when no span of its trace came for so long
 * @param maxWait a span waits no longer than this for its parent, also while its trace goes on
 * @param retention how long a span's place in its trace is remembered
 * @param sweepInterval how often waiting spans are looked at
 * @param maxWaitingSpansPerTrace when more spans of one trace wait, they are mapped as if their window had ended
 * @param maxWaitingSpans when more spans wait over all traces, exporters are told to come later
 * @param maxConcurrentExports exports being taken at one time, over both doors
 */
@Validated
@ConfigurationProperties("skein.otlp")
record OtlpSettings(
        @Nullable @Min(-1) @Max(65_535) Integer grpcPort,
        @DefaultValue("127.0.0.1") @NotBlank String grpcBind,
        @DefaultValue("30s") @NotNull Duration window,
        @DefaultValue("5m") @NotNull Duration maxWait,
        @DefaultValue("1h") @NotNull Duration retention,
        @DefaultValue("1s") @NotNull Duration sweepInterval,
        @DefaultValue("10000") @Min(1) int maxWaitingSpansPerTrace,
        @DefaultValue("500000") @Min(1) int maxWaitingSpans,
        @DefaultValue("64") @Min(1) int maxConcurrentExports) {
    static final int STANDARD_GRPC_PORT = 4317;

    @AssertTrue(message = "expected 0 < window <= maxWait <= retention, and sweepInterval of at least 10ms")
    boolean isInOrder() {
        return window.isPositive()
                && window.compareTo(maxWait) <= 0
                && maxWait.compareTo(retention) <= 0
                && sweepInterval.compareTo(Duration.ofMillis(10)) >= 0;
    }
}
