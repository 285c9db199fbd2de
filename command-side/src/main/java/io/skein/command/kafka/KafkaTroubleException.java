package io.skein.command.kafka;

/** Kafka cannot be used as it must be; says what is wrong and what to change. */
public final class KafkaTroubleException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient KafkaTrouble trouble;

    public KafkaTroubleException(KafkaTrouble trouble) {
        super(trouble.toString());
        this.trouble = trouble;
    }

    public KafkaTrouble trouble() {
        return trouble;
    }
}
