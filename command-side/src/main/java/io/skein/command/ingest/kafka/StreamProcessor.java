package io.skein.command.ingest.kafka;

import io.micrometer.core.instrument.MeterRegistry;
import io.skein.command.ingest.CloudEventHeaders;
import io.skein.command.ingest.CloudEventParser;
import io.skein.command.ingest.DeadLetter;
import io.skein.command.ingest.DeadLetters;
import io.skein.command.ingest.IngestCounts;
import io.skein.command.ingest.MessageParser;
import io.skein.command.ingest.MessageRecorder;
import io.skein.command.ingest.Parsed;
import io.skein.command.ingest.RecordResult;
import io.skein.command.kafka.Backoff;
import io.skein.command.kafka.KafkaBreaker;
import io.skein.command.kafka.KafkaLoop;
import io.skein.command.kafka.KafkaSettings;
import io.skein.command.kafka.KafkaTopics;
import io.skein.command.kafka.Topics;
import io.skein.eventlog.LogUnavailableException;
import io.skein.kernel.message.Message;
import io.skein.kernel.problem.Reason;
import io.skein.kernel.problem.Refusal;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RebalanceInProgressException;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/**
 * The door {@code agent-messages-raw}: takes messages in the topic's order and records them. An offset is committed only when everything before it is durable,
 * in the log or, if it is no message, in the dead letters and on their topic; so a message may be read twice, which the log answers as duplicate, but none is
 * lost. While the log is away it holds what it has, reads nothing more and tries again for ever.
 */
public final class StreamProcessor implements SmartLifecycle {
    static final String DOOR = "kafka";
    private static final String CONTENT_TYPE = "content-type";

    private static final Logger LOG = LoggerFactory.getLogger(StreamProcessor.class);
    private static final Duration POLL = Duration.ofMillis(500);
    private static final Duration FIRST_HOLD = Duration.ofMillis(50);
    private static final Duration LONGEST_HOLD = Duration.ofSeconds(5);
    private static final Duration STOP = Duration.ofSeconds(15);
    private static final int MAX_RECORDS_BYTES = 16 << 20;

    private final KafkaSettings settings;
    private final KafkaTopics topics;
    private final MessageParser parser;
    private final CloudEventParser cloudEvents;
    private final MessageRecorder recorder;
    private final DeadLetters deadLetters;
    private final IngestCounts counts;
    private final Clock clock;
    private final DeadLetterTopic deadLetterTopic;
    private final KafkaBreaker breaker;
    private final KafkaLoop loop;
    private volatile @Nullable Consumer<byte[], byte[]> waking;
    /** Why a batch is held back; empty where none is. */
    private volatile String holdingFor = "";

    private volatile long taken;
    /** Whether a batch is held back; then nothing new may come in. Only the consumer's thread. */
    private boolean holding;

    StreamProcessor(
            KafkaSettings settings,
            KafkaTopics topics,
            MessageParser parser,
            CloudEventParser cloudEvents,
            MessageRecorder recorder,
            DeadLetters deadLetters,
            IngestCounts counts,
            Clock clock,
            MeterRegistry meters) {
        this.settings = settings;
        this.topics = topics;
        this.parser = parser;
        this.cloudEvents = cloudEvents;
        this.recorder = recorder;
        this.deadLetters = deadLetters;
        this.counts = counts;
        this.clock = clock;
        this.deadLetterTopic = new DeadLetterTopic(settings, meters);
        this.breaker = new KafkaBreaker(
                "door",
                "what is on " + Topics.RAW + " stays there and is taken later; messages by HTTP and OTLP are recorded",
                settings,
                meters);
        this.loop = new KafkaLoop("skein-stream-processor", breaker, STOP);
    }

    /** Records whose offsets this node has committed since its start. */
    public long taken() {
        return taken;
    }

    /** What keeps it from going on; empty where nothing does. */
    public String trouble() {
        return Stream.of(breaker.trouble(), holdingFor, deadLetterTopic.trouble(), topics.trouble())
                .filter(trouble -> !trouble.isEmpty())
                .findFirst()
                .orElse("");
    }

    /** Of its consumer: {@code closed}, {@code half_open} or {@code open}. */
    public String breaker() {
        return breaker.state();
    }

    /** Of the producer of dead letters. */
    public String deadLetterBreaker() {
        return deadLetterTopic.breaker();
    }

    @Override
    public void start() {
        if (settings.isEnabled()) {
            loop.start(topics::await, "Read", this::consume);
        } else {
            loop.idle();
        }
    }

    @Override
    public void stop() {
        loop.stop(() -> {
            Consumer<byte[], byte[]> consumer = waking;
            if (consumer != null) {
                consumer.wakeup();
            }
        });
    }

    @Override
    public boolean isRunning() {
        return loop.isRunning();
    }

    private void consume() {
        try (Consumer<byte[], byte[]> consumer = consumer()) {
            waking = consumer;
            holding = false;
            // Fails where no broker answers; a poll would wait in silence.
            consumer.partitionsFor(Topics.RAW, settings.answerTimeout());
            consumer.subscribe(List.of(Topics.RAW), new Rebalances(consumer));
            while (loop.isRunning()) {
                ConsumerRecords<byte[], byte[]> records = consumer.poll(POLL);
                if (!records.isEmpty()) {
                    process(consumer, records);
                }
                breaker.succeeded();
            }
        } catch (WakeupException stopping) {
            LOG.debug("event=stream_processor_stopping");
        } finally {
            waking = null;
            holdingFor = "";
            deadLetterTopic.close();
        }
    }

    private void process(Consumer<byte[], byte[]> consumer, ConsumerRecords<byte[], byte[]> records) {
        List<ConsumerRecord<byte[], byte[]>> batch = new ArrayList<>();
        long bytes = 0;
        for (ConsumerRecord<byte[], byte[]> record : records) {
            batch.add(record);
            bytes += Math.max(0, record.serializedValueSize());
            if (bytes >= MAX_RECORDS_BYTES) {
                settle(consumer, batch);
                batch = new ArrayList<>();
                bytes = 0;
            }
        }
        if (!batch.isEmpty()) {
            settle(consumer, batch);
        }
    }

    /** One record on its way; {@code refusal} null where it is a message, {@code kept} once it is in the table of dead letters. */
    private record Item(
            ConsumerRecord<byte[], byte[]> record,
            @Nullable Message message,
            @Nullable Refusal refusal,
            @Nullable String networkId,
            @Nullable String messageId,
            boolean kept) {
        static Item of(ConsumerRecord<byte[], byte[]> record, Parsed parsed) {
            return switch (parsed) {
                case Parsed.Understood(Message message, int size) -> new Item(record, message, null, null, null, false);
                case Parsed.NotUnderstood(Refusal refusal, var networkId, var messageId) ->
                    new Item(record, null, refusal, networkId, messageId, false);
            };
        }

        static Item refused(Item item, Message message, Refusal refusal) {
            return new Item(
                    item.record(),
                    null,
                    refusal,
                    message.networkId().value(),
                    message.messageId().value(),
                    false);
        }

        /** The same, once it is in the table of dead letters. */
        Item inTable() {
            return new Item(record, message, refusal, networkId, messageId, true);
        }
    }

    /** Works on the batch until all of it is durable or its partitions are gone; then commits. */
    private void settle(Consumer<byte[], byte[]> consumer, List<ConsumerRecord<byte[], byte[]>> batch) {
        List<Item> left = new ArrayList<>(batch.size());
        for (ConsumerRecord<byte[], byte[]> record : batch) {
            left.add(Item.of(record, parse(record)));
        }
        left.stream()
                .map(Item::refusal)
                .filter(refusal -> refusal != null)
                .forEach(refusal -> counts.countNotUnderstood(refusal.reason()));
        Backoff backoff = new Backoff(FIRST_HOLD, LONGEST_HOLD);
        while (loop.isRunning()) {
            left = attempt(left);
            if (left.isEmpty()) {
                break;
            }
            hold(consumer, backoff);
            Set<TopicPartition> assigned = consumer.assignment();
            left.removeIf(item -> !assigned.contains(partition(item.record())));
        }
        if (left.isEmpty()) {
            release(consumer);
            commit(consumer, batch);
        }
    }

    private Parsed parse(ConsumerRecord<byte[], byte[]> record) {
        byte[] value = record.value();
        if (value == null) {
            return new Parsed.NotUnderstood(
                    new Refusal(Reason.MALFORMED, "", "record has no value; expected a message as JSON"), null, null);
        }
        DeadLetter.Form form = form(record);
        if (form.dialect().equals(DeadLetter.Form.CLOUD_EVENT_BINARY)) {
            return cloudEvents.binary(CloudEventHeaders.attributes(form.attributes()), value);
        }
        return form.dialect().equals(DeadLetter.Form.CLOUD_EVENT.dialect())
                ? cloudEvents.structured(value, 0, value.length)
                : parser.parse(value);
    }

    private static DeadLetter.Form form(ConsumerRecord<byte[], byte[]> record) {
        Map<String, String> said = new LinkedHashMap<>();
        for (Header header : record.headers()) {
            if (header.key().startsWith(CloudEventHeaders.PREFIX)
                    || header.key().equals(CONTENT_TYPE)) {
                said.put(header.key(), text(header));
            }
        }
        if (said.containsKey(CloudEventHeaders.PREFIX + "specversion")) {
            return new DeadLetter.Form(DeadLetter.Form.CLOUD_EVENT_BINARY, said);
        }
        return said.getOrDefault(CONTENT_TYPE, "").startsWith("application/cloudevents+json")
                ? new DeadLetter.Form(DeadLetter.Form.CLOUD_EVENT.dialect(), said)
                : DeadLetter.Form.MESSAGE;
    }

    private static String text(Header header) {
        byte[] value = header.value();
        return value == null ? "" : new String(value, StandardCharsets.UTF_8);
    }

    /** What has to be tried again. */
    private List<Item> attempt(List<Item> items) {
        List<Message> messages = new ArrayList<>();
        List<Item> messageItems = new ArrayList<>();
        List<Item> dead = new ArrayList<>();
        List<Item> again = new ArrayList<>();
        long bytes = 0;
        for (Item item : items) {
            if (item.message() == null) {
                dead.add(item);
            } else {
                messages.add(item.message());
                messageItems.add(item);
                bytes += item.record().serializedValueSize();
            }
        }
        List<RecordResult> results = messages.isEmpty() ? List.of() : recorder.record(messages, bytes);
        for (int i = 0; i < results.size(); i++) {
            if (results.get(i) instanceof RecordResult.Refused(Message message, Refusal refusal)) {
                if (refusal.reason() == Reason.LOG_UNAVAILABLE || refusal.reason() == Reason.OVERLOADED) {
                    holdingFor = refusal.detail();
                    again.add(messageItems.get(i));
                } else {
                    dead.add(Item.refused(messageItems.get(i), message, refusal));
                }
            }
        }
        again.addAll(bury(dead));
        return again;
    }

    /** What has to be tried again: of what is in the table already only the topic. */
    private List<Item> bury(List<Item> dead) {
        if (dead.isEmpty()) {
            return List.of();
        }
        try {
            deadLetters.add(
                    dead.stream().filter(item -> !item.kept()).map(this::letter).toList());
        } catch (LogUnavailableException failure) {
            holdingFor = "dead letters cannot be kept: " + failure.getMessage();
            return dead;
        }
        List<Item> kept = dead.stream().map(Item::inTable).toList();
        if (deadLetterTopic.send(kept.stream().map(this::letter).toList())) {
            return List.of();
        }
        holdingFor = "dead letters wait for their topic";
        return kept;
    }

    private DeadLetter letter(Item item) {
        ConsumerRecord<byte[], byte[]> record = item.record();
        Refusal refusal = item.refusal();
        byte[] value = record.value();
        return new DeadLetter(
                DOOR,
                refusal == null ? new Refusal(Reason.INVALID, "", "unknown") : refusal,
                item.networkId(),
                item.messageId(),
                value == null ? new byte[0] : value,
                record.key(),
                new DeadLetter.Source(record.topic(), record.partition(), record.offset()),
                clock.instant(),
                form(record));
    }

    /** Stays in the group while waiting, but takes nothing more. */
    private void hold(Consumer<byte[], byte[]> consumer, Backoff backoff) {
        if (!holding) {
            holding = true;
            LOG.warn("event=stream_processor_holding action=retrying cause=\"{}\"", trouble());
        }
        consumer.pause(consumer.assignment());
        long until = System.nanoTime() + backoff.next().toNanos();
        long left = until - System.nanoTime();
        while (loop.isRunning() && left > 0) {
            ConsumerRecords<byte[], byte[]> none = consumer.poll(Duration.ofNanos(left));
            if (!none.isEmpty()) {
                throw new IllegalStateException(
                        none.count() + " records came while every partition was paused; expected none");
            }
            left = until - System.nanoTime();
        }
    }

    private void release(Consumer<byte[], byte[]> consumer) {
        if (holding) {
            holding = false;
            holdingFor = "";
            consumer.resume(consumer.assignment());
            LOG.info("event=stream_processor_going_on");
        }
    }

    private void commit(Consumer<byte[], byte[]> consumer, List<ConsumerRecord<byte[], byte[]>> batch) {
        Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
        Set<TopicPartition> assigned = consumer.assignment();
        for (ConsumerRecord<byte[], byte[]> record : batch) {
            if (assigned.contains(partition(record))) {
                offsets.put(partition(record), new OffsetAndMetadata(record.offset() + 1));
            }
        }
        try {
            consumer.commitSync(offsets);
            taken += batch.size();
        } catch (CommitFailedException | RebalanceInProgressException moved) {
            // Whoever has the partition now reads the records again and finds them recorded.
            LOG.info("event=offsets_not_committed cause={}", moved.toString());
        }
    }

    private static TopicPartition partition(ConsumerRecord<byte[], byte[]> record) {
        return new TopicPartition(record.topic(), record.partition());
    }

    private Consumer<byte[], byte[]> consumer() {
        Map<String, Object> consumer = settings.client("skein-stream-processor");
        consumer.put("group.id", settings.consumerGroup());
        consumer.put("enable.auto.commit", false);
        consumer.put("auto.offset.reset", "earliest");
        consumer.put("isolation.level", "read_committed");
        consumer.put("max.poll.records", settings.maxPollRecords());
        consumer.put("fetch.max.bytes", MAX_RECORDS_BYTES);
        consumer.put("max.partition.fetch.bytes", KafkaSettings.MAX_RECORD_BYTES);
        consumer.put("session.timeout.ms", 10_000);
        consumer.put("heartbeat.interval.ms", 3_000);
        return new KafkaConsumer<>(consumer, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    /** Partitions that come while a batch is held back must wait too. */
    private final class Rebalances implements ConsumerRebalanceListener {
        private final Consumer<byte[], byte[]> consumer;

        Rebalances(Consumer<byte[], byte[]> consumer) {
            this.consumer = consumer;
        }

        @Override
        public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
            // Nothing to do: what was processed is committed at once, what was not belongs to the next owner.
        }

        @Override
        public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
            if (holding) {
                consumer.pause(partitions);
            }
        }
    }
}
