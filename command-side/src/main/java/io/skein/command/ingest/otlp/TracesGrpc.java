package io.skein.command.ingest.otlp;

import com.google.protobuf.Any;
import com.google.protobuf.Duration;
import com.google.rpc.Code;
import com.google.rpc.RetryInfo;
import com.google.rpc.Status;
import io.grpc.protobuf.StatusProto;
import io.grpc.stub.StreamObserver;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceResponse;
import io.opentelemetry.proto.collector.trace.v1.TraceServiceGrpc;
import io.skein.eventlog.LogUnavailableException;
import io.skein.kernel.problem.Reason;
import io.skein.kernel.problem.RefusedException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** {@code TraceService/Export}: OTLP over gRPC. */
final class TracesGrpc extends TraceServiceGrpc.TraceServiceImplBase {
    private static final Logger LOG = LoggerFactory.getLogger(TracesGrpc.class);

    private final TraceReceiver receiver;

    TracesGrpc(TraceReceiver receiver) {
        this.receiver = receiver;
    }

    @Override
    public void export(ExportTraceServiceRequest request, StreamObserver<ExportTraceServiceResponse> answers) {
        ExportTraceServiceResponse response;
        try {
            response = TracesDoor.response(receiver.receive(request));
        } catch (RefusedException refused) {
            Code code = switch (refused.refusal().reason()) {
                case OVERLOADED, TOO_LARGE -> Code.RESOURCE_EXHAUSTED;
                case LOG_UNAVAILABLE -> Code.UNAVAILABLE;
                case MALFORMED, INVALID, ID_REUSED, NOT_FOUND, NOT_ALLOWED_NOW -> Code.INVALID_ARGUMENT;
            };
            fail(
                    answers,
                    code,
                    refused.refusal().reason() != Reason.TOO_LARGE,
                    refused.refusal().detail());
            return;
        } catch (LogUnavailableException unavailable) {
            LOG.warn("event=log_unavailable door=otlp cause={}", unavailable.toString());
            fail(answers, Code.UNAVAILABLE, true, "the log does not answer; send the same again later");
            return;
        } catch (RuntimeException failure) {
            LOG.error("event=otlp_export_failed", failure);
            fail(answers, Code.INTERNAL, false, "the export failed; the server's log says why");
            return;
        }
        answers.onNext(response);
        answers.onCompleted();
    }

    private static void fail(
            StreamObserver<ExportTraceServiceResponse> answers, Code code, boolean mayRetry, String message) {
        Status.Builder status = Status.newBuilder().setCode(code.getNumber()).setMessage(message);
        if (mayRetry && (code == Code.RESOURCE_EXHAUSTED || code == Code.UNAVAILABLE)) {
            // Without it an exporter must not send again when resources are exhausted.
            status.addDetails(Any.pack(RetryInfo.newBuilder()
                    .setRetryDelay(Duration.newBuilder().setSeconds(1))
                    .build()));
        }
        answers.onError(StatusProto.toStatusRuntimeException(status.build()));
    }
}
