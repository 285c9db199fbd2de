package io.skein.projection.detection;

import static org.assertj.core.api.Assertions.assertThat;

import io.skein.kernel.agent.MessageRecorded;
import io.skein.kernel.id.AgentId;
import io.skein.kernel.id.MessageId;
import io.skein.kernel.id.NetworkId;
import io.skein.kernel.message.Message;
import io.skein.kernel.message.MessageType;
import io.skein.projection.detection.CausalOrder.Placed;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** Whatever order a tree of causes is recorded in, it is handed on with every cause before its effects, each message once. */
class CausalOrderProperties {
    private static final Instant START = Instant.parse("2026-11-23T10:00:00Z");

    @Property(tries = 300)
    void any_recorded_order_comes_out_causes_first_and_complete(
            @ForAll @IntRange(min = 1, max = 60) int messages, @ForAll long seed, @ForAll boolean restarted)
            throws IOException {
        Random random = new Random(seed);
        List<MessageRecorded> recorded = new ArrayList<>();
        for (int i = 0; i < messages; i++) {
            recorded.add(message(
                    i, random.nextInt(4) == 0 ? -1 : i - 1 - random.nextInt(Math.max(1, Math.min(i, 3))), START));
        }
        Collections.shuffle(recorded, random);

        CausalOrder order = new CausalOrder();
        List<Placed> out = new ArrayList<>();
        for (int i = 0; i < recorded.size(); i++) {
            out.addAll(order.on(recorded.get(i), i + 1L, START.toEpochMilli()));
            if (restarted) {
                order = copy(order);
            }
        }

        assertThat(out).extracting(placed -> placed.recorded()).containsExactlyInAnyOrderElementsOf(recorded);
        Set<MessageId> before = new HashSet<>();
        for (Placed placed : out) {
            MessageId cause = placed.recorded().message().causationId();
            assertThat(cause == null || before.contains(cause))
                    .as("cause of %s was handed on before", placed)
                    .isTrue();
            before.add(placed.recorded().message().messageId());
            assertThat(recorded.get((int) placed.position() - 1)).isEqualTo(placed.recorded());
        }
        assertThat(order.waiting()).isZero();
    }

    @Example
    void a_message_whose_cause_never_comes_goes_on_after_the_wait() {
        CausalOrder order = new CausalOrder();
        assertThat(order.on(message(5, 4, START), 1, START.toEpochMilli())).isEmpty();
        assertThat(order.on(message(6, 5, START), 2, START.toEpochMilli())).isEmpty();

        List<Placed> released = order.on(
                message(7, -1, START),
                3,
                START.plus(CausalOrder.MAX_WAIT).plusMillis(1).toEpochMilli());

        assertThat(released).extracting(Placed::position).containsExactly(3L, 1L, 2L);
        assertThat(order.waiting()).isZero();
    }

    @Example
    void nothing_waits_for_more_than_the_stated_number_of_events() {
        CausalOrder order = new CausalOrder();
        order.on(message(0, 1_000_000, START), 1, START.toEpochMilli());
        List<Placed> released = new ArrayList<>();
        for (int i = 1; i <= CausalOrder.MAX_EVENTS + 1; i++) {
            released.addAll(order.on(message(i, -1, START), i + 1L, START.toEpochMilli()));
        }
        assertThat(released).extracting(Placed::position).contains(1L);
    }

    private static CausalOrder copy(CausalOrder order) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        order.save(new DataOutputStream(bytes));
        CausalOrder restored = new CausalOrder();
        restored.restore(new DataInputStream(new ByteArrayInputStream(bytes.toByteArray())));
        return restored;
    }

    private static MessageRecorded message(int number, int cause, Instant at) {
        return new MessageRecorded(
                new Message(
                        new MessageId("m-" + number),
                        NetworkId.DEFAULT,
                        null,
                        new AgentId("a-" + number % 7),
                        List.of(),
                        MessageType.REQUEST,
                        START,
                        null,
                        cause < 0 ? null : new MessageId("m-" + cause),
                        null,
                        null,
                        List.of(),
                        null,
                        null,
                        Map.of()),
                at);
    }
}
