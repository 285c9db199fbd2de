package io.skein.projection.byzantine;

import io.skein.projection.detection.PatternFold;
import java.util.List;

/** The detectors of Byzantine behaviour. */
public final class Byzantine {
    private Byzantine() {}

    /** New ones, that know nothing yet. */
    public static List<PatternFold> detectors() {
        return List.of(new Equivocation(), new Contradiction(), new SenderSequence(), new Protocol());
    }
}
