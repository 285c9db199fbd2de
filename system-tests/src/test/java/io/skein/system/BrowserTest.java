package io.skein.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** The dashboard in a real browser: the page is opened once, messages are posted, and it shows them without being loaded again. */
class BrowserTest {
    @Test
    void posted_messages_and_their_alert_appear_without_a_reload() throws Exception {
        Optional<Path> browser = browser();
        // Only a person without a browser may do without; the launcher installs one where the tests decide.
        Assumptions.assumeTrue(
                browser.isPresent() || System.getenv("SKEIN_WITHOUT_BROWSER") == null,
                "skipped: SKEIN_WITHOUT_BROWSER is set and no browser was found");
        assertThat(browser)
                .as("a Chromium or Chrome; name one with SKEIN_BROWSER")
                .isPresent();
        RunningSkein skein = RunningSkein.shared();

        Path output = Files.createTempFile("skein-browser-", ".out");
        ProcessBuilder script = new ProcessBuilder(
                        "node",
                        root().resolve("system-tests/src/test/browser/dashboard.mjs")
                                .toString(),
                        skein.server.url().toString())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile());
        script.environment()
                .putAll(Map.of(
                        "SKEIN_BROWSER", browser.orElseThrow().toString(),
                        "SKEIN_PLAYWRIGHT",
                                root().resolve("web-dashboard/node_modules/playwright-core")
                                        .toString(),
                        "SKEIN_SCREENSHOTS",
                                root().resolve("system-tests/target").toString()));
        Process running = script.start();
        try {
            assertThat(running.waitFor(300, TimeUnit.SECONDS))
                    .as("the browser script ended")
                    .isTrue();
        } finally {
            running.destroyForcibly();
        }
        assertThat(running.exitValue()).as(Files.readString(output)).isZero();
    }

    private static Optional<Path> browser() {
        Stream<String> named = Stream.ofNullable(System.getenv("SKEIN_BROWSER"));
        Stream<String> usual = Stream.of(
                "/usr/bin/chromium",
                "/usr/bin/chromium-browser",
                "/usr/bin/google-chrome-stable",
                "/usr/bin/google-chrome");
        return Stream.concat(named, usual)
                .map(Path::of)
                .filter(Files::isExecutable)
                .findFirst();
    }

    private static Path root() {
        Path here = Path.of("").toAbsolutePath();
        return List.of(here, here.getParent()).stream()
                .filter(folder -> Files.exists(folder.resolve("skein")))
                .findFirst()
                .orElseThrow();
    }
}
