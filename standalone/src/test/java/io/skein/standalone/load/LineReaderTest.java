package io.skein.standalone.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.CharRange;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class LineReaderTest {
    @Property(tries = 200)
    void what_was_written_as_lines_is_read_as_lines_with_their_numbers(
            @ForAll @Size(max = 20)
                    List<@StringLength(min = 1, max = 30) @CharRange(from = '!', to = 'ÿ') String> texts)
            throws IOException {
        List<Line> lines = read(String.join("\n", texts), 1_000);
        assertThat(lines.stream().map(line -> new String(line.bytes(), StandardCharsets.UTF_8)))
                .isEqualTo(texts);
        assertThat(lines.stream().map(Line::number)).isSorted().doesNotHaveDuplicates();
    }

    @Test
    void empty_lines_are_passed_over_but_counted() throws IOException {
        List<Line> lines = read("\n{}\r\n  \t\r\n\n{\"a\":1}", 1_000);
        assertThat(lines.stream().map(Line::number)).containsExactly(2L, 5L);
        assertThat(text(lines.getFirst())).isEqualTo("{}\r");
    }

    @Test
    void a_byte_order_mark_is_no_part_of_the_first_message() throws IOException {
        assertThat(text(read("\uFEFF{}\n{}", 1_000).getFirst())).isEqualTo("{}");
    }

    @Test
    void a_line_beyond_the_limit_is_named_and_the_next_one_is_whole() throws IOException {
        List<Line> lines = read("x".repeat(11) + "\n" + "y".repeat(10), 10);
        assertThat(lines.getFirst().tooLong()).isTrue();
        assertThat(lines.getFirst().bytes()).isEmpty();
        assertThat(lines.getLast().tooLong()).isFalse();
        assertThat(text(lines.getLast())).isEqualTo("y".repeat(10));
    }

    @Test
    void a_file_named_gz_is_unpacked(@TempDir Path folder) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream zip = new GZIPOutputStream(bytes)) {
            zip.write("{}\n[]\n".getBytes(StandardCharsets.UTF_8));
        }
        Path file = folder.resolve("messages.jsonl.gz");
        Files.write(file, bytes.toByteArray());
        try (LineReader reader = new LineReader(file, 100)) {
            assertThat(reader.next()).extracting(LineReaderTest::text).isEqualTo("{}");
            assertThat(reader.next()).extracting(LineReaderTest::text).isEqualTo("[]");
            assertThat(reader.next()).isNull();
            assertThat(reader.bytesRead()).isEqualTo(bytes.size());
        }
    }

    private static List<Line> read(String text, int longest) throws IOException {
        List<Line> lines = new ArrayList<>();
        try (LineReader reader =
                new LineReader("memory", new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)), longest)) {
            for (Line line = reader.next(); line != null; line = reader.next()) {
                lines.add(line);
            }
        }
        return lines;
    }

    private static String text(Line line) {
        return new String(line.bytes(), StandardCharsets.UTF_8);
    }
}
