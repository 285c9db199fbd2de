package io.skein.system;

import static org.assertj.core.api.Assertions.assertThat;

import io.skein.bench.soak.Soak;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code ./skein bench soak} in short. */
class SoakTest {
    @Test
    void nothing_is_lost_doubled_or_out_of_order_while_server_database_and_kafka_are_killed(@TempDir Path folder)
            throws Exception {
        Soak.Result result = Soak.run(
                new Soak.Plan(folder, Duration.ofSeconds(20), 600, Duration.ofSeconds(4), 1, 60, 50, "768m"),
                new PrintWriter(Writer.nullWriter()));

        assertThat(result.differences()).as(result.figures().toString()).isEmpty();
        // How many fit depends on how fast a start is.
        assertThat((Integer) result.figures().get("killsOfTheServer")).isPositive();
        assertThat(result.figures()).containsEntry("killsOfKafka", 1);
        assertThat((Long) result.figures().get("messages")).isGreaterThan(1_000);
    }
}
