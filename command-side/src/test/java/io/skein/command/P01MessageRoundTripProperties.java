package io.skein.command;

// Any valid message produced to Kafka and consumed back is equal to the original, in every dialect that can carry it;
// any event survives serialisation and
// the mirror.

import static org.assertj.core.api.Assertions.assertThat;

import io.skein.command.ingest.AnyMessage;
import io.skein.command.ingest.MessageParser;
import io.skein.command.ingest.Parsed;
import io.skein.command.kafka.Topics;
import io.skein.eventlog.EventSerializer;
import io.skein.kernel.agent.MessageRecorded;
import io.skein.kernel.message.Message;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.axonframework.eventhandling.EventMessage;
import org.axonframework.extensions.kafka.eventhandling.DefaultKafkaMessageConverter;

@SuppressWarnings("NullAway.Init")
class P01MessageRoundTripProperties {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static RunningCommandSide side;
    private static KafkaProducer<byte[], byte[]> producer;
    private static KafkaConsumer<String, byte[]> mirror;
    private static final Map<String, Message> MIRRORED = new HashMap<>();
    private static final DefaultKafkaMessageConverter CONVERTER = DefaultKafkaMessageConverter.builder()
            .serializer(EventSerializer.create())
            .build();

    @BeforeContainer
    static void start() {
        SharedKafka.removeTopics();
        side = RunningCommandSide.start(SharedKafka.settings());
        producer = SharedKafka.producer(SharedKafka.bootstrap());
        mirror = new KafkaConsumer<>(
                Map.of("bootstrap.servers", SharedKafka.bootstrap(), "max.partition.fetch.bytes", 4 << 20),
                new StringDeserializer(),
                new ByteArrayDeserializer());
        SharedKafka.eventually(PATIENCE, () -> mirror.listTopics().containsKey(Topics.EVENTS));
        List<TopicPartition> partitions = mirror.partitionsFor(Topics.EVENTS).stream()
                .map(info -> new TopicPartition(info.topic(), info.partition()))
                .toList();
        mirror.assign(partitions);
        mirror.seekToBeginning(partitions);
    }

    @AfterContainer
    static void stop() {
        producer.close();
        mirror.close();
        side.close();
    }

    @Provide
    Arbitrary<Message> messages() {
        return AnyMessage.arbitrary();
    }

    @Provide
    Arbitrary<Message> olderMessages() {
        return AnyMessage.older();
    }

    @Property(tries = 150)
    void a_message_comes_back_from_the_log_and_the_mirror_as_it_was_sent(@ForAll("messages") Message message) {
        assertThat(throughKafka(message, AnyMessage.json(message))).isEqualTo(message);
    }

    @Property(tries = 100)
    void the_older_dialect_carries_it_too(@ForAll("olderMessages") Message message) {
        assertThat(throughKafka(message, AnyMessage.olderJson(message))).isEqualTo(message);
    }

    @Property(tries = 1_000)
    void parsing_what_was_written_gives_the_same_message(@ForAll("messages") Message message) {
        assertThat(new MessageParser().parse(AnyMessage.json(message)))
                .isInstanceOfSatisfying(
                        Parsed.Understood.class,
                        understood -> assertThat(understood.message()).isEqualTo(message));
    }

    private static Message throughKafka(Message message, byte[] json) {
        producer.send(SharedKafka.record(Topics.RAW, UUID.randomUUID().toString(), json));
        String id = message.messageId().value();
        SharedKafka.eventually(PATIENCE, () -> {
            for (ConsumerRecord<String, byte[]> record : mirror.poll(Duration.ofMillis(50))) {
                EventMessage<?> event = CONVERTER.readKafkaMessage(record).orElseThrow();
                if (event.getPayload() instanceof MessageRecorded recorded) {
                    MIRRORED.put(recorded.message().messageId().value(), recorded.message());
                }
            }
            return MIRRORED.containsKey(id);
        });
        return java.util.Objects.requireNonNull(MIRRORED.remove(id));
    }
}
