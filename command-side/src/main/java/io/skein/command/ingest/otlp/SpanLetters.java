package io.skein.command.ingest.otlp;

import com.google.protobuf.InvalidProtocolBufferException;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.skein.command.ingest.DeadLetter;
import io.skein.command.ingest.LetterReader;
import io.skein.kernel.problem.Reason;
import io.skein.kernel.problem.Refusal;
import io.skein.kernel.problem.RefusedException;
import org.jspecify.annotations.Nullable;

/** Spans, one a letter, and exports that could not be read at all. */
final class SpanLetters implements LetterReader {
    /** One span with its resource and scope. */
    static final DeadLetter.Form SPAN = new DeadLetter.Form("otlp_span");
    /** The body of a request; whether protobuf or JSON is in the attribute {@code content-type}. */
    static final String EXPORT = "otlp_export";

    static final String CONTENT_TYPE = "content-type";

    private final TraceReceiver receiver;

    SpanLetters(TraceReceiver receiver) {
        this.receiver = receiver;
    }

    @Override
    public boolean reads(String door, String dialect) {
        return door.equals(TraceReceiver.DOOR);
    }

    @Override
    public @Nullable Refusal again(byte[] original, DeadLetter.Form form) {
        try {
            if (!form.dialect().equals(EXPORT)) {
                return receiver.receiveAgain(ResourceSpans.parseFrom(original));
            }
            ExportTraceServiceRequest export =
                    form.attributes().getOrDefault(CONTENT_TYPE, "").contains("json")
                            ? OtlpJson.read(original)
                            : ExportTraceServiceRequest.parseFrom(original);
            receiver.receive(export);
            return null;
        } catch (InvalidProtocolBufferException broken) {
            return new Refusal(Reason.MALFORMED, "", "original is no span in protobuf; expected one");
        } catch (RefusedException refused) {
            return refused.refusal();
        }
    }
}
