package io.skein.client;

/**
 * Why a message was not acknowledged. The message of the exception names the subject, what was found, what was expected and what to do;
 * {@link #reason()} is stable and meant for programs.
 */
public final class BusException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** What becomes of the message. */
    public enum Fate {
        /** It never entered the buffer; sending it again is up to the caller. */
        NOT_TAKEN,
        /** It will not be sent again. If the receiver refused it, it stands with the reason in {@code refused.ndjson} in the buffer's folder. */
        GIVEN_UP,
        /** It stays in the buffer and is sent again until it is answered, also after a restart; only the future ends here. */
        KEPT
    }

    /** Stable codes; part of the API. */
    public enum Reason {
        /** A field is missing or breaks a rule. */
        INVALID(Fate.NOT_TAKEN),
        /** A text that should be JSON is none. */
        MALFORMED(Fate.NOT_TAKEN),
        /** Larger than a limit. */
        TOO_LARGE(Fate.NOT_TAKEN),
        /** The buffer has no room and may not make any. */
        BUFFER_FULL(Fate.NOT_TAKEN),
        /** The buffer's disk refused. */
        BUFFER_UNWRITABLE(Fate.NOT_TAKEN),
        /** The bus was closed before. */
        CLOSED(Fate.NOT_TAKEN),
        /** Was damaged on the disk; its bytes are set aside. */
        DAMAGED(Fate.GIVEN_UP),
        /** Made room for newer messages. */
        DROPPED(Fate.GIVEN_UP),
        /** The receiver says the message is invalid or malformed. */
        REFUSED(Fate.GIVEN_UP),
        /** The receiver says the message is too large. */
        REFUSED_TOO_LARGE(Fate.GIVEN_UP),
        /** The same id was used before with other content. */
        ID_REUSED(Fate.GIVEN_UP),
        /** Closed while the message was still in the buffer. */
        CLOSED_BEFORE_DELIVERY(Fate.KEPT),
        /** No answer within the time that the caller wanted to wait. */
        NOT_YET_ACKNOWLEDGED(Fate.KEPT),
        /** Nobody answers at the address. */
        UNREACHABLE(Fate.KEPT),
        /** The receiver asks for patience. */
        OVERLOADED(Fate.KEPT),
        /** The receiver answers, but cannot do its work now. */
        UNAVAILABLE(Fate.KEPT),
        /** The host's name has no address. */
        UNKNOWN_HOST(Fate.KEPT),
        /** Key or secret are wrong or missing. */
        BAD_CREDENTIALS(Fate.KEPT),
        /** TLS could not be agreed on. */
        BAD_TLS(Fate.KEPT),
        /** The topic does not exist. */
        MISSING_TOPIC(Fate.KEPT),
        /** The key is known, but may not do this. */
        MISSING_RIGHTS(Fate.KEPT),
        /** What answers there is not the door of Skein. */
        WRONG_ADDRESS(Fate.KEPT),
        /** A setting is wrong in itself. */
        BAD_SETTING(Fate.KEPT);

        private final Fate fate;

        Reason(Fate fate) {
            this.fate = fate;
        }

        public Fate fate() {
            return fate;
        }

        /** Whether waiting alone will not help: somebody has to change a setting, here or there. */
        public boolean isMisconfiguration() {
            return switch (this) {
                case UNKNOWN_HOST,
                        BAD_CREDENTIALS,
                        BAD_TLS,
                        MISSING_TOPIC,
                        MISSING_RIGHTS,
                        WRONG_ADDRESS,
                        BAD_SETTING -> true;
                case INVALID,
                        MALFORMED,
                        TOO_LARGE,
                        BUFFER_FULL,
                        BUFFER_UNWRITABLE,
                        CLOSED,
                        DAMAGED,
                        DROPPED,
                        REFUSED,
                        REFUSED_TOO_LARGE,
                        ID_REUSED,
                        CLOSED_BEFORE_DELIVERY,
                        NOT_YET_ACKNOWLEDGED,
                        UNREACHABLE,
                        OVERLOADED,
                        UNAVAILABLE -> false;
            };
        }
    }

    private final Reason reason;
    private final String subject;
    private final String found;
    private final String expected;
    private final String remedy;

    BusException(Reason reason, String subject, String found, String expected, String remedy) {
        super(subject + ": " + found + "; expected " + expected + "; " + remedy + " (" + reason + ")");
        this.reason = reason;
        this.subject = subject;
        this.found = found;
        this.expected = expected;
        this.remedy = remedy;
    }

    BusException causedBy(Throwable cause) {
        initCause(cause);
        return this;
    }

    public Reason reason() {
        return reason;
    }

    /** What it is about: a message, a field of one, a host, a topic, a folder. */
    public String subject() {
        return subject;
    }

    public String found() {
        return found;
    }

    public String expected() {
        return expected;
    }

    /** What to do. */
    public String remedy() {
        return remedy;
    }

    /** Whether the message is still in the buffer and will be sent again without the caller. */
    public boolean isKept() {
        return reason.fate() == Fate.KEPT;
    }
}
