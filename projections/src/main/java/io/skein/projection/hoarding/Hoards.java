package io.skein.projection.hoarding;

import io.skein.projection.detection.PatternFold;
import java.util.List;

/** The detectors of hoarding and deadlock. */
public final class Hoards {
    private Hoards() {}

    /** New ones, that know nothing yet. */
    public static List<PatternFold> detectors() {
        return List.of(new Hoarding(), new Deadlock());
    }
}
