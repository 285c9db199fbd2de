package io.skein.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.core.IntervalFunction;
import io.skein.client.example.ReadmeExample;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;
import tools.jackson.core.json.JsonFactory;

class ReadmeExampleTest {
    @TempDir
    Path folder;

    @Test
    void the_readme_shows_the_example_that_compiles() throws Exception {
        String source = Files.readString(Path.of("src/test/java/io/skein/client/example/ReadmeExample.java"));
        String example = source.split("// \\[readme]\n")[1].strip();
        String readme = Files.readString(Path.of("README.md"));
        assertThat(readme).contains("```java\n" + example + "\n```");
    }

    @Test
    void the_readme_names_every_reason() throws Exception {
        String readme = Files.readString(Path.of("README.md"));
        for (BusException.Reason reason : BusException.Reason.values()) {
            assertThat(readme).contains("`" + reason + "`");
        }
    }

    @Test
    void sending_by_http_needs_the_json_writer_the_breaker_and_the_logging_interface_alone() throws Exception {
        List<URL> needed = new ArrayList<>();
        for (Class<?> one : List.of(
                AgentMessageBus.class,
                ReadmeExample.class,
                JsonFactory.class,
                CircuitBreaker.class,
                IntervalFunction.class,
                LoggerFactory.class,
                Nullable.class)) {
            needed.add(one.getProtectionDomain().getCodeSource().getLocation());
        }
        try (FakeDoor door = new FakeDoor().wants("key");
                URLClassLoader alone =
                        new URLClassLoader(needed.toArray(URL[]::new), ClassLoader.getPlatformClassLoader())) {
            assertThatThrownBy(() -> alone.loadClass("org.apache.kafka.clients.producer.KafkaProducer"))
                    .isInstanceOf(ClassNotFoundException.class);
            alone.loadClass(ReadmeExample.class.getName())
                    .getMethod("run", URI.class, String.class, Path.class)
                    .invoke(null, door.address(), "key", folder);
            assertThat(door.recorded()).hasSize(2);
        }
    }

    @Test
    void the_example_does_what_it_says() throws Exception {
        try (FakeDoor door = new FakeDoor().wants("key")) {
            ReadmeExample.run(door.address(), "key", folder);
            assertThat(door.recorded())
                    .extracting(message -> String.valueOf(message.get("content")))
                    .containsExactly("{task=three offers, budget=100}", "and a fourth, please");
        }
    }
}
