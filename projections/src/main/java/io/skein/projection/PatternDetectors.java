package io.skein.projection;

import io.skein.projection.byzantine.Byzantine;
import io.skein.projection.cascades.Cascades;
import io.skein.projection.detection.PatternFold;
import io.skein.projection.hoarding.Hoards;
import io.skein.projection.loops.Loops;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Every detector there is. */
public final class PatternDetectors {
    private PatternDetectors() {}

    /** New ones with the parameters they run with. */
    public static List<PatternFold> all() {
        return with(Map.of());
    }

    /**
     * New ones with other parameters, as for a what-if.
     *
     * @param changes values by detector name and parameter name, as {@link io.skein.kernel.alert.Detector} says them
     * @throws IllegalArgumentException if a detector or a parameter is not known, or a value not allowed
     */
    public static List<PatternFold> with(Map<String, Map<String, String>> changes) {
        List<PatternFold> detectors = new ArrayList<>(Loops.detectors(changes));
        detectors.addAll(Byzantine.detectors(changes));
        detectors.addAll(Cascades.detectors(changes));
        detectors.addAll(Hoards.detectors(changes));
        List<String> names =
                detectors.stream().map(detector -> detector.identity().name()).toList();
        for (String name : changes.keySet()) {
            if (!names.contains(name)) {
                throw new IllegalArgumentException("no such detector: " + name + "; expected one of " + names);
            }
        }
        return List.copyOf(detectors);
    }
}
