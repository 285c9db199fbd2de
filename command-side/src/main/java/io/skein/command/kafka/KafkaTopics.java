package io.skein.command.kafka;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.InvalidReplicationFactorException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/** Makes the topics that are missing and checks those that are there, as soon as a broker answers; what needs them waits here. */
public final class KafkaTopics implements SmartLifecycle {
    private static final Logger LOG = LoggerFactory.getLogger(KafkaTopics.class);
    private static final String RETENTION = "retention.ms";
    private static final String MAX_MESSAGE = "max.message.bytes";
    private static final long FIRST_PAUSE_MILLIS = 500;
    private static final long MAX_PAUSE_MILLIS = 15_000;
    private static final int ANSWER_SECONDS = 20;

    private final KafkaSettings settings;
    private final CompletableFuture<Boolean> ready = new CompletableFuture<>();
    private volatile String trouble = "";
    private volatile boolean running;

    public KafkaTopics(KafkaSettings settings) {
        this.settings = settings;
    }

    /**
     * Waits until the topics are as they must be. Whether they are: false when this side is stopped before.
     *
     * @throws TopicMismatchException if they are there, but not as they must be
     */
    public boolean await() throws InterruptedException {
        try {
            return ready.get();
        } catch (ExecutionException failure) {
            if (failure.getCause() instanceof TopicMismatchException mismatch) {
                throw mismatch;
            }
            throw new IllegalStateException(failure.getCause());
        }
    }

    /** What keeps the topics from being ready; empty where nothing does. */
    public String trouble() {
        return trouble;
    }

    @Override
    public void start() {
        running = true;
        if (!settings.isEnabled()) {
            LOG.warn("event=kafka_off action=set_skein.kafka.bootstrap-servers");
            ready.complete(false);
            return;
        }
        Thread.ofPlatform().daemon().name("skein-kafka-topics").start(this::prepare);
    }

    @Override
    public void stop() {
        running = false;
        ready.complete(false);
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    private void prepare() {
        long pause = FIRST_PAUSE_MILLIS;
        while (running) {
            try {
                createOrCheck();
                trouble = "";
                ready.complete(true);
                LOG.info("event=kafka_topics_ready topics={}", Topics.ALL.size());
                return;
            } catch (TopicMismatchException mismatch) {
                trouble = String.valueOf(mismatch.getMessage());
                LOG.error("event=kafka_topics_mismatch detail=\"{}\"", mismatch.getMessage());
                ready.completeExceptionally(mismatch);
                return;
            } catch (KafkaException | ExecutionException | TimeoutException failure) {
                String explained = explain(failure);
                if (!explained.equals(trouble)) {
                    LOG.warn("event=kafka_unavailable action=retrying detail=\"{}\"", explained);
                }
                trouble = explained;
                try {
                    Thread.sleep(pause);
                } catch (InterruptedException interrupted) {
                    Thread.currentThread().interrupt();
                    return;
                }
                pause = Math.min(MAX_PAUSE_MILLIS, pause * 2);
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    /** One attempt; public for tools that prepare a cluster. */
    void createOrCheck() throws ExecutionException, InterruptedException, TimeoutException {
        try (Admin admin = Admin.create(settings.client("skein-topics"))) {
            Set<String> present = admin.listTopics().names().get(ANSWER_SECONDS, TimeUnit.SECONDS);
            List<NewTopic> missing = Topics.ALL.stream()
                    .filter(topic -> !present.contains(topic))
                    .map(this::wanted)
                    .toList();
            for (NewTopic topic : missing) {
                try {
                    admin.createTopics(List.of(topic)).all().get(ANSWER_SECONDS, TimeUnit.SECONDS);
                } catch (ExecutionException failure) {
                    // Another node was faster.
                    if (!(failure.getCause() instanceof TopicExistsException)) {
                        throw failure;
                    }
                }
            }
            check(admin, Topics.ALL.stream().filter(present::contains).toList());
        }
    }

    private NewTopic wanted(String topic) {
        return new NewTopic(topic, settings.partitions(), settings.replication())
                .configs(Map.of(
                        RETENTION,
                        retentionMillis(topic),
                        MAX_MESSAGE,
                        Integer.toString(KafkaSettings.MAX_RECORD_BYTES)));
    }

    private String retentionMillis(String topic) {
        Duration retention = topic.equals(Topics.EVENTS) ? settings.eventsRetention() : settings.retention();
        return retention.isZero() ? "-1" : Long.toString(retention.toMillis());
    }

    private void check(Admin admin, List<String> topics)
            throws ExecutionException, InterruptedException, TimeoutException {
        if (topics.isEmpty()) {
            return;
        }
        Map<String, TopicDescription> descriptions =
                admin.describeTopics(topics).allTopicNames().get(ANSWER_SECONDS, TimeUnit.SECONDS);
        Map<ConfigResource, String> resources = new HashMap<>();
        topics.forEach(topic -> resources.put(new ConfigResource(ConfigResource.Type.TOPIC, topic), topic));
        Map<ConfigResource, Config> configs =
                admin.describeConfigs(resources.keySet()).all().get(ANSWER_SECONDS, TimeUnit.SECONDS);
        List<String> complaints = new ArrayList<>();
        for (String topic : topics) {
            TopicDescription description = Objects.requireNonNull(descriptions.get(topic));
            compare(
                    complaints,
                    topic,
                    "partitions",
                    description.partitions().size(),
                    settings.partitions(),
                    "skein.kafka.partitions");
            compare(
                    complaints,
                    topic,
                    "replication",
                    description.partitions().getFirst().replicas().size(),
                    settings.replication(),
                    "skein.kafka.replication");
        }
        resources.forEach((resource, topic) -> compare(
                complaints,
                topic,
                RETENTION,
                Objects.requireNonNull(configs.get(resource)).get(RETENTION).value(),
                retentionMillis(topic),
                topic.equals(Topics.EVENTS) ? "skein.kafka.events-retention" : "skein.kafka.retention"));
        if (!complaints.isEmpty()) {
            throw new TopicMismatchException(complaints.stream().sorted().toList());
        }
    }

    private static void compare(
            List<String> complaints, String topic, String what, Object found, Object expected, String key) {
        if (!found.equals(expected) && !found.toString().equals(expected.toString())) {
            complaints.add("topic " + topic + ": " + what + " is " + found + "; expected " + expected
                    + ": change the topic or " + key);
        }
    }

    /** Which thing that can be wrong with a cluster it is, in words for who configures it. */
    static String explain(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof AuthenticationException) {
                return "Kafka refuses the credentials; check skein.kafka.api-key, api-secret, sasl-mechanism and security-protocol: "
                        + cause.getMessage();
            }
            if (cause instanceof AuthorizationException) {
                return "the Kafka user lacks a right on the topics or the consumer group: " + cause.getMessage();
            }
            if (cause instanceof InvalidReplicationFactorException) {
                return "fewer brokers are up than skein.kafka.replication asks for: " + cause.getMessage();
            }
            if (cause instanceof org.apache.kafka.common.config.ConfigException) {
                return "skein.kafka.* cannot be used, perhaps the host of bootstrap-servers is not known: "
                        + cause.getMessage();
            }
            if (cause instanceof org.apache.kafka.common.errors.TimeoutException || cause instanceof TimeoutException) {
                return "no broker of skein.kafka.bootstrap-servers answers";
            }
        }
        return failure.toString();
    }
}
