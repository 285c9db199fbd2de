package io.skein.system;

import static org.assertj.core.api.Assertions.assertThat;

import io.skein.bench.soak.Comparison;
import io.skein.bench.soak.Senders;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.errors.GroupIdNotFoundException;
import org.junit.jupiter.api.Test;

/** Two command nodes as processes on one database and one Kafka, both doors of both in use. */
class TwoCommandNodesTest {
    @Test
    void killing_one_loses_nothing_its_partitions_are_taken_over_and_no_order_is_broken() throws Exception {
        try (CommandNodes side = new CommandNodes()) {
            CommandNodes.Node first = side.node("first");
            CommandNodes.Node second = side.node("second");
            first.awaitUp();
            second.awaitUp();
            AtomicReference<URI> firstDoor = new AtomicReference<>(first.url());
            // Agents of the first sender change doors when theirs is gone; those of the second never do.
            try (Senders senders = new Senders("nodes", firstDoor::get);
                    Senders others = new Senders("others", second::url)) {
                senders.pace(400);
                others.pace(400);
                senders.startHttp("a", 12, 20, 0.5);
                others.startHttp("b", 12, 20, 1);
                senders.startKafka("k", side.bootstrap(), 12, 20, 0.5);
                awaitShared(side);
                Thread.sleep(1_500);
                first.kill();
                Thread.sleep(500);
                firstDoor.set(second.url());
                Thread.sleep(1_500);
                assertThat(senders.finish(Duration.ofSeconds(60))).isTrue();
                assertThat(others.finish(Duration.ofSeconds(60))).isTrue();
                long sent =
                        senders.acknowledged().total() + others.acknowledged().total();

                side.awaitMirrored(sent);
                assertThat(new Comparison("others")
                                .log(side.owner(), others.acknowledged().byAgent())
                                .differences())
                        .isEmpty();
                Comparison comparison = new Comparison("nodes")
                        .log(side.owner(), senders.acknowledged().byAgent())
                        .mirror(side.bootstrap())
                        .decisions(side.bootstrap());
                assertThat(comparison.differences()).isEmpty();
                assertThat(comparison.figures().get("decisions")).isEqualTo(sent);
                assertThat(members(side))
                        .as("members of the group that hold partitions")
                        .isEqualTo(1);
                assertThat(sent).isGreaterThan(800);
            }
        }
    }

    /** Until both nodes hold partitions of the raw topic. */
    private static void awaitShared(CommandNodes side) throws Exception {
        long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
        while (members(side) < 2) {
            assertThat(System.nanoTime()).as("both nodes hold partitions").isLessThan(deadline);
            Thread.sleep(100);
        }
    }

    private static long members(CommandNodes side) throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", side.bootstrap()))) {
            return admin.describeConsumerGroups(java.util.List.of("skein-command")).all().get().values().stream()
                    .flatMap(group -> group.members().stream())
                    .filter(member -> !member.assignment().topicPartitions().isEmpty())
                    .count();
        } catch (ExecutionException failure) {
            // The group is there with its first member.
            if (failure.getCause() instanceof GroupIdNotFoundException) {
                return 0;
            }
            throw failure;
        }
    }
}
