package io.skein.projection.hoarding;

import io.skein.projection.detection.Parameters;
import io.skein.projection.detection.PatternFold;
import java.util.List;
import java.util.Map;

/** The detectors of hoarding and deadlock. */
public final class Hoards {
    private Hoards() {}

    /**
     * New ones, that know nothing yet.
     *
     * @param changes parameters other than the defaults, by detector
     */
    public static List<PatternFold> detectors(Map<String, Map<String, String>> changes) {
        return List.of(
                new Hoarding(Parameters.with(Hoarding.Policy.DEFAULT, changes.getOrDefault(Hoarding.NAME, Map.of()))),
                new Deadlock(Parameters.with(Deadlock.Policy.DEFAULT, changes.getOrDefault(Deadlock.NAME, Map.of()))));
    }
}
