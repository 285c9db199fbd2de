package io.skein.projection;

import static io.skein.projection.LogFixture.START;

import io.skein.kernel.agent.MessageRecorded;
import io.skein.kernel.message.MessageType;
import io.skein.kernel.message.Outcome;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** How fast does each projection follow a log that is there already? A main, not a test: {@code RebuildBench [events]}. */
final class RebuildBench {
    private RebuildBench() {}

    public static void main(String[] arguments) {
        int events = arguments.length == 0 ? 200_000 : Integer.parseInt(arguments[0]);
        LogFixture log = new LogFixture();
        Random random = new Random(1);
        List<Object> page = new ArrayList<>();
        for (int i = 0; i < events; i++) {
            int sender = random.nextInt(200);
            boolean response = i % 2 == 1;
            page.add(new MessageRecorded(
                    LogFixture.message(
                            "m" + i,
                            "c" + i / 20,
                            "agent-" + sender,
                            List.of("agent-" + (sender + 1 + random.nextInt(5)) % 200),
                            response ? MessageType.RESPONSE : MessageType.REQUEST,
                            i == 0 ? null : "m" + (i - 1),
                            "some words about task number " + i
                                    + " that are about as long as a message of an agent mostly is, so that parsing costs what it costs",
                            response ? Outcome.OK : null,
                            START.plusMillis(i / 5)),
                    START.plusMillis(i / 5)));
            if (page.size() == 10_000) {
                log.append(page);
                page.clear();
            }
        }
        log.append(page);
        log.execute("analyze");
        for (int round = 0; round < 2; round++) {
            for (String name : RunningProjections.NAMES) {
                log.execute(
                        "truncate processor_token, projection_progress, projection_checkpoint, agent, causal_node, causal_edge, causal_count, alert, metrics_window, audit_entry");
                measure(log, events, round, name);
            }
            log.execute(
                    "truncate processor_token, projection_progress, projection_checkpoint, agent, causal_node, causal_edge, causal_count, alert, metrics_window, audit_entry");
            measure(log, events, round);
        }
        System.exit(0);
    }

    private static void measure(LogFixture log, int events, int round, String... names) {
        long start = System.nanoTime();
        long cpu = cpuNanos();
        try (RunningProjections running = new RunningProjections(log, 2_000, 200_000, names)) {
            (names.length == 0 ? RunningProjections.NAMES : List.of(names)).forEach(running::caughtUp);
            double seconds = (System.nanoTime() - start) / 1e9;
            System.out.printf(
                    "round=%d projection=%s seconds=%.2f events_per_second=%.0f cpu_micros_per_event=%.1f%n",
                    round,
                    names.length == 0 ? "all" : names[0],
                    seconds,
                    events / seconds,
                    (cpuNanos() - cpu) / 1e3 / events);
        }
    }

    /** Of this process, without the database's; on a busy machine the only figure that means anything. */
    private static long cpuNanos() {
        return ((com.sun.management.OperatingSystemMXBean)
                        java.lang.management.ManagementFactory.getOperatingSystemMXBean())
                .getProcessCpuTime();
    }
}
