package io.skein.command.policy;

import io.skein.kernel.policy.ConflictRules;
import io.skein.kernel.policy.PolicyRules;
import io.skein.kernel.policy.QuarantineRules;
import io.skein.kernel.policy.TrustRules;
import java.time.Duration;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * The rules for every network that has none of its own, as they are configured. Where they differ from what was configured before, the start
 * changes the common policy; what was changed at run time stays until the configuration itself changes. Fields as in {@link PolicyRules}.
 *
 * @param conflictRiskAbove risk above which a message is flagged
 * @param detectors parameters by detector
 */
@Validated
@ConfigurationProperties("skein.policy")
public record PolicySettings(
        @DefaultValue Trust trust,
        @DefaultValue("0.7") double conflictRiskAbove,
        @DefaultValue Quarantine quarantine,
        @DefaultValue Map<String, Map<String, String>> detectors) {

    /** As in {@link TrustRules}. */
    public record Trust(
            @DefaultValue("9") double priorGood,
            @DefaultValue("1") double priorBad,
            @DefaultValue("7d") Duration halfLife,
            @DefaultValue("1") double success,
            @DefaultValue("1") double failure,
            @DefaultValue("2") double conflict,
            @DefaultValue("2") double patternInfo,
            @DefaultValue("4") double patternWarning,
            @DefaultValue("8") double patternCritical,
            @DefaultValue("0.75") double findingFactor,
            @DefaultValue("0.5") double suspicionFactor,
            @DefaultValue("2") double patternLeast,
            @DefaultValue("8") double patternMost,
            @DefaultValue("0.1") double peer,
            @DefaultValue("1") double peerCap) {
        TrustRules rules() {
            return new TrustRules(
                    priorGood,
                    priorBad,
                    halfLife.toSeconds(),
                    success,
                    failure,
                    conflict,
                    patternInfo,
                    patternWarning,
                    patternCritical,
                    findingFactor,
                    suspicionFactor,
                    patternLeast,
                    patternMost,
                    peer,
                    peerCap);
        }
    }

    /** As in {@link QuarantineRules}. */
    public record Quarantine(
            @DefaultValue("true") boolean automatic,
            @DefaultValue("false") boolean dryRun,
            @DefaultValue("30") double scoreBelow,
            @DefaultValue("true") boolean criticalFacts,
            @DefaultValue("2") int detectors,
            @DefaultValue("1") int persistentAfter,
            @DefaultValue("1h") Duration evidenceWindow,
            @DefaultValue("15m") Duration duration,
            @DefaultValue("5") int maxAgents,
            @DefaultValue("0.1") double maxShare,
            @DefaultValue("0") double holdOutShare,
            @DefaultValue("5") double hysteresis,
            @DefaultValue("3") int emergencyAgents) {
        QuarantineRules rules() {
            return new QuarantineRules(
                    automatic,
                    dryRun,
                    scoreBelow,
                    criticalFacts,
                    detectors,
                    persistentAfter,
                    evidenceWindow.toSeconds(),
                    duration.toSeconds(),
                    maxAgents,
                    maxShare,
                    holdOutShare,
                    hysteresis,
                    emergencyAgents);
        }
    }

    PolicyRules rules() {
        SortedMap<String, SortedMap<String, String>> named = new TreeMap<>();
        detectors.forEach((name, parameters) -> named.put(name, new TreeMap<>(parameters)));
        return new PolicyRules(trust.rules(), new ConflictRules(conflictRiskAbove), quarantine.rules(), named);
    }
}
