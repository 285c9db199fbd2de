package io.skein.projection.cascades;

import io.skein.projection.detection.Parameters;
import io.skein.projection.detection.PatternFold;
import java.util.List;
import java.util.Map;

/** The detectors of cascades. */
public final class Cascades {
    private Cascades() {}

    /**
     * New ones, that know nothing yet.
     *
     * @param changes parameters other than the defaults, by detector
     */
    public static List<PatternFold> detectors(Map<String, Map<String, String>> changes) {
        return List.of(new BranchingTree(
                Parameters.with(CascadePolicy.DEFAULT, changes.getOrDefault(BranchingTree.NAME, Map.of()))));
    }
}
