package io.skein.standalone.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;

final class KnownKeysTest {
    @ConfigurationProperties("skein.some")
    record Some(String bootstrapServers, Inner inner, List<String> hosts, Map<String, String> more) {
        record Inner(int maxWait) {}
    }

    private final KnownKeys keys = new KnownKeys(List.of(Some.class));

    @ParameterizedTest
    @ValueSource(
            strings = {
                "skein.some.bootstrap-servers",
                "skein.some.bootstrapServers",
                "skein.some.inner.max-wait",
                "skein.some.hosts[0]",
                "skein.some.more.anything.at.all",
                "SKEIN_SOME_BOOTSTRAPSERVERS",
                "SKEIN_SOME_BOOTSTRAP_SERVERS",
                "SKEIN_SOME_INNER_MAXWAIT",
                "SKEIN_SOME_HOSTS_0",
                "SKEIN_HOME",
                "server.port",
                "PATH"
            })
    void what_some_record_takes_is_known(String key) {
        assertThatCode(() -> keys.check(environment(key))).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"skein.some.bootstrap-server", "SKEIN_SOME_BOOTSTRAP_SERVER", "skein.som.bootstrap-servers"})
    void what_nobody_takes_is_named_with_what_is_near_to_it(String key) {
        assertThatThrownBy(() -> keys.check(environment(key)))
                .isInstanceOf(StartException.class)
                .hasMessageContaining("configuration key " + key)
                .hasMessageContaining("skein.some.bootstrap-servers");
    }

    @Test
    void the_sides_keys_are_found_on_the_class_path() {
        assertThat(KnownKeys.ofTheClassPath().keys())
                .contains(
                        "skein.command.database.url",
                        "skein.projections.database.url",
                        "skein.query.database.url",
                        "skein.kafka.bootstrap-servers",
                        "skein.database.password");
    }

    private static StandardEnvironment environment(String key) {
        StandardEnvironment environment = new StandardEnvironment();
        environment.getPropertySources().addFirst(new MapPropertySource("here", Map.of(key, "x")));
        return environment;
    }
}
