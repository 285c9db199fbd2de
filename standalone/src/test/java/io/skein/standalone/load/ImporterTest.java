package io.skein.standalone.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.skein.standalone.client.ServerClient;
import io.skein.standalone.client.UnreachableException;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Against a door that keeps what it is sent and refuses lines that say so. */
final class ImporterTest {
    @TempDir
    private Path folder;

    private final List<String> received = Collections.synchronizedList(new ArrayList<>());
    private final AtomicInteger requests = new AtomicInteger();
    private final StringWriter screen = new StringWriter();
    private int failFirst;
    private int failWith;
    private HttpServer server = start();

    @BeforeEach
    void forget() {
        failFirst = 0;
        failWith = 503;
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    @Test
    void every_line_arrives_once_and_in_the_files_order() throws Exception {
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < 1_777; i++) {
            lines.add("{\"messageId\":\"m-" + i + "\"}");
        }
        ImportResult result = importer(null).run(List.of(file("a.jsonl", lines)));
        assertThat(received).isEqualTo(lines);
        assertThat(result.read()).isEqualTo(1_777);
        assertThat(result.recorded()).isEqualTo(1_777);
        assertThat(result.refused()).isZero();
    }

    @Test
    void a_refused_line_is_named_with_file_number_and_reason() throws Exception {
        Path rejects = folder.resolve("rejects.jsonl");
        Path file = file("b.jsonl", List.of("{}", "", "refuse me", "{}"));
        ImportResult result = importer(rejects).run(List.of(file));
        assertThat(result.read()).isEqualTo(3);
        assertThat(result.refused()).isEqualTo(1);
        assertThat(screen.toString())
                .contains(file + ":3")
                .contains("malformed")
                .contains("no JSON");
        assertThat(Files.readAllLines(rejects))
                .containsExactly(
                        "{\"file\":\"" + file + "\",\"line\":3,\"reason\":\"malformed\",\"detail\":\"no JSON\"}");
    }

    @Test
    void a_line_larger_than_any_message_is_refused_without_being_sent() throws Exception {
        Path file = file("c.jsonl", List.of("{}", "x".repeat(3 << 20), "{}"));
        ImportResult result = importer(null).run(List.of(file));
        assertThat(received).hasSize(2);
        assertThat(result.refused()).isEqualTo(1);
        assertThat(screen.toString()).contains(":2").contains("too_large");
    }

    @Test
    void a_server_that_is_full_or_away_for_a_moment_is_waited_for() throws Exception {
        for (int code : new int[] {429, 503, 500}) {
            failFirst = 2;
            failWith = code;
            requests.set(0);
            ImportResult result = importer(null).run(List.of(file("d" + code + ".jsonl", List.of("{}"))));
            assertThat(result.recorded()).isEqualTo(1);
            assertThat(requests).hasValue(3);
        }
    }

    @Test
    void a_batch_that_is_refused_as_a_whole_is_halved_until_the_one_at_fault_stands_alone() throws Exception {
        List<String> lines = new ArrayList<>(Collections.nCopies(100, "{}"));
        lines.set(41, "poison");
        ImportResult result = importer(null).run(List.of(file("e.jsonl", lines)));
        assertThat(result.recorded()).isEqualTo(99);
        assertThat(result.refused()).isEqualTo(1);
        assertThat(screen.toString()).contains("e.jsonl:42");
    }

    @Test
    void a_server_that_stays_away_ends_the_import_after_the_patience() throws Exception {
        server.stop(0);
        Path file = file("f.jsonl", List.of("{}"));
        assertThatThrownBy(() -> importer(null).run(List.of(file)))
                .isInstanceOf(UnreachableException.class)
                .hasMessageContaining("nobody answers for 1 s");
    }

    private Importer importer(@org.jspecify.annotations.Nullable Path rejects) {
        URI address = URI.create("http://127.0.0.1:" + server.getAddress().getPort());
        return new Importer(new ServerClient(address, Duration.ofSeconds(1)), new PrintWriter(screen), false, rejects);
    }

    private Path file(String name, List<String> lines) throws IOException {
        return Files.write(folder.resolve(name), lines);
    }

    private HttpServer start() {
        try {
            HttpServer started = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
            started.createContext("/v1/messages", this::answer);
            started.start();
            return started;
        } catch (IOException failure) {
            throw new IllegalStateException(failure);
        }
    }

    private void answer(HttpExchange exchange) throws IOException {
        String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        List<String> lines = body.lines().toList();
        if (requests.incrementAndGet() <= failFirst) {
            respond(exchange, failWith, "{}");
        } else if (lines.contains("poison")) {
            respond(exchange, 400, "{\"reason\":\"malformed\",\"detail\":\"poisoned\"}");
        } else {
            List<String> results = new ArrayList<>();
            for (String line : lines) {
                received.add(line);
                results.add(
                        line.startsWith("{")
                                ? "{\"status\":\"recorded\",\"position\":1}"
                                : "{\"status\":\"refused\",\"problem\":{\"reason\":\"malformed\",\"detail\":\"no JSON\"}}");
            }
            respond(exchange, 200, "{\"results\":[" + String.join(",", results) + "]}");
        }
    }

    private static void respond(HttpExchange exchange, int code, String body) throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(code, bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }
}
