package io.skein.standalone.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.skein.kernel.alert.Pattern;
import io.skein.kernel.id.AgentId;
import io.skein.kernel.id.MessageId;
import io.skein.kernel.message.Claim;
import io.skein.kernel.message.ClaimAction;
import io.skein.kernel.message.Message;
import io.skein.kernel.message.MessageType;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class DemoFleetTest {
    private static final Instant START = Instant.parse("2026-11-23T12:00:00Z");

    @Property(tries = 100)
    void the_same_seed_and_start_give_the_same_messages(@ForAll long seed) {
        assertThat(messages(new DemoFleet(seed, 10, START), 20))
                .isEqualTo(messages(new DemoFleet(seed, 10, START), 20));
    }

    @Property(tries = 100)
    void messages_are_in_time_order_with_ids_and_sequences_of_their_own(@ForAll long seed) {
        List<Message> all = messages(new DemoFleet(seed, 10, START), 70);
        assertThat(all).isSortedAccordingTo((a, b) -> a.timestamp().compareTo(b.timestamp()));
        assertThat(all.stream().map(Message::messageId)).doesNotHaveDuplicates();
        Map<AgentId, Long> last = new HashMap<>();
        for (Message message : all) {
            Long sequence = message.sequence();
            assertThat(sequence).isEqualTo(last.getOrDefault(message.agentId(), 0L) + 1);
            last.put(message.agentId(), last.getOrDefault(message.agentId(), 0L) + 1);
        }
    }

    @Property(tries = 100)
    void a_request_returns_to_an_agent_that_still_waits_only_in_a_seeded_loop(@ForAll long seed) {
        DemoFleet fleet = new DemoFleet(seed, 20, START);
        List<Message> all = messages(fleet, 240);
        Map<MessageId, Message> byId = new HashMap<>();
        Set<MessageId> answered = new HashSet<>();
        Set<String> looping = new HashSet<>();
        for (Message message : all) {
            byId.put(message.messageId(), message);
            if (message.type() == MessageType.RESPONSE && message.causationId() != null) {
                answered.add(message.causationId());
            }
            if (message.type() == MessageType.REQUEST && closesALoop(message, byId, answered)) {
                looping.add(String.valueOf(message.conversationId()));
            }
        }
        assertThat(looping).hasSize(2).allMatch(conversation -> conversation.contains("ticket"));
        assertThat(fleet.faults().stream().filter(fault -> fault.pattern() == Pattern.ROUTING_LOOP))
                .hasSize(2);
    }

    @Test
    void every_kind_of_fault_comes_within_the_first_minute_and_again_in_the_next_round() {
        DemoFleet fleet = new DemoFleet(7, 10, START);
        messages(fleet, 60);
        assertThat(fleet.faults().stream().map(Fault::pattern))
                .containsExactly(
                        Pattern.ROUTING_LOOP,
                        Pattern.EQUIVOCATION,
                        Pattern.HOARDING,
                        Pattern.CASCADE,
                        Pattern.DEADLOCK);
        assertThat(fleet.faults().getFirst().from()).isEqualTo(START.plusSeconds(15));
        messages(fleet, 180 + 60);
        assertThat(fleet.faults()).hasSize(10);
    }

    @Test
    void the_pace_is_what_was_asked_for() {
        for (double rate : List.of(5.0, 20.0, 100.0)) {
            long healthy = messages(new DemoFleet(11, rate, START), 600).stream()
                    .filter(message ->
                            String.valueOf(message.conversationId()).matches(".*(feature|question|order)-.*"))
                    .count();
            assertThat(healthy / 600.0).isBetween(rate * 0.8, rate * 1.2);
        }
    }

    @Test
    void about_forty_agents_speak() {
        Set<AgentId> agents = new HashSet<>();
        for (Message message : messages(new DemoFleet(3, 15, START), 300)) {
            agents.add(message.agentId());
            agents.addAll(message.targetAgents());
        }
        assertThat(agents).hasSizeBetween(38, 45);
    }

    @Test
    void the_equivocator_declares_two_values_for_one_key_to_two_targets() {
        List<Message> statements = messages(new DemoFleet(5, 10, START), 60).stream()
                .filter(message -> message.metadata().containsKey("statement"))
                .toList();
        assertThat(statements).hasSize(2);
        Message first = statements.getFirst();
        Message second = statements.getLast();
        assertThat(second.agentId()).isEqualTo(first.agentId());
        assertThat(second.conversationId()).isEqualTo(first.conversationId());
        assertThat(second.targetAgents()).isNotEqualTo(first.targetAgents());
        assertThat(second.metadata().get("statement"))
                .isNotEqualTo(first.metadata().get("statement"));
    }

    @Test
    void the_cascade_grows_from_one_message_to_a_hundred() {
        List<Message> rumour = messages(new DemoFleet(5, 10, START), 60).stream()
                .filter(message -> String.valueOf(message.conversationId()).contains("rumour"))
                .toList();
        assertThat(rumour).hasSizeBetween(100, 120);
        assertThat(rumour.stream().filter(message -> message.causationId() == null))
                .hasSize(1);
    }

    @Test
    void the_gpu_is_never_granted_beyond_its_capacity() {
        double held = 0;
        for (Message message : messages(new DemoFleet(9, 40, START), 300)) {
            for (Claim claim : message.claims()) {
                if (claim.resource().equals("gpu")) {
                    held += claim.action() == ClaimAction.GRANT ? claim.amount() : 0;
                    held -= claim.action() == ClaimAction.RELEASE ? claim.amount() : 0;
                    assertThat(held).isBetween(0.0, 100.0);
                }
            }
        }
    }

    @Test
    void a_rate_that_is_no_pace_is_refused() {
        assertThatThrownBy(() -> new DemoFleet(1, 0, START)).hasMessageContaining("expected more than 0");
        assertThatThrownBy(() -> new DemoFleet(1, Double.NaN, START)).isInstanceOf(IllegalArgumentException.class);
    }

    private static List<Message> messages(DemoFleet fleet, int seconds) {
        List<Message> messages = new ArrayList<>();
        Message message = fleet.next();
        while (message.timestamp().isBefore(START.plusSeconds(seconds))) {
            messages.add(message);
            message = fleet.next();
        }
        return messages;
    }

    /** By the definition, naively: the asked agent sits upstream with a request that nobody has answered, three agents or more apart. */
    private static boolean closesALoop(Message request, Map<MessageId, Message> byId, Set<MessageId> answered) {
        AgentId asked = request.targetAgents().getFirst();
        Set<AgentId> onTheWay = new HashSet<>(List.of(asked, request.agentId()));
        @Nullable Message above = request;
        while (above != null && above.causationId() != null) {
            above = byId.get(above.causationId());
            if (above == null || above.type() != MessageType.REQUEST || answered.contains(above.messageId())) {
                return false;
            }
            onTheWay.add(above.agentId());
            if (above.agentId().equals(asked)) {
                return onTheWay.size() >= 3;
            }
        }
        return false;
    }
}
