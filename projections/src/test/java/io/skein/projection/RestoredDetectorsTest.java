package io.skein.projection;

import static org.assertj.core.api.Assertions.assertThat;

import io.skein.kernel.agent.AgentEvent;
import io.skein.projection.detection.Detection;
import io.skein.projection.detection.Finding;
import io.skein.projection.detection.PatternFold;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Each detector, saved and restored in the middle of any traffic, says the same and saves the same afterwards. */
class RestoredDetectorsTest {
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void a_restored_detector_goes_on_as_if_nothing_had_been(int seed) {
        List<Object> events = RandomEvents.of(new Random(seed), 1_500);
        int cut = new Random(seed).nextInt(events.size());
        for (int d = 0; d < PatternDetectors.all().size(); d++) {
            PatternFold live = PatternDetectors.all().get(d);
            PatternFold other = PatternDetectors.all().get(d);
            for (int i = 0; i < events.size(); i++) {
                if (i == cut) {
                    byte[] saved = Detection.state(other);
                    other = PatternDetectors.all().get(d);
                    Detection.restore(other, saved);
                    assertThat(Detection.state(other)).isEqualTo(saved);
                }
                if (events.get(i) instanceof AgentEvent event) {
                    long at = 137L * i;
                    List<Finding> expected = live.on(event, i + 1, at);
                    assertThat(other.on(event, i + 1, at)).isEqualTo(expected);
                }
            }
            assertThat(Detection.state(other)).as(live.identity().name()).isEqualTo(Detection.state(live));
        }
    }
}
