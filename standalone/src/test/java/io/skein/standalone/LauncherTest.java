package io.skein.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The launcher in a house of its own, with JDKs and a Maven that only say that they were called. */
final class LauncherTest {
    private record Outcome(int code, String out) {}

    @TempDir
    private Path folder;

    private Path house = Path.of("");
    private Path tools = Path.of("");

    @BeforeEach
    void build() throws IOException {
        house = folder.resolve("house");
        tools = folder.resolve("tools");
        Files.createDirectories(house.resolve("standalone/src/main"));
        Files.createDirectories(house.resolve("standalone/target"));
        Files.createDirectories(tools);
        Files.copy(Path.of("..", "skein"), house.resolve("skein"));
        Files.writeString(house.resolve("pom.xml"), "<project/>");
        Files.writeString(house.resolve("standalone/pom.xml"), "<project/>");
        script(tools.resolve("mvn"), """
                if [ "$1" = -v ]; then echo "Apache Maven ${MAVEN_IS:-3.9.9} (x)"; exit 0; fi
                echo "[INFO] Building standalone 0.1.0-SNAPSHOT                 [1/1]"
                echo "mvn $*" >> "$(dirname "$0")/called"
                [ -z "${MAVEN_FAILS:-}" ] || { echo "[ERROR] no such thing"; exit 1; }
                touch standalone/target/standalone-1-app.jar""");
        script(tools.resolve("node"), "echo v22.1.0");
        script(tools.resolve("npm"), "echo 10");
    }

    @Test
    void without_a_command_it_tells_what_there_is() throws Exception {
        Outcome outcome = skein(List.of());
        assertThat(outcome.code).isZero();
        assertThat(outcome.out).contains("run [--demo]", "import FILE", "test", "bench", "Exit codes");
    }

    @Test
    void a_java_home_that_is_new_enough_is_taken() throws Exception {
        built();
        Outcome outcome = skein(List.of("JAVA_HOME=" + jdk("new", "26.0.1")), "status", "--data", "x y");
        assertThat(outcome.out).contains("java of new").contains("running/standalone-1.jar status --data x y");
        assertThat(outcome.code).isEqualTo(7);
    }

    @Test
    void a_java_home_that_is_too_old_is_passed_over() throws Exception {
        built();
        Path home = folder.resolve("home");
        Path lying = jdk("home/.sdkman/candidates/java/25-tem", "25.0.1");
        Outcome outcome = skein(List.of("JAVA_HOME=" + jdk("old", "17.0.15"), "HOME=" + home), "status");
        assertThat(outcome.out).doesNotContain("java of old");
        assertThat(lying).exists();
    }

    @Test
    void what_is_built_is_not_built_again_until_a_source_changes() throws Exception {
        List<String> jdk = List.of("JAVA_HOME=" + jdk("jdk", "25.0.1"));
        assertThat(skein(jdk, "status").out).contains("not built yet", "[1/1] standalone", "built", "java of jdk");
        assertThat(skein(jdk, "status").out).doesNotContain("Building");
        Path source = Files.writeString(house.resolve("standalone/src/main/New.java"), "class New {}");
        Files.setLastModifiedTime(source, FileTime.from(Instant.now().plus(Duration.ofSeconds(5))));
        assertThat(skein(jdk, "status").out).contains("Building").contains("changed");
    }

    @Test
    void many_changed_sources_are_no_trouble() throws Exception {
        List<String> jdk = List.of("JAVA_HOME=" + jdk("jdk", "25.0.1"));
        skein(jdk, "status");
        for (int i = 0; i < 3_000; i++) {
            Path source = Files.createFile(house.resolve("standalone/src/main/SomeQuiteLongNameOfASourceFile" + i));
            Files.setLastModifiedTime(source, FileTime.from(Instant.now().plus(Duration.ofSeconds(5))));
        }
        assertThat(skein(jdk, "status").code).isEqualTo(7);
    }

    @Test
    void a_build_that_fails_says_why_and_where_the_rest_is() throws Exception {
        Outcome outcome = skein(List.of("JAVA_HOME=" + jdk("jdk", "25.0.1"), "MAVEN_FAILS=1"), "status");
        assertThat(outcome.code).isEqualTo(4);
        assertThat(outcome.out).contains("no such thing").contains("build.log").doesNotContain("java of");
    }

    @Test
    void a_maven_that_is_too_old_is_refused_with_both_versions() throws Exception {
        Outcome outcome = skein(List.of("JAVA_HOME=" + jdk("jdk", "25.0.1"), "MAVEN_IS=3.8.6"), "status");
        assertThat(outcome.code).isEqualTo(3);
        assertThat(outcome.out).contains("3.8.6").contains("3.8.7");
    }

    @Test
    void in_ci_no_test_may_be_left_out() throws Exception {
        Outcome outcome = skein(List.of("JAVA_HOME=" + jdk("jdk", "25.0.1"), "CI=true"), "test", "--without-browser");
        assertThat(outcome.code).isEqualTo(64);
    }

    @Test
    void test_runs_all_of_maven_verify() throws Exception {
        Path browser = script(folder.resolve("chromium"), "true");
        Outcome outcome =
                skein(List.of("JAVA_HOME=" + jdk("jdk", "25.0.1"), "SKEIN_BROWSER=" + browser), "test", "-pl", "db");
        assertThat(outcome.code).isZero();
        assertThat(Files.readString(tools.resolve("called")))
                .contains("verify -pl db")
                .doesNotContain("skip");
    }

    private void built() throws IOException {
        Files.createDirectories(house.resolve("standalone/target/running"));
        Files.createFile(house.resolve("standalone/target/running/standalone-1.jar"));
        Path stamp = Files.createFile(house.resolve("standalone/target/.built"));
        Files.setLastModifiedTime(stamp, FileTime.from(Instant.now().plus(Duration.ofSeconds(60))));
    }

    private Path jdk(String name, String version) throws IOException {
        Path jdk = folder.resolve(name);
        Files.createDirectories(jdk.resolve("bin"));
        Files.writeString(jdk.resolve("release"), "IMPLEMENTOR=\"x\"\nJAVA_VERSION=\"" + version + "\"\n");
        script(jdk.resolve("bin/javac"), "true");
        script(jdk.resolve("bin/java"), "echo \"java of " + jdk.getFileName() + ": $*\"; exit 7");
        return jdk;
    }

    private static Path script(Path file, String body) throws IOException {
        Files.writeString(file, "#!/bin/sh\n" + body + "\n");
        return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private Outcome skein(List<String> environment, String... arguments) throws Exception {
        ProcessBuilder builder = new ProcessBuilder(house.resolve("skein").toString());
        builder.command().addAll(List.of(arguments));
        builder.environment().clear();
        builder.environment().put("PATH", tools + ":/usr/bin:/bin");
        builder.environment().put("HOME", folder.toString());
        for (String variable : environment) {
            builder.environment()
                    .put(variable.substring(0, variable.indexOf('=')), variable.substring(variable.indexOf('=') + 1));
        }
        Path output = Files.createTempFile(folder, "output", ".txt");
        Process process = builder.redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        return new Outcome(process.exitValue(), Files.readString(output));
    }
}
