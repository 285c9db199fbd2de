package io.skein.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.skein.eventlog.EventSerializer;
import io.skein.eventlog.EventTypes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.axonframework.serialization.Revision;
import org.axonframework.serialization.SimpleSerializedObject;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each revision of each event that was ever stored still loads; a file of a revision, once there, is never changed. */
class GoldenEventsTest {
    private static final Path GOLDEN = Path.of("..", "shared-kernel", "src", "test", "resources", "golden");
    private static final EventSerializer SERIALIZER = EventSerializer.create();

    static List<Path> files() throws IOException {
        try (Stream<Path> files = Files.list(GOLDEN)) {
            return files.sorted().toList();
        }
    }

    @ParameterizedTest
    @MethodSource("files")
    void every_golden_event_loads_and_is_written_as_the_same_bytes(Path file) throws IOException {
        String[] name = file.getFileName().toString().split("\\.", 3);
        byte[] golden = Files.readString(file).strip().getBytes(java.nio.charset.StandardCharsets.UTF_8);
        Object event = SERIALIZER.deserialize(new SimpleSerializedObject<>(golden, byte[].class, name[0], name[1]));
        assertThat(event).isInstanceOf(EventTypes.all().get(name[0]));
        assertThat(SERIALIZER.serialize(event, byte[].class).getData()).isEqualTo(golden);
    }

    @Test
    void every_event_type_has_a_golden_file_of_its_revision() throws IOException {
        List<String> present =
                files().stream().map(file -> file.getFileName().toString()).toList();
        assertThat(EventTypes.all().entrySet())
                .isNotEmpty()
                .allSatisfy(type -> assertThat(present)
                        .contains(type.getKey() + "."
                                + type.getValue().getAnnotation(Revision.class).value() + ".json"));
    }
}
