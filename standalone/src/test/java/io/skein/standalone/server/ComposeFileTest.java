package io.skein.standalone.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.yaml.snakeyaml.Yaml;

/** Docker is not everywhere, so this reads the file: what it promises, and that its names exist. */
final class ComposeFileTest {
    private static final Path HOUSE = Path.of("..").toAbsolutePath().normalize();
    private static final Pattern VARIABLE = Pattern.compile("\\$\\{(\\w+)([^}]*)}");

    private final String text = Files.readString(HOUSE.resolve("docker-compose.yml"));
    private final Map<String, Map<String, Object>> services = services();

    ComposeFileTest() throws IOException {}

    @Test
    void each_side_is_a_service_of_its_own_with_a_health_check_and_a_limit_to_its_rights() {
        assertThat(services).containsKeys("postgres", "kafka", "schema", "command-side", "projections", "query-side");
        services.forEach((name, service) -> {
            if (!name.equals("schema")) {
                assertThat(service).as(name).containsKey("healthcheck").containsEntry("restart", "unless-stopped");
            }
        });
        for (String side : List.of("command-side", "projections", "query-side")) {
            assertThat(services.get(side))
                    .as(side)
                    .containsEntry("read_only", true)
                    .containsEntry("cap_drop", List.of("ALL"));
        }
    }

    @Test
    @SuppressWarnings({"unchecked", "NullAway"}) // a missing member fails the test as well as an assertion would
    void every_side_is_built_from_a_room_and_a_main_class_that_exist() {
        services.forEach((name, service) -> {
            if (service.containsKey("build")) {
                Map<String, Object> build = (Map<String, Object>) service.get("build");
                Map<String, String> arguments = (Map<String, String>) build.get("args");
                String main = String.valueOf(arguments.get("MAIN"));
                assertThat(HOUSE.resolve(String.valueOf(build.get("dockerfile"))))
                        .exists();
                assertThat(HOUSE.resolve(arguments.get("SIDE") + "/src/main/java/" + main.replace('.', '/') + ".java"))
                        .exists();
            }
        });
    }

    @Test
    @SuppressWarnings({"unchecked", "NullAway"}) // a missing member fails the test as well as an assertion would
    void every_variable_that_a_side_is_given_is_a_key_that_somebody_takes() {
        KnownKeys known = KnownKeys.ofTheClassPath();
        for (String side : List.of("command-side", "projections", "query-side")) {
            Map<String, Object> environment =
                    (Map<String, Object>) services.get(side).get("environment");
            assertThat(environment.keySet()).as(side).allMatch(known::knows);
        }
    }

    @Test
    void no_secret_has_a_default_and_the_example_names_each() throws IOException {
        String example = Files.readString(HOUSE.resolve(".env.example"));
        Matcher variable = VARIABLE.matcher(text);
        while (variable.find()) {
            if (variable.group(1).contains("PASSWORD")) {
                assertThat(variable.group(2)).as(variable.group()).startsWith(":?");
                assertThat(example.lines().collect(Collectors.toList())).contains(variable.group(1) + "=");
            }
        }
    }

    @Test
    void only_loopback_is_published() {
        services.forEach((name, service) -> {
            if (service.get("ports") instanceof List<?> ports) {
                assertThat(ports).as(name).allMatch(port -> port.toString().startsWith("127.0.0.1:"));
            }
        });
    }

    @SuppressWarnings({"unchecked", "NullAway"}) // a missing member fails the test as well as an assertion would
    private Map<String, Map<String, Object>> services() throws IOException {
        try (Reader reader = Files.newBufferedReader(HOUSE.resolve("docker-compose.yml"))) {
            Map<String, Object> file = new Yaml().load(reader);
            return (Map<String, Map<String, Object>>) file.get("services");
        }
    }
}
