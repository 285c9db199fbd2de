package io.skein.projection.detection;

import static org.assertj.core.api.Assertions.assertThat;

import io.skein.kernel.agent.MessageRecorded;
import io.skein.kernel.alert.EvidenceItem;
import io.skein.kernel.alert.Grade;
import io.skein.kernel.alert.Pattern;
import io.skein.kernel.id.AlertId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.function.Supplier;

/** What a detector said to a log, with a second one beside it that was saved and restored on the way and must say the same. */
public final class Watched {
    private final List<Finding> findings = new ArrayList<>();

    private Watched() {}

    public static Watched over(Supplier<? extends PatternFold> unknowing, List<MessageRecorded> log, int cut) {
        Watched watched = new Watched();
        PatternFold live = unknowing.get();
        PatternFold other = unknowing.get();
        List<Finding> others = new ArrayList<>();
        for (int i = 0; i < log.size(); i++) {
            if (i == cut) {
                byte[] saved = PatternWatch.bytes(other);
                other = unknowing.get();
                PatternWatch.restore(other, saved);
                assertThat(PatternWatch.bytes(other)).isEqualTo(saved);
            }
            watched.findings.addAll(live.on(log.get(i), i + 1));
            others.addAll(other.on(log.get(i), i + 1));
        }
        assertThat(others).isEqualTo(watched.findings);
        assertThat(PatternWatch.bytes(other)).isEqualTo(PatternWatch.bytes(live));
        for (Finding finding : watched.findings) {
            assertThat(finding.alert().evidence())
                    .isNotEmpty()
                    .isSortedAccordingTo(Comparator.comparingLong(EvidenceItem::position));
            for (EvidenceItem item : finding.alert().evidence()) {
                assertThat(log.get((int) item.position() - 1).message().messageId())
                        .isEqualTo(item.messageId());
            }
            assertThat(finding.alert().agents()).isNotEmpty();
            assertThat(finding.alert().description()).endsWith(".").doesNotContain("\n");
        }
        return watched;
    }

    public List<Finding> findings() {
        return findings;
    }

    /** The first finding of each alert. */
    public List<Finding> alerts(Predicate<Finding> which) {
        Map<AlertId, Finding> first = new LinkedHashMap<>();
        for (Finding finding : findings) {
            if (which.test(finding)) {
                first.putIfAbsent(finding.alert().alertId(), finding);
            }
        }
        return List.copyOf(first.values());
    }

    /** The first agent of each fact of the pattern. */
    public Set<String> guilty(Pattern pattern) {
        Set<String> guilty = new TreeSet<>();
        for (Finding finding :
                alerts(each -> each.alert().pattern() == pattern && each.alert().grade() == Grade.FACT)) {
            guilty.add(finding.alert().agents().getFirst().value());
        }
        return guilty;
    }
}
