package io.skein.projection.detection;

import static org.assertj.core.api.Assertions.assertThat;

import io.skein.kernel.agent.MessageRecorded;
import io.skein.kernel.id.AgentId;
import io.skein.kernel.id.ConversationId;
import io.skein.kernel.id.MessageId;
import io.skein.kernel.id.NetworkId;
import io.skein.kernel.message.Message;
import io.skein.kernel.message.MessageType;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** Event time goes with the recording while things happen, with the senders when history is imported, and with no single sender. */
class EventClockProperties {
    private static final long NOW = Instant.parse("2026-11-23T10:00:00Z").toEpochMilli();
    private static final long THEN = Instant.parse("2024-03-01T08:00:00Z").toEpochMilli();

    @Property(tries = 200)
    void what_is_sent_as_it_happens_is_judged_by_the_time_of_recording(@ForAll Random random) {
        EventClock clock = new EventClock();
        long recorded = NOW;
        long first = clock.at(message("a", "c0", NOW, recorded));
        for (int i = 1; i < 200; i++) {
            recorded += random.nextInt(500);
            long said = recorded - 30_000 + random.nextInt(60_000);
            long at = clock.at(message("a" + random.nextInt(5), "c" + random.nextInt(9), said, recorded));
            assertThat(at - first).isEqualTo(recorded - NOW);
        }
    }

    @Property(tries = 200)
    void imported_conversations_keep_their_own_pace_one_after_another_and_side_by_side(
            @ForAll Random random, @ForAll boolean sideBySide) {
        EventClock clock = new EventClock();
        long recorded = NOW;
        long at = clock.at(message("a", "c0", THEN, recorded));
        long began = at;
        int conversations = 1 + random.nextInt(4);
        int turns = 40;
        for (int turn = 0; turn < turns * conversations; turn++) {
            int conversation = sideBySide ? turn % conversations : turn / turns;
            int own = sideBySide ? turn / conversations : turn % turns;
            recorded += random.nextInt(2);
            at = clock.at(message("a" + own % 2, "c" + conversation, THEN + own * 60_000L, recorded));
        }
        long length = (turns - 1) * 60_000L;
        long expected = sideBySide ? length : conversations * length;
        // A conversation's first step is taken on one sender's word, and each is joined with some slack.
        assertThat(at - began).isBetween(expected - conversations * 63_000L, expected + 1_000);
    }

    @Property(tries = 200)
    void one_sender_who_names_any_time_moves_it_by_no_more_than_the_skew(@ForAll Random random) {
        EventClock clock = new EventClock();
        long began = clock.at(message("honest0", "c", THEN, NOW));
        clock.at(message("honest1", "c", THEN, NOW));
        long at = began;
        for (int i = 0; i < 50; i++) {
            long named = THEN + (random.nextInt(4) == 0 ? random.nextLong(600L * 86_400_000) : 1_000L * i);
            at = clock.at(message("liar", "c", named, NOW));
        }
        assertThat(at - began).isLessThanOrEqualTo(EventClock.SKEW_MILLI);
    }

    @Example
    void it_never_falls_and_goes_on_after_an_import_with_what_happens_now() {
        EventClock clock = new EventClock();
        long last = clock.at(message("a", "live", NOW, NOW));
        for (int i = 0; i < 100; i++) {
            long at = clock.at(message("h" + i % 2, "old", THEN + i * 10_000L, NOW + i));
            assertThat(at).isGreaterThanOrEqualTo(last);
            last = at;
        }
        long before = clock.at(message("a", "live", NOW + 1_000, NOW + 1_000));
        long after = clock.at(message("a", "live", NOW + 61_000, NOW + 61_000));
        assertThat(after - before).isBetween(58_000L, 60_000L);
    }

    @Property(tries = 100)
    void a_saved_and_restored_clock_goes_on_the_same(@ForAll Random random) throws IOException {
        EventClock clock = new EventClock();
        EventClock other = new EventClock();
        int cut = random.nextInt(100);
        for (int i = 0; i < 100; i++) {
            if (i == cut) {
                ByteArrayOutputStream bytes = new ByteArrayOutputStream();
                other.save(new DataOutputStream(bytes));
                other = new EventClock();
                other.restore(new DataInputStream(new ByteArrayInputStream(bytes.toByteArray())));
            }
            MessageRecorded event = message(
                    "a" + random.nextInt(4),
                    "c" + random.nextInt(4),
                    (random.nextBoolean() ? THEN : NOW) + random.nextInt(10_000_000),
                    NOW + 100L * i);
            assertThat(other.at(event)).isEqualTo(clock.at(event));
        }
    }

    private static MessageRecorded message(String agent, String conversation, long saidMilli, long recordedMilli) {
        return new MessageRecorded(
                new Message(
                        new MessageId("m"),
                        NetworkId.DEFAULT,
                        new ConversationId(conversation),
                        new AgentId(agent),
                        List.of(),
                        MessageType.REQUEST,
                        Instant.ofEpochMilli(saidMilli),
                        null,
                        null,
                        null,
                        null,
                        List.of(),
                        null,
                        null,
                        Map.of()),
                Instant.ofEpochMilli(recordedMilli));
    }
}
