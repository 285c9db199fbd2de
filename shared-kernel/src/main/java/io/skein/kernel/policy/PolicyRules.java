package io.skein.kernel.policy;

import io.skein.kernel.problem.Reason;
import io.skein.kernel.problem.Refusal;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Everything a fleet is judged by.
 *
 * @param detectors parameters of detectors by the detector's name; what is not named keeps the detector's own
 */
public record PolicyRules(
        TrustRules trust,
        ConflictRules conflict,
        QuarantineRules quarantine,
        SortedMap<String, SortedMap<String, String>> detectors) {
    /** What holds where nobody has said anything else: version 0 of every policy. Never changed, as the past is judged by it. */
    public static final PolicyRules BUILT_IN = new PolicyRules(
            TrustRules.BUILT_IN, ConflictRules.BUILT_IN, QuarantineRules.BUILT_IN, Collections.emptySortedMap());

    private static final double MOST = 1_000_000;
    private static final long CENTURY_SECONDS = 100L * 366 * 24 * 3_600;
    private static final int MAX_DETECTORS = 64;
    private static final int MAX_PARAMETERS = 64;
    private static final int MAX_CHARACTERS = 256;

    public PolicyRules {
        SortedMap<String, SortedMap<String, String>> copy = new TreeMap<>();
        if (detectors != null) {
            detectors.forEach((name, parameters) -> copy.put(
                    name,
                    Collections.unmodifiableSortedMap(
                            parameters == null ? new TreeMap<>() : new TreeMap<>(parameters))));
        }
        detectors = Collections.unmodifiableSortedMap(copy);
    }

    /** What is wrong with them: the first field at fault, as {@code quarantine.scoreBelow}. */
    public Optional<Refusal> complaint() {
        List<Refusal> found = new ArrayList<>();
        range(found, "trust.priorGood", trust.priorGood(), 0.001, MOST);
        range(found, "trust.priorBad", trust.priorBad(), 0.001, MOST);
        range(found, "trust.halfLifeSeconds", trust.halfLifeSeconds(), 1, CENTURY_SECONDS);
        range(found, "trust.success", trust.success(), 0, MOST);
        range(found, "trust.failure", trust.failure(), 0, MOST);
        range(found, "trust.conflict", trust.conflict(), 0, MOST);
        range(found, "trust.patternInfo", trust.patternInfo(), 0, MOST);
        range(found, "trust.patternWarning", trust.patternWarning(), 0, MOST);
        range(found, "trust.patternCritical", trust.patternCritical(), 0, MOST);
        range(found, "trust.findingFactor", trust.findingFactor(), 0, 1);
        range(found, "trust.suspicionFactor", trust.suspicionFactor(), 0, 1);
        range(found, "trust.patternLeast", trust.patternLeast(), 0, MOST);
        range(found, "trust.patternMost", trust.patternMost(), trust.patternLeast(), MOST);
        range(found, "trust.peer", trust.peer(), 0, MOST);
        range(found, "trust.peerCap", trust.peerCap(), 0, MOST);
        range(found, "conflict.flagAbove", conflict.flagAbove(), 0, 1);
        range(found, "quarantine.scoreBelow", quarantine.scoreBelow(), 0, 100);
        range(found, "quarantine.detectors", quarantine.detectors(), 0, 100);
        range(found, "quarantine.persistentAfter", quarantine.persistentAfter(), 0, 1_000);
        range(found, "quarantine.evidenceWindowSeconds", quarantine.evidenceWindowSeconds(), 1, CENTURY_SECONDS);
        range(found, "quarantine.durationSeconds", quarantine.durationSeconds(), 1, 366L * 24 * 3_600);
        range(found, "quarantine.maxAgents", quarantine.maxAgents(), 0, 1_000_000);
        range(found, "quarantine.maxShare", quarantine.maxShare(), 0, 1);
        range(found, "quarantine.holdOutShare", quarantine.holdOutShare(), 0, 1);
        range(found, "quarantine.hysteresis", quarantine.hysteresis(), 0, MOST);
        range(found, "quarantine.emergencyAgents", quarantine.emergencyAgents(), 0, 1_000_000);
        detectors(found);
        return found.stream().findFirst();
    }

    private void detectors(List<Refusal> found) {
        range(found, "detectors", detectors.size(), 0, MAX_DETECTORS);
        detectors.forEach((detector, parameters) -> {
            word(found, "detectors", detector);
            range(found, "detectors." + shortened(detector), parameters.size(), 0, MAX_PARAMETERS);
            parameters.forEach((parameter, value) -> {
                word(found, "detectors." + shortened(detector), parameter);
                word(found, "detectors." + shortened(detector) + "." + shortened(parameter), value);
            });
        });
    }

    private static void word(List<Refusal> found, String field, String word) {
        if (word == null || word.isBlank() || word.length() > MAX_CHARACTERS) {
            found.add(new Refusal(
                    Reason.INVALID,
                    field,
                    field + " has a name or value of " + (word == null ? 0 : word.length())
                            + " characters; expected 1 to " + MAX_CHARACTERS));
        }
    }

    private static void range(List<Refusal> found, String field, double value, double least, double most) {
        if (!(value >= least && value <= most)) {
            found.add(new Refusal(
                    Reason.INVALID,
                    field,
                    field + " is " + plain(value) + "; expected " + plain(least) + " to " + plain(most)));
        }
    }

    private static String plain(double value) {
        return value == Math.rint(value) && Math.abs(value) < 1e15
                ? Long.toString((long) value)
                : Double.toString(value);
    }

    private static String shortened(String word) {
        return word.length() <= 64 ? word : word.substring(0, 64) + "…";
    }
}
