package io.skein.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class NothingIsReportedTest {
    @Test
    void no_server_is_contacted_that_is_not_configured() {
        List<String> contacted = new CopyOnWriteArrayList<>();
        ProxySelector before = ProxySelector.getDefault();
        ProxySelector.setDefault(new ProxySelector() {
            @Override
            public List<Proxy> select(URI uri) {
                contacted.add(uri.getHost());
                return List.of(Proxy.NO_PROXY);
            }

            @Override
            public void connectFailed(URI uri, SocketAddress address, IOException failure) {
                contacted.add(uri.getHost());
            }
        });
        try (RunningCommandSide side = RunningCommandSide.start(Map.of())) {
            assertThat(side.number("select count(*) from event_log")).isZero();
            assertThat(Thread.getAllStackTraces().keySet().stream().map(Thread::getName))
                    .noneMatch(name -> name.contains("UpdateChecker"));
            assertThat(contacted).allMatch(host -> host.equals("127.0.0.1") || host.equals("localhost"));
        } finally {
            ProxySelector.setDefault(before);
        }
    }

    @Test
    void the_component_that_brings_the_usage_report_is_never_used() throws IOException {
        Path classes = Path.of("target/classes");
        try (Stream<Path> files = Files.walk(classes)) {
            assertThat(files.filter(file -> file.toString().endsWith(".class")))
                    .isNotEmpty()
                    .noneMatch(file -> text(file).contains("org/axonframework/config/"))
                    .noneMatch(file -> text(file).contains("org/axonframework/updates/"));
        }
    }

    private static String text(Path file) {
        try {
            return new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
