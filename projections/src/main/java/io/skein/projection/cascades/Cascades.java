package io.skein.projection.cascades;

import io.skein.projection.detection.PatternFold;
import java.util.List;

/** The detectors of cascades. */
public final class Cascades {
    private Cascades() {}

    /** New ones, that know nothing yet. */
    public static List<PatternFold> detectors() {
        return List.of(new BranchingTree(CascadePolicy.DEFAULT));
    }
}
