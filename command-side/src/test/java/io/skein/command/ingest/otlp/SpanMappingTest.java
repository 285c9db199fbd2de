package io.skein.command.ingest.otlp;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.ArrayValue;
import io.opentelemetry.proto.common.v1.InstrumentationScope;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.resource.v1.Resource;
import io.opentelemetry.proto.trace.v1.Span;
import io.skein.kernel.id.AgentId;
import io.skein.kernel.id.MessageId;
import io.skein.kernel.id.NetworkId;
import io.skein.kernel.message.Message;
import io.skein.kernel.message.MessageLimits;
import io.skein.kernel.message.Outcome;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SpanMappingTest {
    private static final String TRACE = "0af7651916cd43dd8448eb211c80319c";
    private static final String SPAN = "b7ad6b7169203331";

    private static KeyValue attribute(String name, AnyValue value) {
        return KeyValue.newBuilder().setKey(name).setValue(value).build();
    }

    private static KeyValue attribute(String name, String value) {
        return attribute(name, AnyValue.newBuilder().setStringValue(value).build());
    }

    private static ReceivedSpan span(String service, KeyValue... attributes) {
        Span.Builder span = Span.newBuilder()
                .setTraceId(ByteString.copyFrom(HexFormat.of().parseHex(TRACE)))
                .setSpanId(ByteString.copyFrom(HexFormat.of().parseHex(SPAN)))
                .setStartTimeUnixNano(1_000_000_000L)
                .setEndTimeUnixNano(1_002_500_000L);
        for (KeyValue attribute : attributes) {
            span.addAttributes(attribute);
        }
        return new ReceivedSpan(
                Resource.newBuilder()
                        .addAttributes(attribute("service.name", service))
                        .build(),
                InstrumentationScope.getDefaultInstance(),
                span.build());
    }

    private static ReceivedSpan span(String attributes) {
        KeyValue[] parsed = java.util.Arrays.stream(attributes.split(";", -1))
                .filter(pair -> !pair.isBlank())
                .map(pair -> pair.strip().split("=", 2))
                .map(pair -> attribute(pair[0], pair[1]))
                .toArray(KeyValue[]::new);
        return span("service", parsed);
    }

    private static SpanMessages.Pair messages(ReceivedSpan span, Enclosing enclosing) {
        assertThat(SpanMapping.role(span)).isInstanceOf(SpanRole.Invocation.class);
        return SpanMessages.of(NetworkId.DEFAULT, span, (SpanRole.Invocation) SpanMapping.role(span), enclosing);
    }

    private static Enclosing within(String agent) {
        return new Enclosing.Within(
                new Place("00000000000000aa", null, false, new AgentId(agent), new MessageId("cause"), false, 1),
                false);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "-",
            value = {
                "gen_ai.operation.name=invoke_agent;gen_ai.provider.name=x;gen_ai.agent.name=a;gen_ai.agent.id=i | a | above | gen_ai",
                "gen_ai.operation.name=invoke_agent;gen_ai.agent.id=i | i | above | gen_ai",
                "gen_ai.operation.name=invoke_agent;gen_ai.system=x;gen_ai.agent.name=a | a | above | gen_ai_old",
                "gen_ai.operation.name=invoke_agent;gen_ai.system=x;gen_ai.provider.name=x;gen_ai.agent.name=a | a | above | gen_ai",
                "gen_ai.operation.name=invoke_workflow;gen_ai.workflow.name=w;gen_ai.agent.name=a | w | above | gen_ai",
                "gen_ai.operation.name=invoke_agent;gen_ai.agent.name=a;gen_ai.caller.name=c | a | c | gen_ai",
                "gen_ai.operation.name=execute_tool;gen_ai.tool.name=t | t | above | gen_ai",
                "gen_ai.operation.name=execute_tool;gen_ai.tool.name=t;gen_ai.agent.name=a | t | a | gen_ai",
                "openinference.span.kind=AGENT;agent.name=a | a | above | openinference",
                "openinference.span.kind=agent;agent.name=a;graph.node.id=n | n | above | openinference",
                "openinference.span.kind=CHAIN;graph.node.id=n;graph.node.parent_id=p | n | p | openinference",
                "openinference.span.kind=AGENT;graph.node.id=n;graph.node.parent_id= | n | above | openinference",
                "openinference.span.kind=TOOL;tool.name=t;agent.name=a | t | a | openinference"
            })
    void each_generation_names_who_calls_and_who_is_called(
            String attributes, String target, String caller, String dialect) {
        SpanMessages.Pair pair = messages(span(attributes), within("above"));
        assertThat(pair.request().agentId()).hasToString(caller);
        assertThat(pair.request().targetAgents()).extracting(Object::toString).containsExactly(target);
        assertThat(pair.request().causationId()).hasToString("cause");
        assertThat(pair.request().metadata().get("dialect")).hasToString("\"" + dialect + "\"");
        assertThat(pair.request().metadata().get("mappingVersion")).hasToString("\"1\"");
        assertThat(pair.response().agentId()).hasToString(target);
        assertThat(pair.response().targetAgents()).extracting(Object::toString).containsExactly(caller);
        assertThat(pair.response().causationId()).isEqualTo(pair.request().messageId());
        assertThat(pair.response().messageId()).hasToString(TRACE + "-" + SPAN + ".r");
        assertThat(pair.response().durationMillis()).isEqualTo(2.5);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "http.request.method=GET",
                "gen_ai.conversation.id=c",
                "gen_ai.operation.name=chat;gen_ai.provider.name=x;gen_ai.agent.name=a",
                "gen_ai.operation.name=embeddings",
                "gen_ai.system=openai;gen_ai.request.model=m",
                "openinference.span.kind=LLM",
                "openinference.span.kind=CHAIN"
            })
    void an_agents_own_work_and_transport_are_links(String attributes) {
        assertThat(SpanMapping.role(span(attributes))).isInstanceOf(SpanRole.Link.class);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "gen_ai.operation.name=invoke_agent | gen_ai.agent.name",
                "gen_ai.operation.name=execute_tool | gen_ai.tool.name",
                "gen_ai.operation.name=levitate | gen_ai.operation.name",
                "gen_ai.system=openai | gen_ai.operation.name",
                "openinference.span.kind=AGENT | graph.node.id",
                "openinference.span.kind=JUGGLER | openinference.span.kind",
                "gen_ai.operation.name=invoke_agent;gen_ai.agent.name=a\u0007b | gen_ai.agent.name",
                "gen_ai.operation.name=invoke_agent;gen_ai.agent.name=a;session.id=s\u0007s | session.id"
            })
    void what_cannot_be_mapped_says_which_attribute_is_at_fault(String attributes, String field) {
        assertThat(SpanMapping.role(span(attributes)))
                .isInstanceOfSatisfying(
                        SpanRole.Unmappable.class,
                        unmappable -> assertThat(unmappable.refusal().field()).isEqualTo(field));
    }

    @Test
    void the_conversation_is_the_conversation_else_the_session_else_the_trace() {
        String agent = "gen_ai.operation.name=invoke_agent;gen_ai.agent.name=a";
        assertThat(messages(span(agent + ";gen_ai.conversation.id=c;session.id=s"), within("x"))
                        .request()
                        .conversationId())
                .hasToString("c");
        assertThat(messages(span(agent + ";session.id=s"), within("x"))
                        .request()
                        .conversationId())
                .hasToString("s");
        assertThat(messages(span(agent), within("x")).request().conversationId())
                .hasToString(TRACE);
    }

    @Test
    void a_message_id_of_a2a_names_the_request_and_the_response_points_at_it() {
        SpanMessages.Pair pair = messages(
                span("gen_ai.operation.name=invoke_agent;gen_ai.agent.name=a;a2a.message.id=m-7"), within("x"));
        assertThat(pair.request().messageId()).hasToString("m-7");
        assertThat(pair.response().causationId()).hasToString("m-7");
        assertThat(pair.response().messageId()).hasToString(TRACE + "-" + SPAN + ".r");
    }

    @Test
    void a_service_that_is_named_as_the_agent_it_calls_does_not_look_like_a_call_to_itself() {
        ReceivedSpan span = span(
                "planner",
                attribute("gen_ai.operation.name", "invoke_agent"),
                attribute("gen_ai.agent.name", "planner"));
        assertThat(messages(span, new Enclosing.Outermost()).request().agentId())
                .hasToString("caller of planner");
        assertThat(messages(span, within("planner")).request().agentId()).hasToString("planner");
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            value = {
                "false, -, OK",
                "true, -, ERROR",
                "false, 500, ERROR",
                "true, timeout, TIMEOUT",
                "true, java.net.http.HttpTimeoutException, TIMEOUT",
                "true, DEADLINE_EXCEEDED, TIMEOUT",
                "true, 504, TIMEOUT",
                "true, 403, REFUSED",
                "true, content_filter, REFUSED",
                "true, IllegalStateException, ERROR"
            })
    void the_outcome_comes_from_the_status_and_the_errors_type(
            boolean failed, @Nullable String errorType, Outcome outcome) {
        assertThat(SpanMapping.outcome(failed, errorType)).isEqualTo(outcome);
    }

    @Test
    void content_beyond_the_limit_is_left_out_and_said_so() {
        String large = "x".repeat(MessageLimits.MAX_CONTENT_BYTES);
        AnyValue deep = AnyValue.newBuilder().setStringValue("x").build();
        for (int i = 0; i <= MessageLimits.MAX_DEPTH; i++) {
            deep = AnyValue.newBuilder()
                    .setArrayValue(ArrayValue.newBuilder().addValues(deep))
                    .build();
        }
        Message request = messages(
                        span(
                                "s",
                                attribute("gen_ai.operation.name", "execute_tool"),
                                attribute("gen_ai.tool.name", "t"),
                                attribute("gen_ai.tool.call.arguments", large),
                                attribute("gen_ai.tool.call.result", deep)),
                        within("x"))
                .request();
        assertThat(request.content()).isNull();
        assertThat(request.metadata().get("contentOmittedBytes"))
                .hasToString(Integer.toString(MessageLimits.MAX_CONTENT_BYTES + 2));
        SpanMessages.Pair nested = messages(
                span(
                        "s",
                        attribute("gen_ai.operation.name", "execute_tool"),
                        attribute("gen_ai.tool.name", "t"),
                        attribute("gen_ai.tool.call.result", deep)),
                within("x"));
        assertThat(nested.response().content()).isNull();
        assertThat(nested.response().metadata()).containsKey("contentOmittedBytes");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{\"a\": 1.50} | {\"a\":1.50}",
                "[1,  2] | [1,2]",
                "plain | \"plain\"",
                "{broken | \"{broken\"",
                "{\"a\":1,\"a\":2} | \"{\\\"a\\\":1,\\\"a\\\":2}\"",
                "[\"\\ud800\"] | \"[\\\"\\\\ud800\\\"]\""
            })
    void a_text_that_holds_json_is_that_json_and_any_other_text_is_a_string(String text, String content) {
        SpanMessages.Pair pair = messages(
                span(
                        "s",
                        attribute("gen_ai.operation.name", "execute_tool"),
                        attribute("gen_ai.tool.name", "t"),
                        attribute("gen_ai.tool.call.arguments", text)),
                within("x"));
        assertThat(pair.request().content()).hasToString(content);
    }
}
