package io.skein.projection.detection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.skein.kernel.agent.MessageRecorded;
import io.skein.projection.PatternDetectors;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class QuietOnRealConversationsTest {
    @Test
    void nothing_is_found_in_conversations_where_nothing_was_injected() {
        assumeTrue(RealConversations.areHere(), "../shared/data is absent");
        for (String set : RealConversations.SETS) {
            assertThat(told(RealConversations.imported(set))).as(set).isEmpty();
            assertThat(told(RealConversations.interleaved(set))).as(set).isEmpty();
        }
    }

    private static List<Finding> told(List<MessageRecorded> log) {
        Detection detection = new Detection(PatternDetectors.all());
        List<Finding> told = new ArrayList<>();
        for (int i = 0; i < log.size(); i++) {
            for (Finding finding : detection.on(log.get(i), i + 1)) {
                if (finding instanceof Finding.Told) {
                    told.add(finding);
                }
            }
        }
        return told;
    }

    @Test
    void what_is_older_than_the_window_or_beyond_the_limit_is_forgotten_eldest_first() {
        Windowed<String, Integer> map = new Windowed<>(1_000, 3);
        map.put("a", 1, 0);
        map.put("b", 2, 500);
        map.put("a", 3, 600);
        map.forget(1_500);
        assertThat(map.keys()).containsExactly("a");
        map.put("c", 1, 1_500);
        map.put("d", 1, 1_500);
        assertThat(map.overflowed()).isFalse();
        map.put("e", 1, 1_500);
        assertThat(map.keys()).containsExactly("c", "d", "e");
        assertThat(map.overflowed()).isTrue();
    }
}
