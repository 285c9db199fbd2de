package io.skein.standalone.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class DataFolderTest {
    @TempDir
    private Path folder;

    @Test
    void a_second_one_is_told_who_has_the_folder() {
        try (DataFolder first = DataFolder.take(folder)) {
            first.announce(URI.create("http://127.0.0.1:8080"), "127.0.0.1:9092");
            assertThatThrownBy(() -> DataFolder.take(folder))
                    .isInstanceOf(StartException.class)
                    .hasMessageContaining("process " + ProcessHandle.current().pid())
                    .hasMessageContaining("http://127.0.0.1:8080");
        }
    }

    @Test
    void once_given_back_it_can_be_taken_again() {
        DataFolder.take(folder).close();
        DataFolder.take(folder).close();
    }

    @Test
    void a_running_server_is_found_and_one_that_was_killed_is_not() throws IOException {
        assertThat(DataFolder.runningServer(folder)).isEmpty();
        try (DataFolder taken = DataFolder.take(folder)) {
            taken.announce(URI.create("http://127.0.0.1:8080"), "127.0.0.1:9092");
            assertThat(DataFolder.runningServer(folder)).contains(URI.create("http://127.0.0.1:8080"));
            Files.writeString(folder.resolve("server.json"), "{\"pid\":2147483647,\"url\":\"http://127.0.0.1:8080\"}");
            assertThat(DataFolder.runningServer(folder)).isEmpty();
            Files.writeString(folder.resolve("server.json"), "{\"pid\":");
            assertThat(DataFolder.runningServer(folder)).isEmpty();
        }
    }
}
