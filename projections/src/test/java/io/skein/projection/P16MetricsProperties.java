package io.skein.projection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.skein.kernel.agent.MessageBlocked;
import io.skein.kernel.agent.MessageRecorded;
import io.skein.kernel.message.Message;
import io.skein.kernel.message.MessageType;
import io.skein.kernel.message.Outcome;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.lifecycle.AfterContainer;
import org.jspecify.annotations.Nullable;

/** Property 16: throughput, latency and error figures equal an exact recomputation, quantiles within the stated error of one in a thousand. */
class P16MetricsProperties {
    private static @Nullable LogFixture log;

    private static synchronized LogFixture log() {
        LogFixture known = log;
        if (known == null) {
            known = new LogFixture();
            log = known;
        }
        return known;
    }

    @AfterContainer
    static void forget() {
        log = null;
    }

    private static final class Exact {
        long messages;
        long requests;
        long responses;
        long broadcasts;
        long errors;
        long blocked;
        final List<Long> latencyMicros = new ArrayList<>();

        String counts() {
            return messages + "|" + requests + "|" + responses + "|" + broadcasts + "|" + errors + "|" + blocked + "|"
                    + latencyMicros.size();
        }

        double millisAt(double percent) {
            List<Long> sorted = latencyMicros.stream().sorted().toList();
            int rank = Math.max(1, (int) Math.ceil(percent / 100 * sorted.size()));
            return sorted.get(rank - 1) / 1_000.0;
        }
    }

    @Property(tries = 150, edgeCases = EdgeCasesMode.NONE)
    void windows_equal_an_exact_recomputation(
            @ForAll Random random,
            @ForAll @IntRange(max = 60) int length,
            @ForAll @IntRange(min = 1, max = 40) int batchSize) {
        LogFixture log = log();
        log.startAnew();
        List<Object> events = RandomEvents.of(random, length);
        log.append(events);
        Driver driver = new Driver(log);
        int restart = random.nextInt(length + 1);
        driver.run(driver.fresh("metrics"), 0, restart, batchSize, random);
        driver.run(driver.fresh("metrics"), restart, length, batchSize, random);

        Map<String, Exact> exact = recompute(events);
        Map<String, String> counts = new TreeMap<>();
        exact.forEach((window, figures) -> counts.put(window, figures.counts()));
        Map<String, String> found = new TreeMap<>();
        for (String row : log.rows(
                "select window_seconds, extract(epoch from starts_at)::bigint, messages, requests, responses, broadcasts, errors,"
                        + " blocked, latency_count from metrics_window")) {
            String[] columns = row.split("\\|", 3);
            found.put(columns[0] + "|" + columns[1], columns[2]);
        }
        assertThat(found).isEqualTo(counts);
        for (String row : log.rows(
                "select window_seconds, extract(epoch from starts_at)::bigint, latency_p50_millis, latency_p95_millis,"
                        + " latency_p99_millis from metrics_window where latency_count > 0")) {
            String[] columns = row.split("\\|");
            Exact figures = exact.get(columns[0] + "|" + columns[1]);
            assertThat(figures).isNotNull();
            double[] percents = {50, 95, 99};
            for (int i = 0; i < percents.length; i++) {
                double expected = figures.millisAt(percents[i]);
                assertThat(Double.parseDouble(columns[2 + i])).isCloseTo(expected, within(expected / 1_000 + 0.001));
            }
        }
    }

    private static Map<String, Exact> recompute(List<Object> events) {
        Map<String, Exact> windows = new HashMap<>();
        for (int i = 0; i < events.size(); i++) {
            boolean blocked = events.get(i) instanceof MessageBlocked;
            Message message;
            Instant at;
            if (events.get(i) instanceof MessageRecorded recorded) {
                message = recorded.message();
                at = recorded.recordedAt();
            } else if (events.get(i) instanceof MessageBlocked one) {
                message = one.message();
                at = one.recordedAt();
            } else {
                continue;
            }
            Long latency = blocked ? null : latency(events.subList(0, i), message);
            for (long seconds : new long[] {1, 10, 60, 3_600}) {
                long start = at.getEpochSecond() - at.getEpochSecond() % seconds;
                Exact window = windows.computeIfAbsent(seconds + "|" + start, absent -> new Exact());
                window.messages++;
                window.requests += message.type() == MessageType.REQUEST ? 1 : 0;
                window.responses += message.type() == MessageType.RESPONSE ? 1 : 0;
                window.broadcasts += message.type() == MessageType.BROADCAST ? 1 : 0;
                window.errors += message.outcome() == Outcome.ERROR || message.outcome() == Outcome.TIMEOUT ? 1 : 0;
                window.blocked += blocked ? 1 : 0;
                if (latency != null) {
                    window.latencyMicros.add(latency);
                }
            }
        }
        return windows;
    }

    private static @Nullable Long latency(List<Object> before, Message response) {
        if (response.type() != MessageType.RESPONSE || response.causationId() == null) {
            return null;
        }
        for (Object event : before) {
            if (event instanceof MessageRecorded recorded
                    && recorded.message().messageId().equals(response.causationId())
                    && recorded.message().type() == MessageType.REQUEST) {
                Duration passed = Duration.between(recorded.message().timestamp(), response.timestamp());
                return passed.isNegative() ? null : passed.toNanos() / 1_000;
            }
        }
        return null;
    }
}
