package io.skein.query.security;

import static org.assertj.core.api.Assertions.assertThat;

import io.skein.query.RunningQuerySide;
import java.io.IOException;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BrowserGuardTest {
    private static final RunningQuerySide SIDE = RunningQuerySide.shared();

    @ParameterizedTest
    @ValueSource(
            strings = {"localhost", "LocalHost:8080", "127.0.0.1:1", "[::1]", "[::1]:8080", "skein.example.com:443"})
    void own_names_are_allowed(String host) {
        assertThat(new HostCheck(List.of("Skein.example.com")).allows(host)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "evil.example",
                "localhost.evil.example",
                "127.0.0.1.evil.example",
                "localhost:80:80",
                "localhost:evil",
                "[::1]evil",
                "[::2]",
                "",
                " localhost"
            })
    void other_names_are_not(String host) {
        assertThat(new HostCheck(List.of()).allows(host)).isFalse();
    }

    @Test
    void no_name_is_none_of_ours() {
        assertThat(new HostCheck(List.of()).allows(null)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/v1/agents", "/live", "/api.html", "/actuator/health"})
    void a_call_under_a_foreign_name_is_misdirected(String path) throws IOException {
        String answer = call(SIDE.port(), path, "rebound.evil.example:" + SIDE.port());

        assertThat(answer).startsWith("HTTP/1.1 421").contains("application/problem+json", "\"field\":\"Host\"");
    }

    @Test
    void a_configured_name_is_answered() throws IOException {
        try (RunningQuerySide side = RunningQuerySide.configured(Map.of("skein.allowed-hosts", "skein.test"))) {
            assertThat(call(side.port(), "/v1/agents", "skein.test:8080")).startsWith("HTTP/1.1 200");
            assertThat(call(side.port(), "/v1/agents", "other.test")).startsWith("HTTP/1.1 421");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/v1/agents", "/v1/agents?limit=0", "/nowhere", "/swagger-ui/index.html"})
    void every_answer_carries_the_security_headers(String path) {
        HttpResponse<String> answer = SIDE.get(path);

        assertThat(answer.headers().firstValue("Content-Security-Policy"))
                .hasValueSatisfying(policy -> assertThat(policy)
                        .contains("default-src 'self'", "frame-ancestors 'none'")
                        .doesNotContain("unsafe-eval"));
        assertThat(answer.headers().firstValue("X-Content-Type-Options")).hasValue("nosniff");
        assertThat(answer.headers().firstValue("Referrer-Policy")).hasValue("no-referrer");
    }

    private static String call(int port, String path, String host) throws IOException {
        try (Socket socket = new Socket("127.0.0.1", port)) {
            socket.setSoTimeout(10_000);
            socket.getOutputStream()
                    .write(("GET " + path + " HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
