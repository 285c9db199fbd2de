package io.skein.eventlog;

import static org.assertj.core.api.Assertions.assertThat;

import io.skein.kernel.agent.MessageRecorded;
import io.skein.kernel.id.AgentId;
import io.skein.kernel.id.ConversationId;
import io.skein.kernel.id.MessageId;
import io.skein.kernel.id.NetworkId;
import io.skein.kernel.message.Claim;
import io.skein.kernel.message.ClaimAction;
import io.skein.kernel.message.JsonText;
import io.skein.kernel.message.Message;
import io.skein.kernel.message.MessageType;
import io.skein.kernel.message.Outcome;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;

class RecordedMessageJsonProperties {
    private static final EventSerializer SERIALIZER = EventSerializer.create();

    @Property(tries = 1_000)
    void writes_what_the_mapper_writes_and_reads_it_back(@ForAll("recorded") MessageRecorded recorded) {
        byte[] bytes = KernelJson.mapper().writeValueAsBytes(recorded);

        assertThat(SERIALIZER.serialize(recorded, byte[].class).getData()).isEqualTo(bytes);
        assertThat((Object) SERIALIZER.deserialize(SERIALIZER.serialize(recorded, byte[].class)))
                .isEqualTo(KernelJson.mapper().readValue(bytes, MessageRecorded.class));
    }

    @Property(tries = 300)
    void takes_the_short_way_for_everyday_messages(@ForAll("everyday") MessageRecorded recorded) {
        byte[] bytes = RecordedMessageJson.write(recorded);

        assertThat(bytes).isNotNull();
        assertThat(RecordedMessageJson.read(bytes)).isEqualTo(recorded);
    }

    @Property(tries = 3_000)
    void never_reads_anything_but_what_the_mapper_reads(
            @ForAll("recorded") MessageRecorded recorded,
            @ForAll @IntRange(min = 0, max = 5_000) int place,
            @ForAll("marks") char mark,
            @ForAll boolean insert) {
        StringBuilder text = new StringBuilder(KernelJson.mapper().writeValueAsString(recorded));
        int at = place % text.length();
        text.replace(at, insert ? at : at + 1, String.valueOf(mark));
        byte[] damaged = text.toString().getBytes(java.nio.charset.StandardCharsets.UTF_8);

        MessageRecorded read = RecordedMessageJson.read(damaged);

        assertThat(read == null || read.equals(byMapper(damaged))).isTrue();
    }

    private static @Nullable MessageRecorded byMapper(byte[] bytes) {
        try {
            return KernelJson.mapper().readValue(bytes, MessageRecorded.class);
        } catch (JacksonException refused) {
            return null;
        }
    }

    @Provide
    Arbitrary<Character> marks() {
        return Arbitraries.of(
                '"', '\\', '{', '}', '[', ']', ',', ':', ' ', '0', '9', '-', '.', 'e', 'n', 'Z', '\n', '/');
    }

    @Provide
    Arbitrary<MessageRecorded> everyday() {
        return recorded(
                Arbitraries.strings()
                        .withCharRange('a', 'z')
                        .withChars("-_.:/ 0123456789ABC")
                        .ofMinLength(1)
                        .ofMaxLength(30)
                        .filter(id -> !id.isBlank()),
                Arbitraries.of(
                        "{\"text\":\"hello \\\"you\\\"\\n\",\"step\":1}",
                        "\"ü\"",
                        "[]",
                        "{}",
                        "-1.50e+7",
                        "[true,false,null,{\"a\":[[]]}]"),
                Arbitraries.longs().between(0, 100_000_000_000_000_000L));
    }

    @Provide
    Arbitrary<MessageRecorded> recorded() {
        return recorded(
                Arbitraries.oneOf(
                                Arbitraries.strings().ascii().ofMinLength(1).ofMaxLength(12),
                                Arbitraries.of("default", "ü", "a\"b", "back\\slash", "😀", "a/b%c"))
                        .filter(io.skein.kernel.id.Ids::isValid),
                Arbitraries.of(
                        "{\"text\":\"hello\"}",
                        "{ \"b\" : 1 }",
                        "\"\\u0041\\/\"",
                        "1e400",
                        "0.10",
                        "[1,2,[]]",
                        "\"\"",
                        "\"\u007f\"",
                        "[[[{}]]]",
                        "null",
                        "\"\\u001f\""),
                Arbitraries.longs());
    }

    private static Arbitrary<MessageRecorded> recorded(
            Arbitrary<String> ids, Arbitrary<String> contents, Arbitrary<Long> sequences) {
        Arbitrary<Instant> instants = Combinators.combine(
                        Arbitraries.longs().between(-62_135_596_800L, 253_402_300_799L),
                        Arbitraries.of(0, 1, 1_000, 123_000_000, 999_999_999))
                .as(Instant::ofEpochSecond);
        Arbitrary<Claim> claims = Combinators.combine(
                        ids,
                        Arbitraries.of(ClaimAction.class),
                        Arbitraries.doubles().between(0, 1e12).ofScale(3),
                        ids.injectNull(0.5),
                        Arbitraries.integers().injectNull(0.5))
                .as(Claim::new);
        return Combinators.combine(
                        Combinators.combine(
                                        ids,
                                        ids,
                                        ids.injectNull(0.3),
                                        ids,
                                        ids.list().uniqueElements().ofMaxSize(3))
                                .as((message, network, conversation, agent, targets) ->
                                        new Names(message, network, conversation, agent, targets)),
                        Arbitraries.of(MessageType.class),
                        instants.tuple2(),
                        contents.injectNull(0.2),
                        Combinators.combine(ids.injectNull(0.5), ids.injectNull(0.7), sequences.injectNull(0.3))
                                .as((causation, correlation, sequence) -> new Order(causation, correlation, sequence)),
                        claims.list().ofMaxSize(2),
                        Arbitraries.of(Outcome.class).injectNull(0.5).tuple1(),
                        Combinators.combine(
                                        Arbitraries.doubles().between(0, 1e9).injectNull(0.5),
                                        Arbitraries.maps(ids, contents.map(JsonText::new))
                                                .ofMaxSize(2))
                                .as((duration, metadata) -> new Rest(duration, metadata)))
                .as((names, type, times, content, order, claimed, outcome, rest) -> new MessageRecorded(
                        new Message(
                                new MessageId(names.message()),
                                new NetworkId(names.network()),
                                names.conversation() == null ? null : new ConversationId(names.conversation()),
                                new AgentId(names.agent()),
                                names.targets().stream().map(AgentId::new).toList(),
                                type,
                                times.get1(),
                                content == null ? null : new JsonText(content),
                                order.causation() == null ? null : new MessageId(order.causation()),
                                order.correlation(),
                                order.sequence(),
                                claimed,
                                outcome.get1(),
                                rest.duration(),
                                rest.metadata()),
                        times.get2()));
    }

    private record Names(
            String message, String network, @Nullable String conversation, String agent, List<String> targets) {}

    private record Order(
            @Nullable String causation,
            @Nullable String correlation,
            @Nullable Long sequence) {}

    private record Rest(@Nullable Double duration, Map<String, JsonText> metadata) {}
}
