package io.skein.command.ingest.otlp;

/** Generations of names that agents' spans are written with. */
enum Dialect {
    /** GenAI conventions since 1.37: {@code gen_ai.provider.name}. */
    GEN_AI("gen_ai"),
    /** GenAI conventions up to 1.36: {@code gen_ai.system}. */
    GEN_AI_OLD("gen_ai_old"),
    OPENINFERENCE("openinference");

    private final String word;

    Dialect(String word) {
        this.word = word;
    }

    /** As it stands in the message's metadata; for ever. */
    String word() {
        return word;
    }
}
