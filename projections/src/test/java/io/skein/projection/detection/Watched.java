package io.skein.projection.detection;

import static org.assertj.core.api.Assertions.assertThat;

import io.skein.kernel.agent.MessageRecorded;
import io.skein.kernel.alert.EvidenceItem;
import io.skein.kernel.alert.Grade;
import io.skein.kernel.alert.Pattern;
import io.skein.kernel.id.AlertId;
import io.skein.projection.detection.Finding.Ended;
import io.skein.projection.detection.Finding.Told;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.function.Supplier;

/** What a detector said to a log, with a second one beside it that was saved and restored on the way and must say the same. */
public final class Watched {
    private final List<Told> findings = new ArrayList<>();

    private final List<Ended> ended = new ArrayList<>();

    private Watched() {}

    public static Watched over(Supplier<? extends PatternFold> unknowing, List<MessageRecorded> log, int cut) {
        Watched watched = new Watched();
        PatternFold live = unknowing.get();
        PatternFold other = unknowing.get();
        List<Finding> all = new ArrayList<>();
        List<Finding> others = new ArrayList<>();
        for (int i = 0; i < log.size(); i++) {
            if (i == cut) {
                byte[] saved = Detection.state(other);
                other = unknowing.get();
                Detection.restore(other, saved);
                assertThat(Detection.state(other)).isEqualTo(saved);
            }
            long at = log.get(i).recordedAt().toEpochMilli();
            all.addAll(live.on(log.get(i), i + 1, at));
            others.addAll(other.on(log.get(i), i + 1, at));
        }
        assertThat(others).isEqualTo(all);
        Set<AlertId> open = new HashSet<>();
        Set<AlertId> over = new HashSet<>();
        for (Finding each : all) {
            if (each instanceof Told told) {
                watched.findings.add(told);
                open.add(told.alert().alertId());
                assertThat(over).doesNotContain(told.alert().alertId());
            } else if (each instanceof Ended ended) {
                assertThat(open.remove(ended.alertId())).isTrue();
                over.add(ended.alertId());
                watched.ended.add(ended);
            }
        }
        assertThat(Detection.state(other)).isEqualTo(Detection.state(live));
        for (Told finding : watched.findings) {
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

    public List<Told> findings() {
        return findings;
    }

    public List<Ended> ended() {
        return ended;
    }

    /** The first finding of each alert. */
    public List<Told> alerts(Predicate<Told> which) {
        Map<AlertId, Told> first = new LinkedHashMap<>();
        for (Told finding : findings) {
            if (which.test(finding)) {
                first.putIfAbsent(finding.alert().alertId(), finding);
            }
        }
        return List.copyOf(first.values());
    }

    /** The first agent of each fact of the pattern. */
    public Set<String> guilty(Pattern pattern) {
        Set<String> guilty = new TreeSet<>();
        for (Told finding :
                alerts(each -> each.alert().pattern() == pattern && each.alert().grade() == Grade.FACT)) {
            guilty.add(finding.alert().agents().getFirst().value());
        }
        return guilty;
    }
}
