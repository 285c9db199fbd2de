package io.skein.standalone.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

final class OperationsPageTest {
    private static final Pattern ROW = Pattern.compile("(?m)^\\| `(skein\\.[a-z.-]+)` \\|");

    @Test
    void the_page_has_a_row_for_every_key_and_for_nothing_else() throws IOException {
        SortedSet<String> described = new TreeSet<>();
        Matcher row = ROW.matcher(Files.readString(Path.of("..", "docs", "operations.md")));
        while (row.find()) {
            described.add(row.group(1));
        }
        SortedSet<String> taken = new TreeSet<>(KnownKeys.ofTheClassPath().keys());
        taken.removeIf(key -> key.startsWith("skein.some.")); // a test's own
        assertThat(described).isEqualTo(taken);
    }
}
