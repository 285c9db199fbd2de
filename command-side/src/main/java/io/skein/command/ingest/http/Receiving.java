package io.skein.command.ingest.http;

import io.skein.command.ingest.DeadLetter;
import io.skein.command.ingest.DeadLetters;
import io.skein.command.ingest.IngestCounts;
import io.skein.command.ingest.MessageRecorder;
import io.skein.command.ingest.Parsed;
import io.skein.command.ingest.RecordResult;
import io.skein.kernel.message.Message;
import io.skein.kernel.problem.Reason;
import io.skein.kernel.problem.Refusal;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Collects what one request sends, records it in batches and keeps the results in order. Used by one thread. */
final class Receiving {
    static final String DOOR = "http";
    private static final int BATCH_MESSAGES = 1_000;
    private static final int BATCH_BYTES = 8 << 20;

    private final MessageRecorder recorder;
    private final DeadLetters deadLetters;
    private final IngestCounts counts;
    private final Clock clock;
    private final List<Result> results = new ArrayList<>();
    private final List<Message> batch = new ArrayList<>();
    private final List<Integer> batchIndexes = new ArrayList<>();
    private final List<DeadLetter> letters = new ArrayList<>();
    private long batchBytes;
    private int recorded;
    private int duplicates;
    private int blocked;
    private int refused;

    Receiving(MessageRecorder recorder, DeadLetters deadLetters, IngestCounts counts, Clock clock) {
        this.recorder = recorder;
        this.deadLetters = deadLetters;
        this.counts = counts;
        this.clock = clock;
    }

    /** What a refused message's answer says. */
    record Problem(Reason reason, @Nullable String field, String detail) {}

    /** One message's answer. */
    record Result(
            @Nullable String messageId,
            String status,
            @Nullable Long position,
            int index,
            @Nullable Problem problem) {}

    /** Several messages' answer. */
    record Summary(int recorded, int duplicates, int blocked, int refused, List<Result> results) {}

    /** Whether something is to be sent again later. */
    boolean isToBeRepeated() {
        return results.stream()
                .map(Result::problem)
                .anyMatch(problem -> problem != null
                        && (problem.reason() == Reason.OVERLOADED || problem.reason() == Reason.LOG_UNAVAILABLE));
    }

    int size() {
        return results.size();
    }

    /** @param form how the bytes were read */
    void add(Parsed parsed, byte[] bytes, int offset, int length, DeadLetter.Form form) {
        int index = results.size();
        switch (parsed) {
            case Parsed.Understood(Message message, int size) -> {
                results.add(new Result(message.messageId().value(), "pending", null, index, null));
                batch.add(message);
                batchIndexes.add(index);
                batchBytes += size;
            }
            case Parsed.NotUnderstood(Refusal refusal, var networkId, var messageId) -> {
                refused++;
                counts.countNotUnderstood(refusal.reason());
                results.add(new Result(messageId, "refused", null, index, problem(refusal)));
                if (DeadLetters.takes(refusal.reason())) {
                    letters.add(new DeadLetter(
                            DOOR,
                            refusal,
                            networkId,
                            messageId,
                            Arrays.copyOfRange(bytes, offset, offset + length),
                            null,
                            null,
                            clock.instant(),
                            form));
                    batchBytes += length;
                }
            }
        }
        if (batch.size() + letters.size() >= BATCH_MESSAGES || batchBytes >= BATCH_BYTES) {
            flush();
        }
    }

    /** Records what is still held; afterwards every result is final. */
    Summary finish() {
        flush();
        return new Summary(recorded, duplicates, blocked, refused, results);
    }

    private void flush() {
        deadLetters.add(letters);
        letters.clear();
        if (!batch.isEmpty()) {
            List<RecordResult> answers = recorder.record(batch, batchBytes);
            for (int i = 0; i < answers.size(); i++) {
                int index = batchIndexes.get(i);
                results.set(index, result(answers.get(i), index));
            }
        }
        batch.clear();
        batchIndexes.clear();
        batchBytes = 0;
    }

    private Result result(RecordResult answer, int index) {
        String messageId = answer.message().messageId().value();
        return switch (answer) {
            case RecordResult.Recorded(Message message, long position) -> {
                recorded++;
                yield new Result(messageId, "recorded", position, index, null);
            }
            case RecordResult.Duplicate(Message message, long position) -> {
                duplicates++;
                yield new Result(messageId, "duplicate", position, index, null);
            }
            case RecordResult.Blocked(Message message, long position) -> {
                blocked++;
                yield new Result(messageId, "blocked", position, index, null);
            }
            case RecordResult.Refused(Message message, Refusal refusal) -> {
                refused++;
                yield new Result(messageId, "refused", null, index, problem(refusal));
            }
        };
    }

    private static Problem problem(Refusal refusal) {
        return new Problem(refusal.reason(), refusal.field().isEmpty() ? null : refusal.field(), refusal.detail());
    }
}
