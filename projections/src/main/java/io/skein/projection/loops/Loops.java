package io.skein.projection.loops;

import io.skein.projection.detection.Parameters;
import io.skein.projection.detection.PatternFold;
import java.util.List;
import java.util.Map;

/** The detectors of what goes round. */
public final class Loops {
    private Loops() {}

    /**
     * New ones, that know nothing yet.
     *
     * @param changes parameters other than the defaults, by detector
     */
    public static List<PatternFold> detectors(Map<String, Map<String, String>> changes) {
        return List.of(
                new RoutingLoops(
                        Parameters.with(LoopPolicy.DEFAULT, changes.getOrDefault(OpenRequestChain.NAME, Map.of()))),
                new Livelock(Parameters.with(Livelock.Policy.DEFAULT, changes.getOrDefault(Livelock.NAME, Map.of()))));
    }
}
