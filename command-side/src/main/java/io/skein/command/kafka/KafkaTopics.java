package io.skein.command.kafka;

import io.micrometer.core.instrument.MeterRegistry;
import io.skein.command.kafka.KafkaTrouble.Kind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
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
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.ConsumerGroupDescription;
import org.apache.kafka.clients.admin.DescribeConsumerGroupsOptions;
import org.apache.kafka.clients.admin.DescribeTopicsOptions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartitionInfo;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.GroupAuthorizationException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/**
 * Makes the topics that are missing and checks those that are there, as soon as a broker answers; what needs them waits here. Goes on looking at them, so that what
 * goes wrong later is told too.
 */
public final class KafkaTopics implements SmartLifecycle {
    private static final Logger LOG = LoggerFactory.getLogger(KafkaTopics.class);
    private static final String RETENTION = "retention.ms";
    private static final String MAX_MESSAGE = "max.message.bytes";
    private static final String IN_SYNC = "min.insync.replicas";
    private static final String COMPRESSION = "compression.type";
    /** What a dead letter's headers may take beside the record that it was. */
    private static final int DRESS_BYTES = 256 * 1024;

    private static final Duration SPREADING = Duration.ofMillis(100);
    private static final Duration STOP = Duration.ofSeconds(5);

    private final KafkaSettings settings;
    private final KafkaTroubles troubles;
    private final KafkaBreaker breaker;
    private final KafkaLoop loop;
    private final CompletableFuture<Boolean> ready = new CompletableFuture<>();
    /** What does not keep the others from working, but somebody must know. */
    private volatile String warning = "";

    public KafkaTopics(KafkaSettings settings, MeterRegistry meters) {
        this.settings = settings;
        this.troubles = new KafkaTroubles(settings);
        this.breaker = new KafkaBreaker(
                "topics",
                "door and mirror wait for the topics; messages by HTTP and OTLP are recorded",
                settings,
                meters);
        this.loop = new KafkaLoop("skein-kafka-topics", breaker, STOP);
    }

    /** Waits until the topics are as they must be. Whether they are: false when this side is stopped before. */
    public boolean await() throws InterruptedException {
        try {
            return ready.get();
        } catch (ExecutionException failure) {
            throw new IllegalStateException(failure.getCause());
        }
    }

    /** What keeps the topics from being ready, or was found wrong since; empty where nothing is. */
    public String trouble() {
        return breaker.trouble().isEmpty() ? warning : breaker.trouble();
    }

    /** {@code closed}, {@code half_open} or {@code open}. */
    public String breaker() {
        return breaker.state();
    }

    public boolean isReady() {
        return ready.getNow(false);
    }

    @Override
    public void start() {
        if (!settings.isEnabled()) {
            LOG.warn("event=kafka_off action=set_skein.kafka.bootstrap-servers");
            ready.complete(false);
            loop.idle();
            return;
        }
        loop.start(() -> true, "Create", this::look);
    }

    @Override
    public void stop() {
        ready.complete(false);
        loop.stop(() -> {});
    }

    @Override
    public boolean isRunning() {
        return loop.isRunning();
    }

    private void look() throws ExecutionException, InterruptedException, TimeoutException {
        while (loop.isRunning()) {
            boolean checked = createOrCheck();
            breaker.succeeded();
            if (!checked) {
                // What was made just now is not known everywhere at once.
                loop.sleep(SPREADING);
                continue;
            }
            if (ready.complete(true)) {
                LOG.info("event=kafka_topics_ready topics={}", Topics.ALL.size());
            }
            loop.sleep(settings.checkInterval());
        }
    }

    /** One attempt. Whether all topics were there and are as they must be; false: some were made just now. */
    boolean createOrCheck() throws ExecutionException, InterruptedException, TimeoutException {
        try (Admin admin = Admin.create(settings.admin("skein-topics"))) {
            Set<String> present = answer(admin.listTopics().names());
            List<String> missing = Topics.ALL.stream()
                    .filter(topic -> !present.contains(topic))
                    .toList();
            for (String topic : missing) {
                create(admin, topic);
            }
            List<String> known = Topics.ALL.stream().filter(present::contains).toList();
            if (!known.isEmpty()) {
                check(admin, known);
            }
            checkGroup(admin);
            return missing.isEmpty();
        }
    }

    private void create(Admin admin, String topic) throws ExecutionException, InterruptedException, TimeoutException {
        Map<String, String> configs = new HashMap<>();
        configs.put(RETENTION, settings.retentionMillis(topic));
        configs.put(MAX_MESSAGE, Integer.toString(maxMessageBytes(topic)));
        if (settings.minInSyncReplicas() != null) {
            configs.put(IN_SYNC, Integer.toString(settings.minInSyncReplicas()));
        }
        if (topic.equals(Topics.RAW)) {
            // So the broker itself refuses what would grow beyond max.message.bytes, before any reader has to hold it.
            configs.put(COMPRESSION, "uncompressed");
        }
        NewTopic wanted = new NewTopic(topic, settings.partitions(topic), settings.replication(topic)).configs(configs);
        try {
            answer(admin.createTopics(List.of(wanted)).all());
            LOG.info(
                    "event=kafka_topic_created topic={} partitions={} replication={} retention_ms={}",
                    topic,
                    settings.partitions(topic),
                    settings.replication(topic),
                    settings.retentionMillis(topic));
        } catch (ExecutionException failure) {
            // Another node was faster.
            if (failure.getCause() instanceof TopicExistsException) {
                return;
            }
            if (failure.getCause() instanceof TopicAuthorizationException) {
                throw new KafkaTroubleException(mayNotCreate(topic));
            }
            throw failure;
        }
    }

    private KafkaTrouble mayNotCreate(String topic) {
        KafkaTrouble right = troubles.missingRight(List.of(topic), "Create");
        return new KafkaTrouble(
                Kind.MISSING_RIGHT,
                right.subject(),
                "is not there or may not be seen, and " + right.found(),
                "a topic that is there and may be used, or the right to make it",
                right.change() + "; or make it by hand with " + settings.partitions(topic)
                        + " partitions and grant Describe and " + operation(topic) + " on it");
    }

    private static String operation(String topic) {
        return topic.equals(Topics.RAW) ? "Read" : "Write";
    }

    private static int maxMessageBytes(String topic) {
        return topic.equals(Topics.DEAD_LETTERS)
                ? KafkaSettings.MAX_RECORD_BYTES + DRESS_BYTES
                : KafkaSettings.MAX_RECORD_BYTES;
    }

    private void check(Admin admin, List<String> topics)
            throws ExecutionException, InterruptedException, TimeoutException {
        Map<String, TopicDescription> descriptions =
                answer(admin.describeTopics(topics, new DescribeTopicsOptions().includeAuthorizedOperations(true))
                        .allTopicNames());
        checkRights(descriptions.values());
        Map<String, Config> configs = new HashMap<>();
        List<ConfigResource> resources = topics.stream()
                .map(topic -> new ConfigResource(ConfigResource.Type.TOPIC, topic))
                .toList();
        try {
            answer(admin.describeConfigs(resources).all())
                    .forEach((resource, config) -> configs.put(resource.name(), config));
        } catch (ExecutionException failure) {
            if (failure.getCause() instanceof TopicAuthorizationException refused) {
                throw new KafkaTroubleException(troubles.missingRight(refused.unauthorizedTopics(), "DescribeConfigs"));
            }
            throw failure;
        }
        List<KafkaTrouble> differences = new ArrayList<>();
        List<String> warnings = new ArrayList<>();
        for (String topic : topics) {
            TopicDescription description = Objects.requireNonNull(descriptions.get(topic));
            Config config = Objects.requireNonNull(configs.get(topic));
            compare(differences, topic, description, config);
            warn(warnings, topic, description, config);
        }
        if (!differences.isEmpty()) {
            throw new KafkaTroubleException(together(differences));
        }
        tell(String.join("; ", warnings));
    }

    private void tell(String found) {
        if (!found.isEmpty() && !found.equals(warning)) {
            LOG.warn("event=kafka_topics_warning detail=\"{}\"", found);
        }
        warning = found;
    }

    private void checkRights(Collection<TopicDescription> descriptions) {
        Set<String> unreadable = new HashSet<>();
        Set<String> unwritable = new HashSet<>();
        for (TopicDescription description : descriptions) {
            Set<AclOperation> allowed = description.authorizedOperations();
            // Null where the cluster has no rights at all.
            if (allowed == null || allowed.isEmpty()) {
                continue;
            }
            boolean raw = description.name().equals(Topics.RAW);
            if (!allowed.contains(raw ? AclOperation.READ : AclOperation.WRITE)) {
                (raw ? unreadable : unwritable).add(description.name());
            }
        }
        if (!unreadable.isEmpty()) {
            throw new KafkaTroubleException(troubles.missingRight(unreadable, "Read"));
        }
        if (!unwritable.isEmpty()) {
            throw new KafkaTroubleException(
                    troubles.missingRight(unwritable.stream().sorted().toList(), "Write"));
        }
    }

    private void checkGroup(Admin admin) throws InterruptedException, TimeoutException {
        try {
            ConsumerGroupDescription group = answer(admin.describeConsumerGroups(
                                    List.of(settings.consumerGroup()),
                                    new DescribeConsumerGroupsOptions().includeAuthorizedOperations(true))
                            .all())
                    .get(settings.consumerGroup());
            Set<AclOperation> allowed = group == null ? null : group.authorizedOperations();
            if (allowed != null && !allowed.isEmpty() && !allowed.contains(AclOperation.READ)) {
                throw new KafkaTroubleException(troubles.missingGroupRight(settings.consumerGroup()));
            }
        } catch (ExecutionException failure) {
            if (failure.getCause() instanceof GroupAuthorizationException) {
                throw new KafkaTroubleException(troubles.missingGroupRight(settings.consumerGroup()));
            }
            // A group that nobody has joined yet cannot be described.
        }
    }

    private void compare(List<KafkaTrouble> differences, String topic, TopicDescription description, Config config) {
        int partitions = description.partitions().size();
        if (partitions != settings.partitions(topic)) {
            differ(
                    differences,
                    topic,
                    partitions + " partitions",
                    Integer.toString(settings.partitions(topic)),
                    "set skein.kafka.topic-partitions." + topic + "=" + partitions
                            + (partitions < settings.partitions(topic)
                                    ? ", or kafka-topics --bootstrap-server " + settings.bootstrapServers()
                                            + " --alter --topic " + topic + " --partitions "
                                            + settings.partitions(topic) + " while nobody sends"
                                    : " (a topic never gets fewer)"));
        }
        int replicas = description.partitions().getFirst().replicas().size();
        if (replicas != settings.replication(topic)) {
            differ(
                    differences,
                    topic,
                    replicas + " replicas of each partition",
                    Integer.toString(settings.replication(topic)),
                    "set skein.kafka.topic-replication." + topic + "=" + replicas
                            + ", or move it with kafka-reassign-partitions");
        }
        String retention = value(config, RETENTION);
        if (!retention.equals(settings.retentionMillis(topic))) {
            differ(
                    differences,
                    topic,
                    RETENTION + "=" + retention,
                    settings.retentionMillis(topic),
                    "set skein.kafka.topic-retention." + topic + "="
                            + (retention.equals("-1") ? "0s" : retention + "ms") + ", or "
                            + alter(topic, RETENTION, settings.retentionMillis(topic)));
        }
        long largest = Long.parseLong(value(config, MAX_MESSAGE));
        if (largest < KafkaSettings.MAX_RECORD_BYTES) {
            differ(
                    differences,
                    topic,
                    MAX_MESSAGE + "=" + largest,
                    KafkaSettings.MAX_RECORD_BYTES + " or more",
                    alter(topic, MAX_MESSAGE, Integer.toString(maxMessageBytes(topic))));
        }
        Integer inSync = settings.minInSyncReplicas();
        if (inSync != null && !value(config, IN_SYNC).equals(inSync.toString())) {
            differ(
                    differences,
                    topic,
                    IN_SYNC + "=" + value(config, IN_SYNC),
                    inSync.toString(),
                    "change skein.kafka.min-in-sync-replicas, or " + alter(topic, IN_SYNC, inSync.toString()));
        }
    }

    private static void differ(
            List<KafkaTrouble> differences, String topic, String found, String expected, String change) {
        differences.add(new KafkaTrouble(Kind.TOPIC_DIFFERS, "topic " + topic, "has " + found, expected, change));
    }

    private static KafkaTrouble together(List<KafkaTrouble> differences) {
        if (differences.size() == 1) {
            return differences.getFirst();
        }
        List<String> others = differences.stream()
                .skip(1)
                .map(difference -> difference.toString())
                .toList();
        KafkaTrouble first = differences.getFirst();
        return new KafkaTrouble(
                Kind.TOPIC_DIFFERS,
                first.subject(),
                first.found(),
                first.expected(),
                first.change() + "; also " + String.join("; also ", others));
    }

    private void warn(List<String> warnings, String topic, TopicDescription description, Config config) {
        int asked = Integer.parseInt(value(config, IN_SYNC));
        for (TopicPartitionInfo partition : description.partitions()) {
            // More than there are replicas at all counts as all of them.
            if (partition.isr().size() < Math.min(asked, partition.replicas().size())) {
                warnings.add(new KafkaTrouble(
                                Kind.TOO_FEW_IN_SYNC,
                                "topic " + topic + ", partition " + partition.partition(),
                                partition.isr().size() + " replicas in sync of "
                                        + partition.replicas().size(),
                                "at least min.insync.replicas=" + asked + ", or nothing can be written to it",
                                "bring the missing brokers back, or "
                                        + alter(
                                                topic,
                                                IN_SYNC,
                                                Integer.toString(Math.max(
                                                        1, partition.isr().size()))))
                        .toString());
                break;
            }
        }
        if (topic.equals(Topics.RAW) && !value(config, COMPRESSION).equals("uncompressed")) {
            warnings.add(new KafkaTrouble(
                            Kind.TOPIC_DIFFERS,
                            "topic " + topic,
                            "has " + COMPRESSION + "=" + value(config, COMPRESSION)
                                    + ", so a small compressed record may become one that fills the memory",
                            "uncompressed, so that the broker refuses it",
                            alter(topic, COMPRESSION, "uncompressed"))
                    .toString());
        }
    }

    private String alter(String topic, String config, String value) {
        return "kafka-configs --bootstrap-server " + settings.bootstrapServers() + " --alter --topic " + topic
                + " --add-config " + config + "=" + value;
    }

    private static String value(Config config, String name) {
        ConfigEntry entry = config.get(name);
        return entry == null ? "" : String.valueOf(entry.value());
    }

    private <T> T answer(KafkaFuture<T> future) throws ExecutionException, InterruptedException, TimeoutException {
        // The client keeps its own time; this is for when it does not.
        return future.get(2 * settings.answerTimeout().toMillis() + 1_000, TimeUnit.MILLISECONDS);
    }
}
