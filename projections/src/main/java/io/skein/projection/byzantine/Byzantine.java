package io.skein.projection.byzantine;

import io.skein.projection.detection.Parameters;
import io.skein.projection.detection.PatternFold;
import java.util.List;
import java.util.Map;

/** The detectors of Byzantine behaviour. */
public final class Byzantine {
    private Byzantine() {}

    /**
     * New ones, that know nothing yet.
     *
     * @param changes parameters other than the defaults, by detector
     */
    public static List<PatternFold> detectors(Map<String, Map<String, String>> changes) {
        return List.of(
                new Equivocation(with(Equivocation.Policy.DEFAULT, Equivocation.NAME, changes)),
                new Contradiction(with(Contradiction.Policy.DEFAULT, Contradiction.NAME, changes)),
                new SenderSequence(with(SenderSequence.Policy.DEFAULT, SenderSequence.NAME, changes)),
                new Protocol(with(Protocol.Policy.DEFAULT, Protocol.NAME, changes)),
                new SilentDrops(with(SilentDrops.Policy.DEFAULT, SilentDrops.NAME, changes)));
    }

    private static <R extends Record> R with(R policy, String detector, Map<String, Map<String, String>> changes) {
        return Parameters.with(policy, changes.getOrDefault(detector, Map.of()));
    }
}
