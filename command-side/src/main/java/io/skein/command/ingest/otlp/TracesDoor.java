package io.skein.command.ingest.otlp;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.rpc.Code;
import com.google.rpc.Status;
import io.opentelemetry.proto.collector.trace.v1.ExportTracePartialSuccess;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceResponse;
import io.skein.command.ingest.IngestSettings;
import io.skein.command.ingest.http.Body;
import io.skein.eventlog.KernelJson;
import io.skein.eventlog.LogUnavailableException;
import io.skein.kernel.problem.Reason;
import io.skein.kernel.problem.Refusal;
import io.skein.kernel.problem.RefusedException;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.io.InputStream;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpHeaders;
import org.springframework.http.InvalidMediaTypeException;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RestController;

/** {@code POST /v1/traces}: OTLP over HTTP, in protobuf or JSON. Answers in the form it was asked in, errors as {@code google.rpc.Status}. */
@RestController("commandTracesDoor")
class TracesDoor {
    private static final Logger LOG = LoggerFactory.getLogger(TracesDoor.class);
    private static final MediaType PROTOBUF = MediaType.parseMediaType("application/x-protobuf");
    private static final String RETRY_AFTER_SECONDS = "1";

    private final TraceReceiver receiver;
    private final IngestSettings settings;

    TracesDoor(TraceReceiver receiver, IngestSettings settings) {
        this.receiver = receiver;
        this.settings = settings;
    }

    @PostMapping("/v1/traces")
    ResponseEntity<byte[]> export(
            HttpServletRequest request,
            @RequestHeader(name = HttpHeaders.CONTENT_TYPE, required = false) @Nullable String contentType,
            @RequestHeader(name = HttpHeaders.CONTENT_ENCODING, required = false) @Nullable String encoding)
            throws IOException {
        MediaType form = form(contentType);
        if (form == null) {
            return error(
                    MediaType.APPLICATION_JSON,
                    415,
                    Code.INVALID_ARGUMENT,
                    "Content-Type is not known; expected application/x-protobuf or application/json");
        }
        try {
            InputStream body = Body.decoded(request.getInputStream(), encoding, settings.maxCompressedRatio());
            byte[] bytes = Body.readAll(body, settings.maxRequestSize().toBytes());
            return answer(form, receiver.receive(read(form, bytes)));
        } catch (RefusedException refused) {
            return refused(form, refused.refusal());
        } catch (LogUnavailableException unavailable) {
            LOG.warn("event=log_unavailable door=otlp cause={}", unavailable.toString());
            return refused(
                    form,
                    new Refusal(Reason.LOG_UNAVAILABLE, "", "the log does not answer; send the same again later"));
        }
    }

    private static @Nullable MediaType form(@Nullable String contentType) {
        try {
            MediaType sent = contentType == null ? null : MediaType.parseMediaType(contentType);
            return PROTOBUF.equalsTypeAndSubtype(sent)
                    ? PROTOBUF
                    : MediaType.APPLICATION_JSON.equalsTypeAndSubtype(sent) ? MediaType.APPLICATION_JSON : null;
        } catch (InvalidMediaTypeException unreadable) {
            return null;
        }
    }

    private ExportTraceServiceRequest read(MediaType form, byte[] bytes) {
        try {
            return form == PROTOBUF ? protobuf(bytes) : OtlpJson.read(bytes);
        } catch (RefusedException refused) {
            receiver.bury(bytes, form.toString(), refused.refusal());
            throw refused;
        }
    }

    private static ExportTraceServiceRequest protobuf(byte[] bytes) {
        try {
            return ExportTraceServiceRequest.parseFrom(bytes);
        } catch (InvalidProtocolBufferException broken) {
            throw new RefusedException(new Refusal(
                    Reason.MALFORMED, "", "body is no ExportTraceServiceRequest in protobuf; expected one"));
        }
    }

    private static ResponseEntity<byte[]> answer(MediaType form, TraceReceiver.Answer answer) {
        if (form == PROTOBUF) {
            return ResponseEntity.ok().contentType(form).body(response(answer).toByteArray());
        }
        Map<String, Object> json = new LinkedHashMap<>();
        if (answer.rejected() > 0) {
            Map<String, Object> partial = new LinkedHashMap<>();
            // 64 bits are strings in protobuf's JSON.
            partial.put("rejectedSpans", Long.toString(answer.rejected()));
            partial.put("errorMessage", answer.message());
            json.put("partialSuccess", partial);
        }
        return ResponseEntity.ok().contentType(form).body(KernelJson.mapper().writeValueAsBytes(json));
    }

    /** The answer as both doors give it. */
    static ExportTraceServiceResponse response(TraceReceiver.Answer answer) {
        ExportTraceServiceResponse.Builder response = ExportTraceServiceResponse.newBuilder();
        if (answer.rejected() > 0) {
            response.setPartialSuccess(ExportTracePartialSuccess.newBuilder()
                    .setRejectedSpans(answer.rejected())
                    .setErrorMessage(answer.message()));
        }
        return response.build();
    }

    private static ResponseEntity<byte[]> refused(MediaType form, Refusal refusal) {
        return switch (refusal.reason()) {
            case MALFORMED, INVALID, ID_REUSED, NOT_FOUND, NOT_ALLOWED_NOW ->
                error(form, 400, Code.INVALID_ARGUMENT, refusal.detail());
            case TOO_LARGE -> error(form, 413, Code.RESOURCE_EXHAUSTED, refusal.detail());
            case OVERLOADED -> error(form, 429, Code.RESOURCE_EXHAUSTED, refusal.detail());
            case LOG_UNAVAILABLE -> error(form, 503, Code.UNAVAILABLE, refusal.detail());
        };
    }

    private static ResponseEntity<byte[]> error(MediaType form, int status, Code code, String message) {
        ResponseEntity.BodyBuilder response = ResponseEntity.status(status).contentType(form);
        if (status == 429 || status == 503) {
            response.header(HttpHeaders.RETRY_AFTER, RETRY_AFTER_SECONDS);
        }
        if (form == PROTOBUF) {
            return response.body(Status.newBuilder()
                    .setCode(code.getNumber())
                    .setMessage(message)
                    .build()
                    .toByteArray());
        }
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("code", code.getNumber());
        json.put("message", message);
        return response.body(KernelJson.mapper().writeValueAsBytes(json));
    }
}
