package io.skein.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class DecisionRecordsTest {
    private static final Pattern NAMED_TEST = Pattern.compile("`([A-Z]\\w*(?:Test|Properties))`");

    @ParameterizedTest
    @MethodSource
    void records(Path record) throws IOException {
        String text = Files.readString(record);
        assertThat(text)
                .contains("**Context.**", "**Decision.**", "**Rejected.**", "**Consequences.**")
                .contains("**The test that would notice.**");
        List<String> named = NAMED_TEST
                .matcher(text.substring(text.indexOf("**The test that would notice.**")))
                .results()
                .map(match -> match.group(1))
                .toList();
        assertThat(named).as("tests that %s names", record).isSubsetOf(testsOfTheHouse());
    }

    static List<Path> records() throws IOException {
        try (Stream<Path> records = Files.list(Path.of("..", "docs", "adr"))) {
            return records.sorted().toList();
        }
    }

    private static Set<String> testsOfTheHouse() throws IOException {
        try (Stream<Path> rooms = Files.list(Path.of(".."))) {
            List<Path> sources = rooms.map(room -> room.resolve("src/test/java"))
                    .filter(Files::isDirectory)
                    .toList();
            Set<String> names = new HashSet<>();
            for (Path source : sources) {
                try (Stream<Path> files = Files.walk(source)) {
                    names.addAll(files.map(file -> String.valueOf(file.getFileName()))
                            .filter(name -> name.endsWith(".java"))
                            .map(name -> name.substring(0, name.length() - ".java".length()))
                            .collect(Collectors.toSet()));
                }
            }
            return names;
        }
    }
}
