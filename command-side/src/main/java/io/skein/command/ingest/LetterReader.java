package io.skein.command.ingest;

import io.skein.kernel.problem.Refusal;
import org.jspecify.annotations.Nullable;

/** Reads dead letters of some doors and dialects once more. */
public interface LetterReader {
    /** Whether it reads such letters. */
    boolean reads(String door, String dialect);

    /**
     * Takes the letter as if it had come now; keeps no new letter of it.
     *
     * @return why it is refused again; null where it is in the log, or waits durably to be
     * @throws io.skein.eventlog.LogUnavailableException if the database does not answer
     */
    @Nullable
    Refusal again(byte[] original, DeadLetter.Form form);
}
