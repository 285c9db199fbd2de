package io.skein.client;

import io.skein.client.BusException.Reason;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.DescribeTopicsOptions;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.Nullable;

/**
 * Carries envelopes to a topic. Order survives failure because one request for each broker is under way at a time, and the first failure
 * stops the producer from inside its own callback: whatever it held behind the failed record is aborted, not sent.
 */
final class KafkaCourier implements Courier {
    static final Set<String> KEPT_PROMISES = Set.of(
            ProducerConfig.ACKS_CONFIG,
            ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG,
            ProducerConfig.MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION,
            ProducerConfig.RETRIES_CONFIG,
            ProducerConfig.BOOTSTRAP_SERVERS_CONFIG,
            ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG,
            ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG,
            "transactional.id");

    private final KafkaMessageBus.Builder settings;
    private final KafkaTroubles troubles;
    private @Nullable KafkaProducer<String, byte[]> producer;

    KafkaCourier(KafkaMessageBus.Builder settings) {
        this.settings = settings;
        this.troubles = new KafkaTroubles(settings.bootstrapServers, settings.topic, settings.apiKey);
        if (settings.security.hasSasl() && (settings.apiKey == null || settings.apiSecret == null)) {
            throw new BusException(
                    Reason.BAD_SETTING,
                    "Kafka at " + settings.bootstrapServers,
                    "security is " + settings.security + " without key and secret",
                    "both",
                    "set apiKey(key, secret)");
        }
    }

    @Override
    public List<Delivery> deliver(List<Envelope> batch) throws InterruptedException {
        KafkaProducer<String, byte[]> open;
        try {
            open = open();
        } catch (KafkaException failure) {
            return failed(batch, troubles.of(failure));
        }
        Attempt attempt = new Attempt(open, batch);
        attempt.run();
        Throwable failure = attempt.failure.get();
        if (failure != null) {
            producer = null;
        }
        return attempt.deliveries(failure == null ? null : diagnosed(failure));
    }

    /** A timeout alone does not say whether the broker or only the topic is missing; ask. */
    private BusException diagnosed(Throwable failure) {
        if (!(failure instanceof TimeoutException)) {
            return troubles.of(failure);
        }
        try {
            check();
        } catch (BusException known) {
            return known;
        }
        return troubles.of(failure);
    }

    /** @throws BusException that names what is not in place */
    void check() {
        try (Admin admin = Admin.create(connection())) {
            int millis = (int) Math.min(settings.requestTimeout.toMillis(), 10_000);
            TopicDescription topic = admin.describeTopics(
                            List.of(settings.topic),
                            new DescribeTopicsOptions()
                                    .includeAuthorizedOperations(true)
                                    .timeoutMs(millis))
                    .allTopicNames()
                    .get(millis + 1_000L, TimeUnit.MILLISECONDS)
                    .get(settings.topic);
            Set<AclOperation> allowed = topic == null ? null : topic.authorizedOperations();
            if (allowed != null && !allowed.contains(AclOperation.WRITE)) {
                throw troubles.missingRights("may not write");
            }
        } catch (ExecutionException failure) {
            throw troubles.of(failure.getCause() == null ? failure : failure.getCause());
        } catch (java.util.concurrent.TimeoutException failure) {
            throw troubles.of(new TimeoutException(failure.getMessage()));
        } catch (KafkaException failure) {
            throw troubles.of(failure);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw troubles.of(interrupted);
        }
    }

    @Override
    public void close() {
        KafkaProducer<String, byte[]> open = producer;
        producer = null;
        if (open != null) {
            open.close(Duration.ZERO);
        }
    }

    private KafkaProducer<String, byte[]> open() {
        KafkaProducer<String, byte[]> open = producer;
        if (open == null) {
            open = new KafkaProducer<>(producing(), new StringSerializer(), new ByteArraySerializer());
            producer = open;
        }
        return open;
    }

    private Properties producing() {
        Properties properties = connection();
        long millis = settings.requestTimeout.toMillis();
        properties.put(ProducerConfig.CLIENT_ID_CONFIG, "skein-agent-client");
        properties.put(ProducerConfig.LINGER_MS_CONFIG, "0");
        properties.put(ProducerConfig.BATCH_SIZE_CONFIG, "65536");
        properties.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, Integer.toString(Segment.MAX_PAYLOAD));
        properties.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, Long.toString(millis));
        properties.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, Long.toString(2 * millis));
        properties.putAll(settings.properties);
        properties.put(ProducerConfig.ACKS_CONFIG, "all");
        properties.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, "true");
        properties.put(ProducerConfig.MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION, "1");
        return properties;
    }

    private Properties connection() {
        Properties properties = new Properties();
        properties.put("bootstrap.servers", settings.bootstrapServers);
        properties.put("security.protocol", settings.security.name());
        properties.put("request.timeout.ms", Long.toString(settings.requestTimeout.toMillis()));
        properties.put("default.api.timeout.ms", Long.toString(settings.requestTimeout.toMillis()));
        properties.put("retry.backoff.ms", "100");
        properties.put("retry.backoff.max.ms", "1000");
        properties.put("reconnect.backoff.max.ms", "1000");
        properties.put("enable.metrics.push", "false");
        if (settings.security.hasSasl()) {
            properties.put("sasl.mechanism", settings.mechanism.word);
            properties.put(
                    "sasl.jaas.config",
                    "%s required username=\"%s\" password=\"%s\";"
                            .formatted(
                                    settings.mechanism.loginModule,
                                    escaped(String.valueOf(settings.apiKey)),
                                    escaped(String.valueOf(settings.apiSecret))));
        }
        if (settings.trustStore != null) {
            String name = settings.trustStore.toString().toLowerCase(Locale.ROOT);
            properties.put("ssl.truststore.location", settings.trustStore.toString());
            properties.put(
                    "ssl.truststore.type", name.endsWith(".pem") ? "PEM" : name.endsWith(".jks") ? "JKS" : "PKCS12");
            if (settings.trustStorePassword != null) {
                properties.put("ssl.truststore.password", settings.trustStorePassword);
            }
        }
        Map.copyOf(settings.properties).forEach((name, value) -> {
            if (name.startsWith("ssl.") || name.startsWith("sasl.") || name.startsWith("client.dns")) {
                properties.put(name, value);
            }
        });
        return properties;
    }

    private static String escaped(String value) {
        return value.replace("\\", "\\\\").replace("\"", "\\\"");
    }

    private static List<Delivery> failed(List<Envelope> batch, BusException trouble) {
        return batch.stream()
                .<Delivery>map(envelope -> new Delivery.Failed(trouble, null))
                .toList();
    }

    /** One batch on one producer. Callbacks come on the producer's thread, or on ours where a record never got that far. */
    private final class Attempt {
        private final KafkaProducer<String, byte[]> open;
        private final List<Envelope> batch;
        private final AtomicReferenceArray<@Nullable Delivery> known;
        private final CountDownLatch unanswered;
        private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();

        Attempt(KafkaProducer<String, byte[]> open, List<Envelope> batch) {
            this.open = open;
            this.batch = batch;
            this.known = new AtomicReferenceArray<>(batch.size());
            this.unanswered = new CountDownLatch(batch.size());
        }

        void run() throws InterruptedException {
            for (int i = 0; i < batch.size(); i++) {
                if (failure.get() != null) {
                    unanswered.countDown();
                    continue;
                }
                int index = i;
                Envelope envelope = batch.get(i);
                try {
                    open.send(
                            new ProducerRecord<>(settings.topic, envelope.agentId(), envelope.json()),
                            (metadata, thrown) -> answered(index, metadata, thrown));
                } catch (InterruptException interrupted) {
                    open.close(Duration.ZERO);
                    producer = null;
                    throw (InterruptedException)
                            new InterruptedException("interrupted while sending").initCause(interrupted);
                } catch (KafkaException | IllegalStateException thrown) {
                    // Nothing was queued, so no callback comes.
                    answered(index, null, thrown);
                }
            }
            // Kafka answers within its delivery timeout; the rest is for its threads to get their turn.
            Duration patience = settings.requestTimeout.multipliedBy(3).plusSeconds(30);
            try {
                if (!unanswered.await(patience.toMillis(), TimeUnit.MILLISECONDS)) {
                    stop(new TimeoutException("no answer within " + patience));
                    unanswered.await(10, TimeUnit.SECONDS);
                }
            } catch (InterruptedException interrupted) {
                open.close(Duration.ZERO);
                producer = null;
                throw interrupted;
            }
        }

        private void answered(int index, @Nullable RecordMetadata metadata, @Nullable Throwable thrown) {
            if (thrown == null && metadata != null) {
                String place = metadata.topic() + "/" + metadata.partition() + "@" + metadata.offset();
                known.set(
                        index,
                        new Delivery.Delivered(
                                new Receipt(batch.get(index).messageId(), Receipt.Status.ACCEPTED, null, place)));
            } else if (thrown instanceof RecordTooLargeException) {
                known.set(index, new Delivery.Refused(troubles.tooLarge(batch.get(index), thrown)));
            } else {
                stop(thrown == null ? new KafkaException("neither an answer nor a failure") : thrown);
            }
            unanswered.countDown();
        }

        private void stop(Throwable first) {
            if (failure.compareAndSet(null, first)) {
                open.close(Duration.ZERO);
            }
        }

        List<Delivery> deliveries(@Nullable BusException trouble) {
            List<Delivery> deliveries = new ArrayList<>(batch.size());
            for (int i = 0; i < batch.size(); i++) {
                Delivery delivery = known.get(i);
                deliveries.add(
                        delivery != null
                                ? delivery
                                : new Delivery.Failed(
                                        trouble == null ? troubles.of(new KafkaException("no answer")) : trouble,
                                        null));
            }
            return deliveries;
        }
    }
}
