package io.skein.command.ingest.otlp;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.skein.command.RunningCommandSide;
import io.skein.kernel.message.Message;
import io.skein.kernel.message.MessageType;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.lifecycle.AfterContainer;

class OtlpProperties {
    private static final AtomicLong TRACES = new AtomicLong();
    private static final RunningCommandSide SIDE =
            RunningCommandSide.start(Map.of("skein.otlp.window", "10m", "skein.otlp.max-wait", "10m"));

    @AfterContainer
    static void stop() {
        SIDE.close();
    }

    @Property(tries = 100)
    void any_split_and_order_of_the_same_spans_with_any_repeats_and_at_once_yields_the_same_messages(
            @ForAll long seed,
            @ForAll @IntRange(min = 1, max = 14) int spans,
            @ForAll @IntRange(min = 1, max = 6) int exports) {
        Random random = new Random(seed);
        List<SpanData> trace = trace(random, spans);
        Set<String> together = send("a", List.of(trace), false);
        List<SpanData> shuffled = new ArrayList<>(trace);
        Collections.shuffle(shuffled, random);
        List<List<SpanData>> parts = new ArrayList<>();
        for (int i = 0; i < exports; i++) {
            parts.add(new ArrayList<>());
        }
        for (SpanData span : shuffled) {
            parts.get(random.nextInt(exports)).add(span);
            if (random.nextInt(4) == 0) {
                parts.get(random.nextInt(exports)).add(span);
            }
        }
        assertThat(send("b", parts, random.nextBoolean())).isEqualTo(together);
    }

    @Property(tries = 100)
    void within_one_export_a_cause_has_a_smaller_position_than_its_effect(
            @ForAll long seed, @ForAll @IntRange(min = 1, max = 14) int spans) {
        List<SpanData> trace = trace(new Random(seed), spans);
        String traceId = newTraceId();
        post(trace, traceId);
        Map<String, Integer> places = new HashMap<>();
        List<Message> messages = LoggedMessages.ofTrace(SIDE, traceId);
        for (Message message : messages) {
            places.put(message.messageId().value(), places.size());
        }
        for (Message message : messages) {
            if (message.causationId() != null) {
                assertThat(places.get(message.causationId().value()))
                        .as("%s caused %s", message.causationId(), message.messageId())
                        .isNotNull()
                        .isLessThan(places.get(message.messageId().value()));
            }
        }
        assertThat(messages.stream()
                                .filter(message -> message.type() == MessageType.REQUEST)
                                .count()
                        * 2)
                .isEqualTo(messages.size());
    }

    private static Set<String> send(String name, List<List<SpanData>> parts, boolean atOnce) {
        String traceId = newTraceId();
        if (atOnce) {
            try (ExecutorService senders = Executors.newVirtualThreadPerTaskExecutor()) {
                List<Future<?>> sent = new ArrayList<>();
                parts.forEach(part -> sent.add(senders.submit(() -> post(part, traceId))));
                for (Future<?> each : sent) {
                    each.get();
                }
            } catch (ExecutionException | InterruptedException failure) {
                throw new AssertionError(failure);
            }
        } else {
            parts.forEach(part -> post(part, traceId));
        }
        assertThat(SIDE.number(
                        "select count(*) from otlp_span where waiting is not null and trace_id = '" + traceId + "'"))
                .as(name + ": spans that still wait")
                .isZero();
        List<Message> messages = LoggedMessages.ofTrace(SIDE, traceId);
        Set<String> texts = new HashSet<>();
        messages.forEach(message -> texts.add(message.toString().replace(traceId, "TRACE")));
        assertThat(texts).hasSameSizeAs(messages);
        return texts;
    }

    private static void post(List<SpanData> spans, String traceId) {
        ExportTraceServiceRequest request = inTrace(SdkSpans.request(spans), traceId);
        assertThat(SIDE.post("/v1/traces", "application/x-protobuf", request.toByteArray())
                        .status())
                .isEqualTo(200);
    }

    private static String newTraceId() {
        return "%032x".formatted(TRACES.incrementAndGet());
    }

    private static ExportTraceServiceRequest inTrace(ExportTraceServiceRequest request, String traceId) {
        ByteString id = ByteString.copyFrom(HexFormat.of().parseHex(traceId));
        ExportTraceServiceRequest.Builder changed = request.toBuilder();
        for (ResourceSpans.Builder resource : changed.getResourceSpansBuilderList()) {
            for (ScopeSpans.Builder scope : resource.getScopeSpansBuilderList()) {
                scope.getSpansBuilderList().forEach(span -> span.setTraceId(id));
            }
        }
        return changed.build();
    }

    /** A random tree of agents, tools, calls of models and transport, in all dialects, over two services. */
    private static List<SpanData> trace(Random random, int size) {
        try (SdkSpans front = new SdkSpans("front");
                SdkSpans back = new SdkSpans("back")) {
            List<Span> spans = new ArrayList<>();
            for (int i = 0; i < size; i++) {
                Span parent = spans.isEmpty() ? null : spans.get(random.nextInt(spans.size()));
                SdkSpans sdk = random.nextBoolean() ? front : back;
                String agent = "agent-" + random.nextInt(3);
                SpanKind kind = SpanKind.values()[random.nextInt(SpanKind.values().length)];
                long at = random.nextInt(3) + i;
                spans.add(
                        switch (random.nextInt(7)) {
                            case 0 -> sdk.agent(agent, parent, at, "gen_ai.conversation.id", "c-" + random.nextInt(2));
                            case 1 ->
                                sdk.start(
                                        "old",
                                        parent,
                                        kind,
                                        at,
                                        "gen_ai.operation.name",
                                        "invoke_agent",
                                        "gen_ai.system",
                                        "openai",
                                        "gen_ai.agent.id",
                                        agent);
                            case 2 -> sdk.tool("tool-" + random.nextInt(2), parent, at);
                            case 3 ->
                                sdk.start(
                                        "oi",
                                        parent,
                                        kind,
                                        at,
                                        "openinference.span.kind",
                                        "AGENT",
                                        "agent.name",
                                        agent);
                            case 4 ->
                                sdk.start(
                                        "node",
                                        parent,
                                        kind,
                                        at,
                                        "openinference.span.kind",
                                        "CHAIN",
                                        "graph.node.id",
                                        agent,
                                        "graph.node.parent_id",
                                        random.nextBoolean() ? "agent-0" : "");
                            case 5 -> sdk.start("chat", parent, kind, at, "gen_ai.operation.name", "chat");
                            default -> sdk.start("GET /", parent, kind, at, "http.request.method", "GET");
                        });
            }
            long end = 100;
            for (Span span : spans.reversed()) {
                SdkSpans.end(span, end++);
            }
            List<SpanData> all = new ArrayList<>(front.ended());
            all.addAll(back.ended());
            return all;
        }
    }
}
