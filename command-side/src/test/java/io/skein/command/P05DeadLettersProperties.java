package io.skein.command;

// Whatever is wrong with an input, it ends in the dead letters with original bytes, cause, place and time, and its
// neighbours are processed.

import static org.assertj.core.api.Assertions.assertThat;

import io.skein.command.ingest.AnyMessage;
import io.skein.command.ingest.MessageParser;
import io.skein.command.ingest.Parsed;
import io.skein.command.kafka.Topics;
import io.skein.eventlog.MessageIds;
import io.skein.kernel.message.Message;
import io.skein.kernel.message.MessageLimits;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.RecordMetadata;

@SuppressWarnings("NullAway.Init")
class P05DeadLettersProperties {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final AtomicLong COUNT = new AtomicLong();
    private static RunningCommandSide side;
    private static KafkaProducer<byte[], byte[]> producer;

    /** Something faulty among messages. */
    record Mix(List<Message> before, long seed, List<Message> after) {}

    @BeforeContainer
    static void start() {
        SharedKafka.removeTopics();
        side = RunningCommandSide.start(SharedKafka.settings());
        SharedKafka.eventually(PATIENCE, () -> {
            try (var admin = org.apache.kafka.clients.admin.Admin.create(
                    java.util.Map.of("bootstrap.servers", SharedKafka.bootstrap()))) {
                return admin.listTopics().names().get().contains(Topics.RAW);
            } catch (Exception notYet) {
                return false;
            }
        });
        producer = SharedKafka.producer(SharedKafka.bootstrap());
    }

    @AfterContainer
    static void stop() {
        producer.close();
        side.close();
    }

    @Provide
    Arbitrary<Mix> mixes() {
        Arbitrary<List<Message>> some = AnyMessage.arbitrary().list().ofMaxSize(3);
        return Combinators.combine(some, Arbitraries.longs(), some).as(Mix::new);
    }

    @Property(tries = 120)
    void on_the_raw_topic(@ForAll("mixes") Mix mix) throws Exception {
        Instant start = Instant.now();
        byte[] faulty = faulty(mix.seed(), P05DeadLettersProperties::isFaulty);
        byte[] key = {(byte) COUNT.incrementAndGet(), 0, (byte) 0xFF};
        for (Message message : mix.before()) {
            producer.send(
                    new org.apache.kafka.clients.producer.ProducerRecord<>(Topics.RAW, key, AnyMessage.json(message)));
        }
        RecordMetadata place = producer.send(
                        new org.apache.kafka.clients.producer.ProducerRecord<>(Topics.RAW, key, faulty))
                .get();
        for (Message message : mix.after()) {
            producer.send(
                    new org.apache.kafka.clients.producer.ProducerRecord<>(Topics.RAW, key, AnyMessage.json(message)));
        }
        producer.flush();
        SharedKafka.eventually(
                PATIENCE,
                () -> letter(
                                        "kafka",
                                        "source_partition = " + place.partition() + " and source_offset = "
                                                + place.offset())
                                != null
                        && recorded(mix));
        Letter letter =
                letter("kafka", "source_partition = " + place.partition() + " and source_offset = " + place.offset());
        assertThat(letter).isNotNull();
        assertThat(letter.original()).isEqualTo(faulty);
        assertThat(letter.key()).isEqualTo(key);
        assertThat(letter.topic()).isEqualTo(Topics.RAW);
        assertThat(letter.reason()).isIn("malformed", "invalid", "too_large");
        assertThat(letter.at())
                .isAfterOrEqualTo(start.minusSeconds(1))
                .isBeforeOrEqualTo(Instant.now().plusSeconds(1));
    }

    @Property(tries = 120)
    void on_the_http_door(@ForAll("mixes") Mix mix) {
        byte[] line = oneLine(faulty(mix.seed(), bytes -> isFaulty(oneLine(bytes)) && !isBlank(oneLine(bytes))));
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        mix.before().forEach(message -> writeLine(body, AnyMessage.json(message)));
        writeLine(body, line);
        mix.after().forEach(message -> writeLine(body, AnyMessage.json(message)));
        RunningCommandSide.Answer answer = side.post("/v1/messages", "application/x-ndjson", body.toByteArray());
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.body().get("recorded").asInt())
                .isEqualTo(mix.before().size() + mix.after().size());
        assertThat(answer.body().get("refused").asInt()).isEqualTo(1);
        assertThat(answer.body()
                        .get("results")
                        .get(mix.before().size())
                        .get("status")
                        .asString())
                .isEqualTo("refused");
        assertThat(recorded(mix)).isTrue();
        byte[] kept = Arrays.copyOf(line, Math.min(line.length, MessageLimits.MAX_MESSAGE_BYTES + 1));
        assertThat(letters("http"))
                .anySatisfy(letter -> assertThat(letter.original()).isEqualTo(kept));
        side.execute("delete from dead_letter where door = 'http'");
    }

    private static boolean isFaulty(byte[] bytes) {
        return new MessageParser().parse(bytes) instanceof Parsed.NotUnderstood;
    }

    private static boolean isBlank(byte[] bytes) {
        return new String(bytes, StandardCharsets.ISO_8859_1).isBlank();
    }

    /** A cut or changed message may still be one; then another is tried. */
    private static byte[] faulty(long seed, java.util.function.Predicate<byte[]> wanted) {
        Random random = new Random(seed);
        byte[] bytes = faulty(random);
        while (!wanted.test(bytes)) {
            bytes = faulty(random);
        }
        return bytes;
    }

    private static byte[] faulty(Random random) {
        return switch (random.nextInt(7)) {
            case 0 -> {
                byte[] noise = new byte[1 + random.nextInt(200)];
                random.nextBytes(noise);
                yield noise;
            }
            case 1 -> {
                byte[] json = AnyMessage.json(AnyMessage.arbitrary().sample());
                yield Arrays.copyOf(json, random.nextInt(json.length));
            }
            case 2 -> {
                byte[] json = AnyMessage.json(AnyMessage.arbitrary().sample());
                json[random.nextInt(json.length)] = (byte) random.nextInt(256);
                yield json;
            }
            case 3 -> ("{\"agentId\":[" + random.nextInt() + "]}").getBytes(StandardCharsets.UTF_8);
            case 4 -> ("[".repeat(1 + random.nextInt(2_000)) + random.nextInt()).getBytes(StandardCharsets.UTF_8);
            case 5 ->
                ("{\"content\":\"" + "x".repeat(MessageLimits.MAX_CONTENT_BYTES + random.nextInt(10)) + "\"}")
                        .getBytes(StandardCharsets.UTF_8);
            default -> {
                byte[] large = new byte[MessageLimits.MAX_MESSAGE_BYTES + 1 + random.nextInt(1000)];
                Arrays.fill(large, (byte) ' ');
                large[0] = (byte) ('a' + random.nextInt(26));
                yield large;
            }
        };
    }

    private static byte[] oneLine(byte[] bytes) {
        byte[] line = bytes.clone();
        for (int i = 0; i < line.length; i++) {
            line[i] = line[i] == '\n' || line[i] == '\r' ? (byte) '?' : line[i];
        }
        return line;
    }

    private static void writeLine(ByteArrayOutputStream body, byte[] line) {
        body.writeBytes(line);
        body.write('\n');
    }

    private static boolean recorded(Mix mix) {
        List<Message> messages = new ArrayList<>(mix.before());
        messages.addAll(mix.after());
        if (messages.isEmpty()) {
            return true;
        }
        try (Connection connection = side.database().owner().getConnection();
                PreparedStatement select =
                        connection.prepareStatement("select event_id from event_log where event_id = any(?)")) {
            select.setArray(
                    1,
                    connection.createArrayOf(
                            "uuid",
                            messages.stream()
                                    .map(message -> MessageIds.eventId(message.networkId(), message.messageId()))
                                    .toArray()));
            Set<Object> found = new HashSet<>();
            try (ResultSet rows = select.executeQuery()) {
                while (rows.next()) {
                    found.add(rows.getObject(1));
                }
            }
            return found.size() == messages.size();
        } catch (SQLException failure) {
            throw new IllegalStateException(failure);
        }
    }

    private record Letter(
            byte[] original,
            byte @org.jspecify.annotations.Nullable [] key,
            @org.jspecify.annotations.Nullable String topic,
            String reason,
            Instant at) {}

    private static @org.jspecify.annotations.Nullable Letter letter(String door, String condition) {
        List<Letter> letters = select(door, condition);
        return letters.isEmpty() ? null : letters.getFirst();
    }

    private static List<Letter> letters(String door) {
        return select(door, "true");
    }

    private static List<Letter> select(String door, String condition) {
        try (Connection connection = side.database().owner().getConnection();
                PreparedStatement select = connection.prepareStatement(
                        "select original, original_key, source_topic, reason, first_at from dead_letter where door = ? and "
                                + condition)) {
            select.setString(1, door);
            List<Letter> letters = new ArrayList<>();
            try (ResultSet rows = select.executeQuery()) {
                while (rows.next()) {
                    letters.add(new Letter(
                            rows.getBytes(1),
                            rows.getBytes(2),
                            rows.getString(3),
                            rows.getString(4),
                            rows.getTimestamp(5).toInstant()));
                }
            }
            return letters;
        } catch (SQLException failure) {
            throw new IllegalStateException(failure);
        }
    }
}
