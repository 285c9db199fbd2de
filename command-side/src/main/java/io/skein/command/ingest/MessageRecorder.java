package io.skein.command.ingest;

import io.skein.command.bus.Commands;
import io.skein.command.ingest.KnownMessages.Known;
import io.skein.command.ingest.RecordResult.Blocked;
import io.skein.command.ingest.RecordResult.Duplicate;
import io.skein.command.ingest.RecordResult.Refused;
import io.skein.eventlog.LogUnavailableException;
import io.skein.eventlog.MessageIds;
import io.skein.kernel.agent.RecordMessages;
import io.skein.kernel.agent.Recorded;
import io.skein.kernel.id.AgentKey;
import io.skein.kernel.message.Message;
import io.skein.kernel.problem.Reason;
import io.skein.kernel.problem.Refusal;
import io.skein.kernel.problem.RefusedException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import javax.sql.DataSource;
import org.axonframework.modelling.command.ConcurrencyException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts batches of messages into the log, for all doors. Keeps the order of each agent's messages, records different agents in parallel, answers what the
 * log has already with its first position, and takes no more at once than there is room for. Thread-safe.
 */
public final class MessageRecorder implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(MessageRecorder.class);
    private static final int CHUNK = 256;
    private static final int ATTEMPTS = 12;
    private static final int FIRST_PAUSE_MILLIS = 2;

    private final Commands commands;
    private final KnownMessages knownMessages;
    private final InFlight inFlight;
    private final IngestCounts counts;
    private final ExecutorService agents = Executors.newThreadPerTaskExecutor(
            Thread.ofVirtual().name("skein-recorder-", 0).factory());

    MessageRecorder(Commands commands, DataSource dataSource, IngestSettings settings, IngestCounts counts) {
        this.commands = commands;
        this.knownMessages = new KnownMessages(dataSource);
        this.inFlight = new InFlight(settings);
        this.counts = counts;
    }

    /**
     * Records the batch; returns when all that is recorded is durable.
     *
     * @param bytes size of the batch as sent
     * @return one result for each message, in the same order
     */
    public List<RecordResult> record(List<Message> messages, long bytes) {
        try (InFlight.Room room = inFlight.take(messages.size(), bytes)) {
            List<RecordResult> results = room.isGranted()
                    ? new Batch(messages).record()
                    : refuseAll(
                            messages,
                            new Refusal(
                                    Reason.OVERLOADED, "", "as many messages as fit are being recorded; try later"));
            results.forEach(counts::count);
            return results;
        }
    }

    @Override
    public void close() {
        agents.close();
    }

    private static List<RecordResult> refuseAll(List<Message> messages, Refusal refusal) {
        return messages.stream()
                .<RecordResult>map(message -> new Refused(message, refusal))
                .toList();
    }

    private static UUID eventId(Message message) {
        return MessageIds.eventId(message.networkId(), message.messageId());
    }

    /** One batch on its way. Tasks of different agents write different slots of the results. */
    private final class Batch {
        private final List<Message> messages;
        private final UUID[] eventIds;
        private final @Nullable RecordResult[] results;
        /** For repeats within the batch: where the first one is; itself otherwise. */
        private final int[] firsts;

        Batch(List<Message> messages) {
            this.messages = messages;
            this.eventIds = new UUID[messages.size()];
            this.results = new RecordResult[messages.size()];
            this.firsts = new int[messages.size()];
        }

        List<RecordResult> record() {
            Map<UUID, Integer> firstByEvent = new HashMap<>();
            Map<AgentKey, List<Integer>> byAgent = new LinkedHashMap<>();
            for (int i = 0; i < messages.size(); i++) {
                eventIds[i] = eventId(messages.get(i));
                @Nullable Integer first = firstByEvent.putIfAbsent(eventIds[i], i);
                firsts[i] = first == null ? i : first;
                if (first == null) {
                    byAgent.computeIfAbsent(messages.get(i).sender(), agent -> new ArrayList<>())
                            .add(i);
                }
            }
            try {
                settleKnown(new ArrayList<>(firstByEvent.values()));
                byAgent.values().forEach(indexes -> indexes.removeIf(i -> results[i] != null));
                byAgent.values().removeIf(List::isEmpty);
                recordAgents(byAgent);
            } catch (LogUnavailableException unavailable) {
                LOG.warn("event=log_unavailable messages={} cause={}", messages.size(), unavailable.toString());
            }
            List<RecordResult> answers = new ArrayList<>(messages.size());
            for (int i = 0; i < messages.size(); i++) {
                answers.add(firsts[i] == i ? settled(i) : repeat(i));
            }
            return answers;
        }

        private void recordAgents(Map<AgentKey, List<Integer>> byAgent) {
            if (byAgent.size() == 1) {
                byAgent.forEach(this::recordAgent);
                return;
            }
            List<Future<?>> running = new ArrayList<>(byAgent.size());
            byAgent.forEach((agent, indexes) -> running.add(agents.submit(() -> recordAgent(agent, indexes))));
            for (Future<?> task : running) {
                try {
                    task.get();
                } catch (ExecutionException failure) {
                    LOG.error("event=record_failed", failure.getCause());
                } catch (InterruptedException interrupted) {
                    Thread.currentThread().interrupt();
                    return;
                }
            }
        }

        private void recordAgent(AgentKey agent, List<Integer> indexes) {
            for (int from = 0; from < indexes.size(); from += CHUNK) {
                if (!recordChunk(agent, indexes.subList(from, Math.min(from + CHUNK, indexes.size())))) {
                    // Later messages of the agent must not come before those that failed.
                    return;
                }
            }
        }

        /** Whether the chunk is settled, so that the agent's next may follow. */
        private boolean recordChunk(AgentKey agent, List<Integer> chunk) {
            List<Integer> left = new ArrayList<>(chunk);
            for (int attempt = 1; attempt <= ATTEMPTS && !left.isEmpty(); attempt++) {
                try {
                    send(agent, left);
                    return true;
                } catch (ConcurrencyException raced) {
                    // Another door or node was faster with the same message or the same agent.
                    pause(attempt);
                    if (!recheck(left)) {
                        return false;
                    }
                } catch (RefusedException refused) {
                    if (left.size() == 1) {
                        results[left.getFirst()] = new Refused(messages.get(left.getFirst()), refused.refusal());
                        return true;
                    }
                    return singly(agent, left);
                } catch (RuntimeException failure) {
                    if (isUnavailable(failure) || left.size() == 1) {
                        LOG.warn(
                                "event=append_failed agent={} messages={} cause={}",
                                agent,
                                left.size(),
                                failure.toString());
                        return false;
                    }
                    LOG.error("event=chunk_failed agent={} messages={} action=singly", agent, left.size(), failure);
                    return singly(agent, left);
                }
            }
            return left.isEmpty();
        }

        private boolean singly(AgentKey agent, List<Integer> indexes) {
            for (Integer index : List.copyOf(indexes)) {
                if (!recordChunk(agent, List.of(index))) {
                    return false;
                }
            }
            return true;
        }

        private boolean recheck(List<Integer> left) {
            try {
                settleKnown(left);
                left.removeIf(i -> results[i] != null);
                return true;
            } catch (LogUnavailableException unavailable) {
                LOG.warn("event=log_unavailable messages={} cause={}", left.size(), unavailable.toString());
                return false;
            }
        }

        private void send(AgentKey agent, List<Integer> indexes) {
            List<Message> chunk = indexes.stream().map(messages::get).toList();
            Commands.Answer answer = commands.send(new RecordMessages(agent, chunk));
            List<Long> positions = answer.positions();
            if (!(answer.result() instanceof List<?> verdicts)
                    || verdicts.size() != chunk.size()
                    || positions.size() < chunk.size()) {
                throw new IllegalStateException("agent " + agent + ": " + positions.size() + " positions came back for "
                        + chunk.size() + " messages; expected one each");
            }
            int before = positions.size() - chunk.size();
            for (int i = 0; i < chunk.size(); i++) {
                long position = positions.get(before + i);
                results[indexes.get(i)] = verdicts.get(i) == Recorded.BLOCKED
                        ? new Blocked(chunk.get(i), position)
                        : new RecordResult.Recorded(chunk.get(i), position);
            }
        }

        private void settleKnown(List<Integer> indexes) {
            Map<UUID, Message> asked = new HashMap<>();
            indexes.forEach(i -> asked.put(eventIds[i], messages.get(i)));
            Map<UUID, Known> known = knownMessages.among(asked);
            for (int i : indexes) {
                Known found = known.get(eventIds[i]);
                if (found != null) {
                    results[i] = found.same() ? new Duplicate(messages.get(i), found.position()) : reused(i);
                }
            }
        }

        private RecordResult repeat(int index) {
            RecordResult first = settled(firsts[index]);
            Message message = messages.get(index);
            if (!CanonicalJson.same(message, first.message())) {
                return first instanceof Refused(Message same, Refusal refusal) && refusal.reason() != Reason.ID_REUSED
                        ? new Refused(message, refusal)
                        : reused(index);
            }
            return switch (first) {
                case RecordResult.Recorded(Message same, long position) -> new Duplicate(message, position);
                case Duplicate(Message same, long position) -> new Duplicate(message, position);
                case Blocked(Message same, long position) -> new Duplicate(message, position);
                case Refused(Message same, Refusal refusal) -> new Refused(message, refusal);
            };
        }

        private RecordResult settled(int index) {
            RecordResult result = results[index];
            return result != null
                    ? result
                    : new Refused(
                            messages.get(index),
                            new Refusal(
                                    Reason.LOG_UNAVAILABLE,
                                    "",
                                    "the log could not be written; send the message again later"));
        }

        private RecordResult reused(int index) {
            return new Refused(
                    messages.get(index),
                    new Refusal(
                            Reason.ID_REUSED,
                            Field.MESSAGE_ID.path(),
                            "messageId was used in this network for another message; expected a new id or the same message"));
        }
    }

    private static boolean isUnavailable(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof LogUnavailableException
                    || cause instanceof SQLException
                    || cause instanceof InterruptedException) {
                return true;
            }
        }
        return false;
    }

    private static void pause(int attempt) {
        if (attempt == 1) {
            return;
        }
        int most = FIRST_PAUSE_MILLIS << Math.min(attempt, 8);
        try {
            Thread.sleep(ThreadLocalRandom.current().nextInt(most / 2, most + 1));
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
