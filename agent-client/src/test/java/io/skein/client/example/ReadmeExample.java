package io.skein.client.example;

// The part between the two marks stands in the README; a test compares them.
// [readme]
import io.skein.client.AgentMessageBus;
import io.skein.client.BufferSettings;
import io.skein.client.BufferSettings.WhenFull;
import io.skein.client.BusException;
import io.skein.client.BusListener;
import io.skein.client.Claim;
import io.skein.client.HttpMessageBus;
import io.skein.client.KafkaMessageBus;
import io.skein.client.OutgoingMessage;
import io.skein.client.Receipt;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/** A planner that asks a buyer, and hears what became of it. */
public final class ReadmeExample {
    public static void run(URI skein, String apiKey, Path folder) throws InterruptedException {
        BufferSettings buffer = BufferSettings.in(folder) // one folder for each process
                .maxBytes(512L * 1024 * 1024)
                .whenFull(WhenFull.BLOCK);
        BusListener listener = new BusListener() {
            @Override
            public void givenUp(String messageId, BusException why) {
                System.err.println(why.getMessage()); // subject, found, expected, what to do
            }
        };
        try (AgentMessageBus bus = HttpMessageBus.to(skein, buffer)
                .apiKey(apiKey)
                .listener(listener)
                .open()) {

            OutgoingMessage question = OutgoingMessage.request("planner", "buyer")
                    .conversation("order-17")
                    .contentJson("{\"task\": \"three offers\", \"budget\": 100}")
                    .claim(Claim.of("tokens", Claim.Action.REQUEST, 4_000))
                    .build();

            // On disk when send returns. The future ends when Skein has recorded it.
            CompletableFuture<Receipt> receipt = bus.send(question);
            receipt.thenAccept(done -> System.out.println("recorded at position " + done.position()));

            // The same with a callback.
            OutgoingMessage followUp = OutgoingMessage.request("planner", "buyer")
                    .conversation("order-17")
                    .causedBy(question.messageId())
                    .content("and a fourth, please")
                    .build();
            bus.send(followUp, (done, failure) -> {
                if (failure != null && !failure.isKept()) {
                    System.err.println("not sent: " + failure.reason());
                }
            });

            if (!bus.flush(Duration.ofSeconds(10))) {
                System.out.println("still waiting on disk: " + bus.metrics().bufferedMessages());
            }
        } // what is left is delivered by the next bus that opens the folder
    }

    /** The same messages through Kafka: the rest of the program does not change. */
    public static AgentMessageBus throughKafka(String servers, String key, String secret, Path folder) {
        return KafkaMessageBus.to(servers, BufferSettings.in(folder))
                .apiKey(key, secret) // SASL_SSL and PLAIN, as Confluent Cloud wants it
                .open();
    }

    private ReadmeExample() {}
}
// [readme]
