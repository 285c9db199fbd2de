package io.skein.standalone.server;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ServerOptionsTest {
    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "localhost", "::1", "127.0.0.2"})
    void loopback_needs_no_word(String address) {
        assertThatCode(() -> options(address, false)).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @ValueSource(strings = {"0.0.0.0", "::", "192.0.2.1"})
    void an_address_that_others_can_reach_is_refused_unless_it_is_meant(String address) {
        assertThatThrownBy(() -> options(address, false))
                .isInstanceOf(StartException.class)
                .hasMessageContaining(address)
                .hasMessageContaining("--insecure-bind");
        assertThatCode(() -> options(address, true)).doesNotThrowAnyException();
    }

    private static ServerOptions options(String bind, boolean insecure) {
        return new ServerOptions(Path.of("data"), 0, 0, bind, insecure, Map.of(), null);
    }
}
