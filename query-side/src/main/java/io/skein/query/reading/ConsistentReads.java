package io.skein.query.reading;

import java.util.function.LongFunction;
import java.util.function.Supplier;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Reads an answer and the position up to which it is true in one repeatable-read, read-only transaction, so that the two agree while
 * projections write.
 */
public final class ConsistentReads {
    private final JdbcClient jdbc;
    private final TransactionTemplate transaction;

    public ConsistentReads(JdbcClient jdbc, TransactionTemplate transaction) {
        this.jdbc = jdbc;
        this.transaction = transaction;
    }

    /**
     * Calls {@code read} with the projection's position; whatever it reads through the side's client is of the same moment.
     *
     * @param projection stable name; one that has never run stands at 0
     * @throws org.springframework.dao.DataAccessException if the database cannot be read
     */
    public <T> T at(String projection, LongFunction<T> read) {
        return inOneMoment(() -> read.apply(position(projection)));
    }

    /** Calls {@code read} in a transaction of its own, with no position. */
    public <T> T inOneMoment(Supplier<T> read) {
        // The template gives back what the callback gave, which is never null here.
        return java.util.Objects.requireNonNull(transaction.execute(status -> read.get()));
    }

    /** Where the projection stands now: the smallest position of its segments. */
    public long positionOf(String projection) {
        return inOneMoment(() -> position(projection));
    }

    private long position(String projection) {
        return jdbc.sql("select coalesce(min(position), 0) from projection_progress where name = :name")
                .param("name", projection)
                .query(Long.class)
                .single();
    }
}
