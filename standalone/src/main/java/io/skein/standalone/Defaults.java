package io.skein.standalone;

import java.io.Console;
import java.nio.file.Path;

/** Where things are when nobody says otherwise. */
final class Defaults {
    private Defaults() {}

    /** {@code SKEIN_DATA}, else {@code data} in Skein's own folder, else in the current one. */
    static Path data() {
        String chosen = System.getenv("SKEIN_DATA");
        if (chosen != null && !chosen.isBlank()) {
            return Path.of(chosen);
        }
        String home = System.getenv("SKEIN_HOME");
        return home == null || home.isBlank() ? Path.of("data") : Path.of(home, "data");
    }

    /** Whether a person watches the output, who may be shown one line that changes. */
    @SuppressWarnings(
            "SystemConsoleNull") // some versions give null where there is no terminal, others a console that is none
    static boolean terminal() {
        Console console = System.console();
        return console != null && console.isTerminal();
    }
}
