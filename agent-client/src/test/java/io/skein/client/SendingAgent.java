package io.skein.client;

import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;

/**
 * An agent as a process of its own, to be killed: sends messages as fast as it can and says the number of each when {@code send} has
 * returned. Arguments: bootstrap servers, folder, first number, number of agents.
 */
final class SendingAgent {
    private SendingAgent() {}

    public static void main(String[] arguments) {
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        int agents = Integer.parseInt(arguments[3]);
        KafkaMessageBus bus = KafkaMessageBus.to(arguments[0], BufferSettings.in(Path.of(arguments[1])))
                .requestTimeout(Duration.ofSeconds(1))
                .delivery(DeliverySettings.defaults()
                        .batch(20, 64 * 1024)
                        .backoff(Duration.ofMillis(10), Duration.ofMillis(100))
                        .breaker(3, Duration.ofMillis(100)))
                .open();
        for (int i = Integer.parseInt(arguments[2]); ; i++) {
            // Joined only if it failed: a future that is done at once was never taken.
            var receipt = bus.send(OutgoingMessage.request("agent" + i % agents, "b")
                    .messageId("agent" + i % agents + "-" + i)
                    .content("x".repeat(i % 400))
                    .build());
            if (receipt.isCompletedExceptionally()) {
                receipt.join();
            }
            out.println(i);
            if (i % 50 == 0) {
                sleep();
            }
        }
    }

    private static void sleep() {
        try {
            Thread.sleep(2);
        } catch (InterruptedException stopped) {
            throw new IllegalStateException(stopped);
        }
    }
}
