package io.skein.query.reading;

import java.time.Instant;
import java.util.function.LongFunction;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.BadSqlGrammarException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Reads an answer and the position up to which it is true in one repeatable-read, read-only transaction, so that the two agree while
 * projections write. Where the question is of the past, it reads the tables as of that position.
 */
public final class ConsistentReads {
    private static final long LOOK_AGAIN_MILLIS = 20;

    private final JdbcClient jdbc;
    private final TransactionTemplate transaction;
    private final Past past;

    public ConsistentReads(JdbcClient jdbc, TransactionTemplate transaction, Past past) {
        this.jdbc = jdbc;
        this.transaction = transaction;
        this.past = past;
    }

    /**
     * Calls {@code read} with the projection's position, or the past one that is asked for; whatever it reads through the side's client is of the
     * same moment.
     *
     * @param projection stable name; one that has never run stands at 0
     * @throws org.springframework.dao.DataAccessException if the database cannot be read
     * @throws PastNotReadyException if the tables of the past could not be made in time
     */
    public <T> T at(String projection, LongFunction<T> read) {
        @Nullable Long asked = Moment.asked();
        if (asked == null) {
            return inOneMoment(() -> read.apply(position(projection)));
        }
        long moment = asked;
        if (TransactionSynchronizationManager.isActualTransactionActive()) {
            return within(projection, moment, read);
        }
        long deadline = System.nanoTime() + past.patience().toNanos();
        while (true) {
            try {
                return inOneMoment(() -> within(projection, moment, read));
            } catch (PastNotReadyException notYet) {
                if (System.nanoTime() - deadline > 0) {
                    throw notYet;
                }
            } catch (BadSqlGrammarException gone) {
                // The view may have been let go between finding and reading it.
                if (System.nanoTime() - deadline > 0) {
                    throw gone;
                }
            }
            pause();
        }
    }

    private <T> T within(String projection, long moment, LongFunction<T> read) {
        String schema = past.schema(projection, moment);
        String before = past.entered();
        past.enter(schema);
        T answer = read.apply(moment);
        past.enter(before);
        return answer;
    }

    private static void pause() {
        try {
            Thread.sleep(LOOK_AGAIN_MILLIS);
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while waiting for the past", stop);
        }
    }

    /** Calls {@code read} in a transaction of its own, with no position; always of now. */
    public <T> T inOneMoment(Supplier<T> read) {
        // The template gives back what the callback gave, which is never null here.
        return java.util.Objects.requireNonNull(transaction.execute(status -> read.get()));
    }

    /** Where the projection stands now: the smallest position of its segments. */
    public long positionOf(String projection) {
        return inOneMoment(() -> position(projection));
    }

    /**
     * Which rows continue which: raised whenever a projection's rows begin anew, as after a cut-over. In the transaction that is open, or one of its own.
     */
    public long generationOf(String projection) {
        return inOneMoment(() -> jdbc.sql(
                        "select coalesce((select generation from public.projection_generation where name = :name), 0)")
                .param("name", projection)
                .query(Long.class)
                .single());
    }

    /**
     * The position that {@code at} stands for; the head where both are null.
     *
     * @throws io.skein.kernel.problem.RefusedException if the log does not reach there
     */
    public long resolve(@Nullable Long position, @Nullable Instant instant) {
        return inOneMoment(() -> past.resolve(position, instant));
    }

    private long position(String projection) {
        return jdbc.sql("select coalesce(min(position), 0) from projection_progress where name = :name")
                .param("name", projection)
                .query(Long.class)
                .single();
    }
}
