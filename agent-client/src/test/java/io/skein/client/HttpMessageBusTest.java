package io.skein.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.skein.client.BufferSettings.WhenFull;
import io.skein.client.BusException.Reason;
import io.skein.client.FakeDoor.Fault;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HttpMessageBusTest {
    private static final Duration SOON = Duration.ofSeconds(20);
    private static final DeliverySettings QUICK = DeliverySettings.defaults()
            .backoff(Duration.ofMillis(2), Duration.ofMillis(20))
            .breaker(1_000, Duration.ofMillis(20))
            .closeWithin(Duration.ofMillis(200));

    @TempDir
    Path folder;

    @Test
    void a_message_is_recorded_as_it_was_written_and_its_receipt_tells_the_position() throws Exception {
        try (FakeDoor door = new FakeDoor().wants("k-1");
                HttpMessageBus bus = to(door).apiKey("k-1").open()) {
            OutgoingMessage message = OutgoingMessage.request("planner", "buyer", "auditor")
                    .messageId("m-81")
                    .network("acme")
                    .conversation("order-17")
                    .causedBy("m-80")
                    .correlation("c-9")
                    .sequence(412)
                    .contentJson(" { \"any\" : [1.50, \"ä\\u0000😀\"] } ")
                    .claim(new Claim("gpu", Claim.Action.REQUEST, 40, "percent", 7))
                    .outcome(Outcome.OK)
                    .durationMillis(12)
                    .metadata("k", "v")
                    .build();
            Receipt receipt = bus.send(message).get(20, TimeUnit.SECONDS);
            assertThat(receipt).isEqualTo(new Receipt("m-81", Receipt.Status.RECORDED, 1L, null));
            assertThat(door.requests).containsExactly("POST /v1/messages");
            Map<?, ?> recorded = door.recorded().getFirst();
            assertThat(recorded.toString())
                    .isEqualTo(
                            "{messageId=m-81, networkId=acme, conversationId=order-17, agentId=planner, targetAgents=[buyer, auditor], "
                                    + "type=request, timestamp=" + message.timestamp()
                                    + ", causationId=m-80, correlationId=c-9, sequence=412, content={any=[1.5, ä\u0000😀]}, "
                                    + "claims=[{resource=gpu, action=request, amount=40.0, unit=percent, priority=7}], outcome=ok, "
                                    + "durationMillis=12.0, metadata={k=v}}");
            assertThat(bus.send(message).get(20, TimeUnit.SECONDS).status()).isEqualTo(Receipt.Status.DUPLICATE);
        }
    }

    @Test
    void retry_after_is_honoured_and_does_not_open_the_breaker() throws Exception {
        try (FakeDoor door = new FakeDoor().retryAfter("1");
                HttpMessageBus bus = to(door).delivery(QUICK.breaker(1, Duration.ofMinutes(5)))
                        .open()) {
            door.faults.add(Fault.OVERLOADED);
            long start = System.nanoTime();
            bus.send(message("a", 1)).get(20, TimeUnit.SECONDS);
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThan(Duration.ofMillis(990));
            assertThat(bus.metrics().breaker()).isEqualTo(BusMetrics.Breaker.CLOSED);
            assertThat(bus.metrics().retries()).isEqualTo(1);
        }
    }

    @Test
    void what_the_door_refuses_is_told_with_reason_and_field_kept_in_a_file_and_takes_nobody_with_it()
            throws Exception {
        List<String> givenUp = Collections.synchronizedList(new ArrayList<>());
        BusListener listener = new BusListener() {
            @Override
            public void givenUp(String messageId, BusException why) {
                givenUp.add(messageId + " " + why.reason());
            }
        };
        try (FakeDoor door = new FakeDoor().refuses(message -> "a-2".equals(message.get("messageId")));
                HttpMessageBus bus = to(door).listener(listener).open()) {
            CompletableFuture<Receipt> first = bus.send(message("a", 1));
            CompletableFuture<Receipt> second = bus.send(message("a", 2));
            CompletableFuture<Receipt> third = bus.send(message("a", 3));
            assertThat(bus.flush(SOON)).isTrue();
            assertThat(first.get(1, TimeUnit.SECONDS).position()).isEqualTo(1);
            assertThat(third.get(1, TimeUnit.SECONDS).position()).isEqualTo(2);
            BusException why = failure(second);
            assertThat(why.reason()).isEqualTo(Reason.REFUSED);
            assertThat(why.subject()).isEqualTo("message a-2, type");
            assertThat(why)
                    .hasMessageContaining("not today")
                    .satisfies(e -> assertThat(e.isKept()).isFalse());
            assertThat(Files.readString(folder.resolve("refused.ndjson")))
                    .contains("\"reason\":\"REFUSED\"", "\"messageId\":\"a-2\"")
                    .doesNotContain("a-1");
            assertThat(bus.metrics().refused()).isEqualTo(1);
            assertThat(givenUp).containsExactly("a-2 REFUSED");
        }
    }

    @Test
    void misconfiguration_is_told_at_once_and_the_message_is_kept() throws Exception {
        AtomicReference<@Nullable Receipt> heard = new AtomicReference<>();
        CountDownLatch delivered = new CountDownLatch(1);
        BusListener listener = new BusListener() {
            @Override
            public void acknowledged(Receipt receipt) {
                heard.set(receipt);
                delivered.countDown();
            }
        };
        try (FakeDoor door = new FakeDoor().wants("right")) {
            try (HttpMessageBus bus = to(door).apiKey("wrong").open()) {
                BusException why = failure(bus.send(message("a", 1)));
                assertThat(why.reason()).isEqualTo(Reason.BAD_CREDENTIALS);
                assertThat(why.isKept()).isTrue();
                assertThat(why.getMessage()).contains("/v1/messages", "API key").doesNotContain("wrong");
                assertThat(bus.metrics().bufferedMessages()).isEqualTo(1);
                assertThat(bus.metrics().lastTrouble()).isNotNull();
            }
            try (HttpMessageBus bus =
                    to(door).apiKey("right").listener(listener).open()) {
                assertThat(bus.metrics().replayed()).isEqualTo(1);
                assertThat(delivered.await(20, TimeUnit.SECONDS)).isTrue();
                assertThat(heard.get()).isEqualTo(new Receipt("a-1", Receipt.Status.RECORDED, 1L, null));
            }
        }
    }

    @Test
    void each_wrong_address_has_its_reason() throws Exception {
        assertThat(reasonAt(URI.create("http://no-such-host.invalid:1"))).isEqualTo(Reason.UNKNOWN_HOST);
        try (FakeDoor door = new FakeDoor()) {
            for (Map.Entry<Integer, Reason> answer : Map.of(
                            404,
                            Reason.WRONG_ADDRESS,
                            302,
                            Reason.WRONG_ADDRESS,
                            200,
                            Reason.WRONG_ADDRESS,
                            403,
                            Reason.MISSING_RIGHTS)
                    .entrySet()) {
                door.answersAll(answer.getKey());
                assertThat(reasonAt(door.address())).as("%s", answer.getKey()).isEqualTo(answer.getValue());
            }
        }
        assertThatThrownBy(() -> HttpMessageBus.to(URI.create("skein:8080"), BufferSettings.in(folder)))
                .hasMessageContaining("expected http or https");
    }

    @Test
    void nobody_at_the_port_opens_the_breaker_and_the_receipt_ends_in_time_naming_the_trouble() throws Exception {
        int port = freePort();
        HttpMessageBus.Builder builder = HttpMessageBus.to(
                        URI.create("http://127.0.0.1:" + port), BufferSettings.in(folder))
                .delivery(QUICK.breaker(3, Duration.ofMillis(300)).receiptWithin(Duration.ofMillis(500)));
        try (HttpMessageBus bus = builder.open()) {
            BusException why = failure(bus.send(message("a", 1)));
            assertThat(why.reason()).isEqualTo(Reason.NOT_YET_ACKNOWLEDGED);
            assertThat(why.getMessage()).contains("UNREACHABLE");
            assertThat(bus.metrics().breaker()).isNotEqualTo(BusMetrics.Breaker.CLOSED);
            assertThat(bus.metrics().retries())
                    .as("an open breaker holds attempts back")
                    .isBetween(3L, 12L);
            try (FakeDoor door = new FakeDoor(port)) {
                assertThat(bus.flush(SOON)).isTrue();
                assertThat(door.recordedIds()).containsExactly("a-1");
                assertThat(bus.metrics().breaker()).isEqualTo(BusMetrics.Breaker.CLOSED);
                assertThat(bus.metrics().lastTrouble()).isNull();
            }
        }
    }

    @Test
    void what_breaks_a_rule_is_refused_before_it_enters_the_buffer() throws Exception {
        try (FakeDoor door = new FakeDoor();
                HttpMessageBus bus = to(door).open()) {
            assertThat(subjectOf(bus, OutgoingMessage.request("").messageId("m")))
                    .isEqualTo("INVALID message m, agentId is empty");
            assertThat(subjectOf(bus, OutgoingMessage.request("x".repeat(257)).messageId("m")))
                    .isEqualTo("INVALID message m, agentId has 257 characters");
            assertThat(subjectOf(bus, OutgoingMessage.request("a").messageId("m\n")))
                    .isEqualTo("INVALID message m?, messageId has the unprintable character U+000A at index 1");
            assertThat(subjectOf(bus, OutgoingMessage.request("a", many(1_001)).messageId("m")))
                    .isEqualTo("TOO_LARGE message m, targetAgents has 1001 entries");
            assertThat(subjectOf(
                            bus, OutgoingMessage.request("a").messageId("m").contentJson("{\"a\":")))
                    .startsWith("MALFORMED message m, content is no JSON at character");
            assertThat(subjectOf(
                            bus, OutgoingMessage.request("a").messageId("m").contentJson("1 2")))
                    .startsWith("MALFORMED message m, content");
            assertThat(subjectOf(
                            bus, OutgoingMessage.request("a").messageId("m").content("half \ud83d")))
                    .startsWith("MALFORMED message m has half of a surrogate pair");
            assertThat(subjectOf(
                            bus, OutgoingMessage.request("a").messageId("m").content("ä".repeat(128 * 1024))))
                    .isEqualTo("TOO_LARGE message m, content has 262146 bytes as JSON");
            assertThat(subjectOf(
                            bus,
                            OutgoingMessage.request("a")
                                    .messageId("m")
                                    .claim(Claim.of("gpu", Claim.Action.USE, Double.NaN))))
                    .isEqualTo("INVALID message m, claims[0].amount is NaN");
            assertThat(subjectOf(
                            bus, OutgoingMessage.request("a").messageId("m").timestamp(java.time.Instant.MAX)))
                    .startsWith("INVALID message m, timestamp is +1000000000-12-31");
            assertThat(subjectOf(
                            bus,
                            OutgoingMessage.request("a").messageId("m").contentJson("[".repeat(65) + "]".repeat(65))))
                    .contains("nests deeper than 64");
            assertThat(subjectOf(
                            bus,
                            OutgoingMessage.request("a")
                                    .messageId("m")
                                    .metadataJson("k", "[".repeat(64) + "]".repeat(64))))
                    .contains("nests deeper than 63");
            assertThat(subjectOf(
                            bus, OutgoingMessage.request("a").messageId("m").contentJson("1".repeat(401))))
                    .startsWith("MALFORMED message m, content");
            assertThat(subjectOf(
                            bus, OutgoingMessage.request("a").messageId("m").contentJson("{\"a\":1,\"a\":2}")))
                    .startsWith("MALFORMED message m, content");
            assertThat(bus.metrics().sent()).isZero();
            bus.send(OutgoingMessage.request("a", many(1_000))
                            .content("ä".repeat(128 * 1024 - 1))
                            .build())
                    .get(20, TimeUnit.SECONDS);
        }
    }

    @Test
    void a_full_buffer_refuses_blocks_or_drops_as_chosen() throws Exception {
        int port = freePort();
        String big = "x".repeat(250 * 1024);
        for (WhenFull choice : WhenFull.values()) {
            Path own = folder.resolve(choice.name());
            BufferSettings settings = BufferSettings.in(own)
                    .maxBytes(BufferSettings.MIN_BYTES)
                    .whenFull(choice)
                    .blockAtMost(Duration.ofMillis(300));
            try (HttpMessageBus bus = HttpMessageBus.to(URI.create("http://127.0.0.1:" + port), settings)
                    .delivery(QUICK)
                    .open()) {
                List<CompletableFuture<Receipt>> receipts = new ArrayList<>();
                CompletableFuture<Receipt> last;
                do {
                    last = bus.send(OutgoingMessage.broadcast("a")
                            .messageId("a-" + receipts.size())
                            .content(big)
                            .build());
                    receipts.add(last);
                } while (!last.isDone() && receipts.size() < 100);
                assertThat(bus.metrics().bufferedBytes()).isLessThanOrEqualTo(BufferSettings.MIN_BYTES);
                if (choice == WhenFull.DROP_OLDEST) {
                    long dropped = bus.metrics().dropped();
                    assertThat(dropped).isPositive();
                    assertThat(bus.metrics().bufferedMessages() + dropped).isEqualTo(100);
                    try (FakeDoor door = new FakeDoor(port)) {
                        assertThat(bus.flush(SOON)).isTrue();
                        assertThat(door.recordedIds())
                                .hasSize((int) (100 - dropped))
                                .endsWith("a-99");
                        long failed = receipts.stream()
                                .filter(CompletableFuture::isCompletedExceptionally)
                                .count();
                        assertThat(failed).isEqualTo(dropped);
                        BusException why = failure(receipts.stream()
                                .filter(CompletableFuture::isCompletedExceptionally)
                                .findFirst()
                                .orElseThrow());
                        assertThat(why.reason()).isEqualTo(Reason.DROPPED);
                    }
                } else {
                    assertThat(failure(last).reason()).isEqualTo(Reason.BUFFER_FULL);
                    int taken = receipts.size() - 1;
                    try (FakeDoor door = new FakeDoor(port)) {
                        assertThat(bus.flush(SOON)).isTrue();
                        assertThat(door.recordedIds()).hasSize(taken);
                        bus.send(message("again", 1)).get(20, TimeUnit.SECONDS);
                    }
                }
            }
        }
    }

    @Test
    void close_keeps_what_was_not_delivered_and_a_second_bus_on_the_folder_is_refused() throws Exception {
        HttpMessageBus.Builder builder = HttpMessageBus.to(
                        URI.create("http://127.0.0.1:" + freePort()), BufferSettings.in(folder))
                .delivery(QUICK);
        CompletableFuture<Receipt> receipt;
        try (HttpMessageBus bus = builder.open()) {
            receipt = bus.send(message("a", 1));
            assertThatThrownBy(builder::open).hasMessageContaining("another bus has it open");
            assertThat(bus.flush(Duration.ofMillis(50))).isFalse();
            bus.close();
            assertThat(failure(bus.send(message("a", 2))).reason()).isEqualTo(Reason.CLOSED);
        }
        assertThat(failure(receipt).reason()).isEqualTo(Reason.CLOSED_BEFORE_DELIVERY);
        assertThat(failure(receipt).isKept()).isTrue();
    }

    @Test
    void a_body_that_stalls_is_given_up_at_the_deadline() throws Exception {
        try (ServerSocket socket = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            Thread stalling = Thread.ofVirtual().start(() -> {
                try {
                    while (true) {
                        socket.accept()
                                .getOutputStream()
                                .write("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{".getBytes("US-ASCII"));
                    }
                } catch (java.io.IOException closed) {
                    Thread.currentThread().interrupt();
                }
            });
            try (HttpMessageBus bus = HttpMessageBus.to(
                            URI.create("http://127.0.0.1:" + socket.getLocalPort()), BufferSettings.in(folder))
                    .delivery(QUICK.receiptWithin(Duration.ofSeconds(2)))
                    .requestTimeout(Duration.ofMillis(300))
                    .open()) {
                assertThat(failure(bus.send(message("a", 1))).getMessage()).contains("no whole answer within PT0.3S");
            }
            stalling.interrupt();
        }
    }

    private Reason reasonAt(URI address) throws Exception {
        Path own = Files.createTempDirectory(folder, "own");
        try (HttpMessageBus bus = HttpMessageBus.to(address, BufferSettings.in(own))
                .delivery(QUICK)
                .open()) {
            return failure(bus.send(message("a", 1))).reason();
        }
    }

    private HttpMessageBus.Builder to(FakeDoor door) {
        return HttpMessageBus.to(door.address(), BufferSettings.in(folder)).delivery(QUICK);
    }

    private static String subjectOf(HttpMessageBus bus, OutgoingMessage.Builder message) throws Exception {
        BusException why = failure(bus.send(message.build()));
        return why.reason() + " " + why.subject() + " " + why.found();
    }

    static OutgoingMessage message(String agent, int number) {
        return OutgoingMessage.request(agent, "b")
                .messageId(agent + "-" + number)
                .content("hello")
                .build();
    }

    static BusException failure(CompletableFuture<Receipt> receipt) throws Exception {
        try {
            throw new AssertionError("acknowledged: " + receipt.get(20, TimeUnit.SECONDS));
        } catch (ExecutionException failure) {
            return (BusException) java.util.Objects.requireNonNull(failure.getCause());
        }
    }

    private static String[] many(int targets) {
        return java.util.stream.IntStream.range(0, targets)
                .mapToObj(i -> "t" + i)
                .toArray(String[]::new);
    }

    static int freePort() throws Exception {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
