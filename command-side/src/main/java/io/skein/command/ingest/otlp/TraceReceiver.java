package io.skein.command.ingest.otlp;

import com.google.protobuf.ByteString;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.Span;
import io.skein.command.ingest.DeadLetter;
import io.skein.command.ingest.DeadLetters;
import io.skein.command.ingest.MessageRecorder;
import io.skein.command.ingest.RecordResult;
import io.skein.kernel.id.MessageId;
import io.skein.kernel.id.NetworkId;
import io.skein.kernel.message.Message;
import io.skein.kernel.message.MessageType;
import io.skein.kernel.problem.Reason;
import io.skein.kernel.problem.Refusal;
import io.skein.kernel.problem.RefusedException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes exports of spans from both OTLP doors. When it returns, each span is in the log as messages, waits durably for the spans around it, serves
 * only as a link between others, or is a dead letter. Thread-safe.
 */
final class TraceReceiver {
    static final String DOOR = "otlp";
    private static final Logger LOG = LoggerFactory.getLogger(TraceReceiver.class);
    private static final int TRACE_ID_BYTES = 16;
    private static final int SPAN_ID_BYTES = 8;
    private static final int BATCH_BYTES = 16 << 20;
    private static final int MAX_WAVES = 64;

    private final SpanStore store;
    private final MessageRecorder recorder;
    private final DeadLetters deadLetters;
    private final OtlpCounts counts;
    private final Clock clock;
    private final long maxWaiting;
    private final Semaphore exports;
    private final Duration overloadWait;

    TraceReceiver(
            SpanStore store,
            MessageRecorder recorder,
            DeadLetters deadLetters,
            OtlpCounts counts,
            Clock clock,
            OtlpSettings settings,
            Duration overloadWait) {
        this.store = store;
        this.recorder = recorder;
        this.deadLetters = deadLetters;
        this.counts = counts;
        this.clock = clock;
        this.maxWaiting = settings.maxWaitingSpans();
        this.exports = new Semaphore(settings.maxConcurrentExports(), true);
        this.overloadWait = overloadWait;
    }

    /**
     * What the exporter is told.
     *
     * @param rejected spans that are dead letters now
     * @param message why the first of them is; empty if there is none
     */
    record Answer(long rejected, String message) {}

    /**
     * Takes an export.
     *
     * @throws RefusedException if there is no room; the exporter is to send the same again later
     * @throws io.skein.eventlog.LogUnavailableException if the database does not take it; the same holds
     */
    Answer receive(ExportTraceServiceRequest request) {
        if (counts.waiting() > maxWaiting || !enter()) {
            throw new RefusedException(new Refusal(Reason.OVERLOADED, "", "as many spans as fit wait; try later"));
        }
        try {
            Export export = new Export();
            for (ResourceSpans spans : request.getResourceSpansList()) {
                export.add(spans);
            }
            return export.finish();
        } finally {
            exports.release();
        }
    }

    /**
     * Takes the one span of a dead letter as if it had never come.
     *
     * @return why it is refused again; null where it is recorded or waits
     * @throws RefusedException if there is no room
     */
    @Nullable
    Refusal receiveAgain(ResourceSpans spans) {
        if (counts.waiting() > maxWaiting || !enter()) {
            throw new RefusedException(new Refusal(Reason.OVERLOADED, "", "as many spans as fit wait; try later"));
        }
        try {
            Export export = new Export();
            export.add(spans);
            if (export.letters.isEmpty()) {
                // It left its place when it was refused, and a place that is there stays as it is.
                store.remove(export.spans);
                export.finish();
                return null;
            }
            return export.letters.getFirst().refusal();
        } finally {
            exports.release();
        }
    }

    /** Keeps what is no export at all. */
    void bury(byte[] body, String contentType, Refusal refusal) {
        deadLetters.add(List.of(new DeadLetter(
                DOOR,
                refusal,
                null,
                null,
                body,
                null,
                null,
                clock.instant(),
                new DeadLetter.Form(SpanLetters.EXPORT, Map.of(SpanLetters.CONTENT_TYPE, contentType)))));
        counts.rejected(1);
    }

    private boolean enter() {
        try {
            return exports.tryAcquire(overloadWait.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** One export on its way. */
    private final class Export {
        private final List<SpanStore.NewSpan> spans = new ArrayList<>();
        private final Set<TraceKey> traces = new LinkedHashSet<>();
        private final List<DeadLetter> letters = new ArrayList<>();
        private long ignored;

        void add(ResourceSpans sent) {
            Attributes resource = Attributes.of(sent.getResource().getAttributesList());
            @Nullable NetworkId network = null;
            @Nullable Refusal noNetwork = null;
            try {
                network = SpanMapping.network(resource);
            } catch (RefusedException refused) {
                noNetwork = refused.refusal();
            }
            for (ScopeSpans scope : sent.getScopeSpansList()) {
                for (Span span : scope.getSpansList()) {
                    ReceivedSpan received = new ReceivedSpan(sent.getResource(), scope.getScope(), span);
                    if (network == null) {
                        reject(received, Objects.requireNonNull(noNetwork), null);
                    } else {
                        add(network, received);
                    }
                }
            }
        }

        private void add(NetworkId network, ReceivedSpan received) {
            Refusal noIds = complaintAboutIds(received.span());
            if (noIds != null) {
                reject(received, noIds, network);
                return;
            }
            TraceKey trace = new TraceKey(network, received.traceId());
            switch (SpanMapping.role(received)) {
                case SpanRole.Invocation invocation -> {
                    traces.add(trace);
                    byte[] bytes = received.toBytes();
                    spans.add(new SpanStore.NewSpan(
                            trace,
                            new Place(
                                    received.spanId(),
                                    received.parentSpanId(),
                                    received.isOutgoing(),
                                    invocation.target(),
                                    invocation.requestId(),
                                    false,
                                    bytes.length),
                            bytes));
                }
                case SpanRole.Link link -> {
                    ignored++;
                    addLink(trace, received);
                }
                case SpanRole.Unmappable(Refusal refusal) -> {
                    reject(received, refusal, network);
                    addLink(trace, received);
                }
            }
        }

        private void addLink(TraceKey trace, ReceivedSpan received) {
            traces.add(trace);
            spans.add(new SpanStore.NewSpan(
                    trace,
                    new Place(received.spanId(), received.parentSpanId(), false, null, null, false, 0),
                    new byte[0]));
        }

        private void reject(ReceivedSpan received, Refusal refusal, @Nullable NetworkId network) {
            letters.add(new DeadLetter(
                    DOOR,
                    refusal,
                    network == null ? null : network.value(),
                    received.traceId() + "-" + received.spanId(),
                    received.toBytes(),
                    null,
                    null,
                    clock.instant(),
                    SpanLetters.SPAN));
        }

        Answer finish() {
            deadLetters.add(letters);
            counts.rejected(letters.size());
            counts.ignored(ignored);
            if (!spans.isEmpty()) {
                counts.duplicate(spans.size() - store.add(spans));
                settle(traces);
            }
            if (letters.isEmpty()) {
                return new Answer(0, "");
            }
            DeadLetter first = letters.getFirst();
            return new Answer(
                    letters.size(),
                    letters.size() + " spans are dead letters; the first, span " + first.messageId() + ": "
                            + first.refusal().detail());
        }
    }

    private static @Nullable Refusal complaintAboutIds(Span span) {
        if (span.getTraceId().size() != TRACE_ID_BYTES || isZero(span.getTraceId())) {
            return new Refusal(
                    Reason.INVALID,
                    "trace_id",
                    "trace_id has " + span.getTraceId().size() + " bytes or is zero; expected 16 bytes");
        }
        if (span.getSpanId().size() != SPAN_ID_BYTES || isZero(span.getSpanId())) {
            return new Refusal(
                    Reason.INVALID,
                    "span_id",
                    "span_id has " + span.getSpanId().size() + " bytes or is zero; expected 8 bytes");
        }
        int parentBytes = span.getParentSpanId().size();
        if (parentBytes != 0 && parentBytes != SPAN_ID_BYTES) {
            return new Refusal(
                    Reason.INVALID,
                    "parent_span_id",
                    "parent_span_id has " + parentBytes + " bytes; expected 8 bytes or none");
        }
        return null;
    }

    private static boolean isZero(ByteString bytes) {
        for (int i = 0; i < bytes.size(); i++) {
            if (bytes.byteAt(i) != 0) {
                return false;
            }
        }
        return true;
    }

    /**
     * Records what is decided in the traces.
     *
     * @throws RefusedException if the log has no room or does not answer; what was not recorded waits on
     */
    void settle(Collection<TraceKey> traces) {
        Batch batch = new Batch();
        for (Map.Entry<TraceKey, List<Place>> trace : store.places(traces).entrySet()) {
            TraceTree tree = new TraceTree(trace.getValue());
            Map<Place, Enclosing> decided = new LinkedHashMap<>();
            Set<String> secondViews = new HashSet<>();
            long bytes = 0;
            for (Place place : trace.getValue()) {
                Enclosing around = place.isWaiting() ? tree.around(place) : new Enclosing.Unknown();
                if (around instanceof Enclosing.Unknown) {
                    continue;
                }
                if (TraceTree.isSecondView(place, around)) {
                    secondViews.add(place.spanId());
                } else {
                    decided.put(place, around);
                    bytes += place.waitingBytes();
                }
            }
            if (!secondViews.isEmpty()) {
                store.settle(trace.getKey(), secondViews);
                counts.secondView(secondViews.size());
            }
            if (!decided.isEmpty()) {
                batch.add(trace.getKey(), tree, decided, bytes);
            }
        }
        batch.record();
    }

    /**
     * A message to be recorded, and the span that is settled with it.
     *
     * @param at when it was said, but not before its cause: clocks of different machines differ
     */
    private record Step(TraceKey trace, String spanId, int depth, Instant at, Message message) {}

    /** Messages of one or more traces. */
    private final class Batch {
        // Causes before effects; at one instant requests from the outside in, then responses from the inside out.
        private static final Comparator<Step> IN_ORDER = Comparator.comparing(Step::at)
                .thenComparing(step -> step.message().type())
                .thenComparing(step -> step.message().type() == MessageType.REQUEST ? step.depth() : -step.depth())
                .thenComparing(Step::spanId);

        private final Map<TraceKey, List<Step>> traces = new LinkedHashMap<>();
        private long bytes;

        void add(TraceKey trace, TraceTree tree, Map<Place, Enclosing> decided, long size) {
            if (bytes > 0 && bytes + size > BATCH_BYTES) {
                record();
            }
            bytes += size;
            Map<String, byte[]> waiting = store.waiting(
                    trace, decided.keySet().stream().map(Place::spanId).toList());
            List<Step> steps = new ArrayList<>(2 * waiting.size());
            Map<MessageId, Instant> asked = new HashMap<>();
            List<Place> outsideIn = new ArrayList<>(decided.keySet());
            outsideIn.sort(Comparator.comparingInt(tree::depth));
            for (Place place : outsideIn) {
                Enclosing around = decided.get(place);
                byte[] span = waiting.get(place.spanId());
                if (span == null || around == null) {
                    continue;
                }
                ReceivedSpan received = ReceivedSpan.fromBytes(span);
                if (!(SpanMapping.role(received) instanceof SpanRole.Invocation invocation)) {
                    // It was one to the version that stored it.
                    bury(trace, place.spanId(), span);
                    continue;
                }
                SpanMessages.Pair pair = SpanMessages.of(trace.networkId(), received, invocation, around);
                int depth = tree.depth(place);
                @Nullable MessageId cause = pair.request().causationId();
                Instant start = later(
                        pair.request().timestamp(),
                        cause == null ? Instant.MIN : asked.getOrDefault(cause, Instant.MIN));
                asked.put(pair.request().messageId(), start);
                steps.add(new Step(trace, place.spanId(), depth, start, pair.request()));
                steps.add(new Step(
                        trace, place.spanId(), depth, later(pair.response().timestamp(), start), pair.response()));
            }
            steps.sort(IN_ORDER);
            traces.put(trace, steps);
        }

        private static Instant later(Instant one, Instant other) {
            return one.isBefore(other) ? other : one;
        }

        private void bury(TraceKey trace, String spanId, byte[] span) {
            deadLetters.add(List.of(new DeadLetter(
                    DOOR,
                    new Refusal(
                            Reason.INVALID,
                            SpanMapping.OPERATION,
                            "span waited, but is no invocation to mapping version " + SpanMapping.VERSION),
                    trace.networkId().value(),
                    trace.traceId() + "-" + spanId,
                    span,
                    null,
                    null,
                    clock.instant(),
                    SpanLetters.SPAN)));
            store.settle(trace, List.of(spanId));
            counts.rejected(1);
        }

        /**
         * The recorder runs different agents in parallel. So that a cause is in the log before its effects, messages go in waves: in none of them is
         * a cause of another.
         */
        void record() {
            List<List<Step>> waves = new ArrayList<>();
            traces.values().forEach(steps -> spread(steps, waves));
            Map<TraceKey, Map<String, Integer>> left = new HashMap<>();
            @Nullable Refusal refusal = null;
            for (List<Step> wave : waves) {
                refusal = record(wave, left);
                if (refusal != null) {
                    break;
                }
            }
            long mapped = 0;
            for (Map.Entry<TraceKey, Map<String, Integer>> trace : left.entrySet()) {
                List<String> settled = trace.getValue().entrySet().stream()
                        .filter(span -> span.getValue() == 2)
                        .map(Map.Entry::getKey)
                        .toList();
                store.settle(trace.getKey(), settled);
                mapped += settled.size();
            }
            counts.mapped(mapped);
            traces.clear();
            bytes = 0;
            if (refusal != null) {
                throw new RefusedException(refusal);
            }
        }

        private void spread(List<Step> steps, List<List<Step>> waves) {
            int[] waveOf = new int[steps.size()];
            int wave = 0;
            Set<String> ids = new HashSet<>();
            int deepest = -1;
            for (int i = 0; i < steps.size(); i++) {
                Step step = steps.get(i);
                Message message = step.message();
                boolean response = message.type() == MessageType.RESPONSE;
                boolean causeIsHere = message.causationId() != null
                        && ids.contains(message.causationId().value());
                if (causeIsHere || (response && deepest > step.depth())) {
                    wave++;
                    ids.clear();
                    deepest = -1;
                }
                ids.add(message.messageId().value());
                deepest = Math.max(deepest, step.depth());
                waveOf[i] = wave;
            }
            int all = wave + 1;
            for (int i = 0; i < steps.size(); i++) {
                int at = all <= MAX_WAVES ? waveOf[i] : (int) ((long) waveOf[i] * MAX_WAVES / all);
                while (waves.size() <= at) {
                    waves.add(new ArrayList<>());
                }
                waves.get(at).add(steps.get(i));
            }
        }

        /** Null, or why the rest must be tried again. */
        private @Nullable Refusal record(List<Step> wave, Map<TraceKey, Map<String, Integer>> done) {
            long size = bytes / Math.max(1, traces.size());
            List<RecordResult> results =
                    recorder.record(wave.stream().map(Step::message).toList(), size);
            @Nullable Refusal again = null;
            List<DeadLetter> letters = new ArrayList<>();
            for (int i = 0; i < wave.size(); i++) {
                Step step = wave.get(i);
                if (results.get(i) instanceof RecordResult.Refused(Message message, Refusal refusal)) {
                    switch (refusal.reason()) {
                        case OVERLOADED, LOG_UNAVAILABLE -> {
                            again = refusal;
                            continue;
                        }
                        case ID_REUSED -> {
                            counts.toldBefore(1);
                            LOG.debug(
                                    "event=told_before network={} message={}",
                                    message.networkId(),
                                    message.messageId());
                        }
                        case MALFORMED, INVALID, TOO_LARGE, NOT_FOUND, NOT_ALLOWED_NOW -> {
                            byte[] original = store.waiting(step.trace(), List.of(step.spanId()))
                                    .getOrDefault(step.spanId(), new byte[0]);
                            letters.add(new DeadLetter(
                                    DOOR,
                                    refusal,
                                    message.networkId().value(),
                                    message.messageId().value(),
                                    original,
                                    null,
                                    null,
                                    clock.instant(),
                                    SpanLetters.SPAN));
                        }
                    }
                }
                done.computeIfAbsent(step.trace(), trace -> new HashMap<>()).merge(step.spanId(), 1, Integer::sum);
            }
            deadLetters.add(letters);
            counts.rejected(letters.size());
            return again;
        }
    }
}
