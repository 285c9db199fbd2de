package io.skein.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.skein.client.FakeDoor.Fault;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;

/** Whatever the door does wrong, every message is recorded once, each agent's in order, and acknowledged. */
class HttpFaultsProperties {
    @Property(tries = 150)
    void any_sequence_of_faults_and_restarts_loses_nothing_doubles_nothing_and_keeps_each_agents_order(
            @ForAll("faults") List<Fault> faults,
            @ForAll @IntRange(min = 1, max = 40) int messages,
            @ForAll @IntRange(min = 1, max = 4) int agents,
            @ForAll @IntRange(min = 1, max = 7) int batch,
            @ForAll @IntRange(min = 0, max = 3) int restarts)
            throws Exception {
        Path folder = Folders.fresh();
        try (FakeDoor door = new FakeDoor()) {
            door.faults.addAll(faults);
            // A door that takes half of a batch reorders it itself; what the client owes then is that nothing is lost
            // or doubled.
            boolean ordered = !faults.contains(Fault.HALF) || batch == 1;
            List<CompletableFuture<Receipt>> receipts = new ArrayList<>();
            int sent = 0;
            for (int life = 0; life <= restarts; life++) {
                int until = life == restarts ? messages : messages * life / (restarts + 1);
                try (HttpMessageBus bus = HttpMessageBus.to(door.address(), BufferSettings.in(folder))
                        .delivery(DeliverySettings.defaults()
                                .batch(batch, 1024 * 1024)
                                .backoff(Duration.ofMillis(1), Duration.ofMillis(4))
                                .breaker(4, Duration.ofMillis(5))
                                .closeWithin(Duration.ZERO))
                        .open()) {
                    for (; sent < until; sent++) {
                        receipts.add(bus.send(HttpMessageBusTest.message("agent" + sent % agents, sent)));
                    }
                    if (life == restarts) {
                        assertThat(bus.flush(Duration.ofSeconds(30))).isTrue();
                        assertThat(bus.metrics().bufferedMessages()).isZero();
                    }
                }
            }
            List<Map<?, ?>> recorded = door.recorded();
            assertThat(recorded).hasSize(messages);
            for (int agent = 0; agent < agents; agent++) {
                String id = "agent" + agent;
                List<Integer> numbers = recorded.stream()
                        .filter(message -> id.equals(message.get("agentId")))
                        .map(message -> Integer.parseInt(
                                String.valueOf(message.get("messageId")).substring(id.length() + 1)))
                        .toList();
                assertThat(numbers).doesNotHaveDuplicates();
                if (ordered) {
                    assertThat(numbers).isSorted();
                }
            }
            assertThat(receipts).allSatisfy(receipt -> assertThat(receipt).isDone());
        } finally {
            Folders.remove(folder);
        }
    }

    @Provide
    Arbitrary<List<Fault>> faults() {
        return Arbitraries.of(Fault.class).list().ofMaxSize(25);
    }
}
