package io.skein.query.reading;

import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/**
 * The position as of which a question is to be answered; none means now. Bound around the handling of a query, so that whatever is read through
 * {@link ConsistentReads} meanwhile is of that position, and the handler need not know.
 */
public final class Moment {
    /** Under this name a query message carries the position in its metadata. */
    public static final String METADATA = "skein.at";

    private static final ScopedValue<Moment> CURRENT = ScopedValue.newInstance();

    private final long position;
    private boolean kept;

    private Moment(long position) {
        this.position = position;
    }

    /** Calls {@code work} as of the position, and refuses its answer if it never looked at the moment: then it is of now. */
    static <T> T during(long position, Callable<T> work) throws Exception {
        Moment moment = new Moment(position);
        T answer = ScopedValue.where(CURRENT, moment).call(work::call);
        if (!moment.kept) {
            throw new IllegalStateException("the answer was asked for as of position " + position + " and is of now");
        }
        return answer;
    }

    /** The position asked for, or null for now. */
    static @Nullable Long asked() {
        if (!CURRENT.isBound()) {
            return null;
        }
        Moment moment = CURRENT.get();
        moment.kept = true;
        return moment.position;
    }
}
