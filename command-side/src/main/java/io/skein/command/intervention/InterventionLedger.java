package io.skein.command.intervention;

import io.skein.kernel.agent.AgentQuarantined;
import io.skein.kernel.agent.AgentRegistered;
import io.skein.kernel.agent.AgentReleased;
import io.skein.kernel.agent.Intervene;
import io.skein.kernel.agent.InterventionDecided;
import io.skein.kernel.agent.ReleaseAgent;
import io.skein.kernel.agent.TrustAdjusted;
import io.skein.kernel.alert.AlertCommand.RaiseAlert;
import io.skein.kernel.alert.AlertCommand.ResolveAlert;
import io.skein.kernel.alert.AlertEvent.AlertDismissed;
import io.skein.kernel.alert.AlertEvent.AlertRaised;
import io.skein.kernel.alert.AlertEvent.AlertResolved;
import io.skein.kernel.alert.AlertEvent.AlertUpdated;
import io.skein.kernel.alert.Detector;
import io.skein.kernel.alert.EvidenceItem;
import io.skein.kernel.alert.Grade;
import io.skein.kernel.alert.Pattern;
import io.skein.kernel.alert.Severity;
import io.skein.kernel.id.AgentId;
import io.skein.kernel.id.AgentKey;
import io.skein.kernel.id.AlertId;
import io.skein.kernel.id.NetworkId;
import io.skein.kernel.id.UserId;
import io.skein.kernel.intervention.Outcome;
import io.skein.kernel.intervention.Rule;
import io.skein.kernel.intervention.Withheld;
import io.skein.kernel.policy.Policies;
import io.skein.kernel.policy.PolicyChanged;
import io.skein.kernel.policy.QuarantineRules;
import io.skein.kernel.policy.TrustRules;
import io.skein.kernel.trust.Belief;
import io.skein.kernel.trust.Blame;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/**
 * Decides about interventions: a fold of the log, in log order and by the time of recording. What it decided and has not yet read back from the log is
 * {@linkplain #commands() to be sent}; a second reading of the log decides the same under the same ids, and finds the answers further on. Nothing here
 * reads a clock, a database, or chance.
 */
final class InterventionLedger {
    /** Raise it where the fold or its saved form changes: the state is then made anew from the log. */
    static final String VERSION = "1";

    private static final int MAX_ACCUSATIONS = 10_000;
    private static final int SHOWN_EVIDENCE = 16;
    private static final int NAMED_AGENTS = 8;
    /** A quarantine is renewed only where that makes it longer by this part of its duration. */
    private static final int RENEWAL_PART = 4;

    private static final class Network {
        final NetworkId id;
        /** Agents that registered or spoke. */
        long known;

        final Map<String, AgentFile> agents = new TreeMap<>();
        final Map<String, Accusation> accusations = new LinkedHashMap<>();
        final SortedSet<String> quarantined = new TreeSet<>();
        /** Decided and not yet in the log. */
        final SortedSet<String> reserved = new TreeSet<>();
        /** The alert that too many are in quarantine; empty where they are not. */
        String emergency = "";

        Network(NetworkId id) {
            this.id = id;
        }
    }

    private final LongFunction<@Nullable AgentKey> senderAt;
    private final Policies policies = new Policies();
    private final List<PolicyChanged> changes = new ArrayList<>();
    private final List<Long> changePositions = new ArrayList<>();
    private final Map<String, Network> networks = new TreeMap<>();
    private final Map<String, Object> commands = new LinkedHashMap<>();

    /** @param senderAt who said the message at a position of the log; null where there is none */
    InterventionLedger(LongFunction<@Nullable AgentKey> senderAt) {
        this.senderAt = senderAt;
    }

    /** What the log does not have yet, by a name of its own, in the order decided. */
    Map<String, Object> commands() {
        return new LinkedHashMap<>(commands);
    }

    /** It was sent, and had no event of its own to wait for. */
    void sent(String name) {
        if (!(commands.get(name) instanceof Intervene)) {
            commands.remove(name);
        }
    }

    /** Agents whose quarantine has run out then, and of whom the log does not say so yet. */
    List<AgentKey> ranOutAt(Instant now) {
        List<AgentKey> ended = new ArrayList<>();
        for (Network network : networks.values()) {
            for (String agent : network.quarantined) {
                if (!file(network, agent).isQuarantinedAt(now)) {
                    ended.add(new AgentKey(network.id, new AgentId(agent)));
                }
            }
        }
        return ended;
    }

    /** When the next quarantine runs out; {@link Instant#MAX} where none does. */
    Instant nextEnd() {
        Instant next = Instant.MAX;
        for (Network network : networks.values()) {
            for (String agent : network.quarantined) {
                Instant until = file(network, agent).until;
                next = until != null && until.isBefore(next) ? until : next;
            }
        }
        return next;
    }

    /** Everybody in quarantine with its end; {@link Instant#MAX}: until released. */
    Map<AgentKey, Instant> quarantined() {
        Map<AgentKey, Instant> all = new LinkedHashMap<>();
        for (Network network : networks.values()) {
            for (String agent : network.quarantined) {
                Instant until = file(network, agent).until;
                all.put(new AgentKey(network.id, new AgentId(agent)), until == null ? Instant.MAX : until);
            }
        }
        return all;
    }

    /** What is believed of an agent; the prior where nothing is known. */
    Belief belief(AgentKey agent) {
        AgentFile file = network(agent.networkId()).agents.get(agent.agentId().value());
        return file == null ? Belief.none(Instant.EPOCH) : file.belief;
    }

    /**
     * Takes the next event.
     *
     * @param event a {@link Heard} or an event of the language; others change nothing
     */
    void on(long position, Instant at, Object event) {
        switch (event) {
            case Heard heard -> heard(heard, position, at);
            case AgentRegistered registered -> network(registered.networkId()).known++;
            case TrustAdjusted adjusted -> adjusted(adjusted, position, at);
            case AgentQuarantined quarantined -> quarantined(quarantined, position, at);
            case AgentReleased released -> released(released, at);
            case InterventionDecided decided -> decided(decided);
            case AlertRaised raised -> raised(raised, position, at);
            case AlertUpdated updated -> updated(updated, position, at);
            case AlertDismissed dismissed -> dismissed(dismissed, at);
            case AlertResolved resolved -> {
                Network network = network(resolved.networkId());
                commands.remove("resolve:" + resolved.alertId());
                if (network.emergency.equals(resolved.alertId().value())) {
                    network.emergency = "";
                }
            }
            case PolicyChanged changed -> {
                changes.add(changed);
                changePositions.add(position);
                policies.on(changed, position);
            }
            default -> {}
        }
    }

    private void heard(Heard heard, long position, Instant at) {
        Network network = network(heard.agent().networkId());
        TrustRules rules = policies.rules(network.id).trust();
        if (heard.outcome() != null) {
            switch (heard.outcome()) {
                case OK -> {
                    AgentFile file = faded(network, heard.agent().agentId().value(), at);
                    file.belief = file.belief.plus(rules.success(), 0);
                    file.scored &=
                            file.belief.score(rules) < quarantine(network).scoreBelow();
                }
                case ERROR, TIMEOUT -> {
                    AgentFile file = faded(network, heard.agent().agentId().value(), at);
                    file.belief = file.belief.plus(0, rules.failure());
                    file.badSince += rules.failure();
                    List<EvidenceItem> evidence = List.of(new EvidenceItem(heard.messageId(), position));
                    judgeScore(network, heard.agent().agentId(), file, evidence, position, at);
                }
                case REFUSED -> {}
            }
        }
        if (heard.peer() != null) {
            AgentFile about = faded(network, heard.peer().about().value(), at);
            about.belief = about.belief.plusPeer(
                    heard.peer().good() ? rules.peer() : 0, heard.peer().good() ? 0 : rules.peer());
        }
    }

    private void adjusted(TrustAdjusted adjusted, long position, Instant at) {
        Network network = network(adjusted.networkId());
        AgentFile file = faded(network, adjusted.agentId().value(), at);
        file.belief = file.belief.plus(adjusted.good(), adjusted.bad());
        file.badSince += adjusted.bad();
        if (adjusted.bad() > 0) {
            judgeScore(network, adjusted.agentId(), file, List.of(), position, at);
        }
    }

    private void raised(AlertRaised raised, long position, Instant at) {
        commands.remove("raise:" + raised.alertId());
        Network network = network(raised.networkId());
        String id = raised.alertId().value();
        Accusation known = network.accusations.get(id);
        if (known == null) {
            known = new Accusation(
                    raised.pattern(),
                    raised.severity(),
                    raised.grade(),
                    raised.detector().name(),
                    raised.agents(),
                    raised.evidence(),
                    at);
            network.accusations.put(id, known);
            if (network.accusations.size() > MAX_ACCUSATIONS) {
                network.accusations.remove(
                        network.accusations.keySet().iterator().next());
            }
        } else {
            known.grow(
                    raised.severity(),
                    raised.grade(),
                    raised.detector().name(),
                    raised.agents(),
                    raised.evidence(),
                    at);
        }
        judge(network, raised.alertId(), known, position, at);
    }

    private void updated(AlertUpdated updated, long position, Instant at) {
        commands.remove("raise:" + updated.alertId());
        Network network = network(updated.networkId());
        Accusation known = network.accusations.get(updated.alertId().value());
        if (known == null) {
            return;
        }
        known.grow(
                updated.severity(),
                updated.grade(),
                updated.detector().name(),
                updated.agents(),
                updated.evidence(),
                at);
        judge(network, updated.alertId(), known, position, at);
    }

    /** A false alarm: what it cost is given back, and who is in quarantine for it goes free. */
    private void dismissed(AlertDismissed dismissed, Instant at) {
        Network network = network(dismissed.networkId());
        Accusation known = network.accusations.get(dismissed.alertId().value());
        if (known == null || known.dismissed) {
            return;
        }
        known.dismissed = true;
        known.charges.forEach((agent, charge) -> {
            AgentFile file = faded(network, agent, at);
            file.belief = file.belief.plus(0, -left(network, charge, at));
        });
        known.charges.clear();
        for (String agent : network.quarantined) {
            AgentFile file = file(network, agent);
            if (file.automatic && file.cause.equals(dismissed.alertId().value())) {
                AgentKey key = new AgentKey(network.id, new AgentId(agent));
                commands.put(
                        "release:" + key,
                        new ReleaseAgent(
                                key,
                                "The alert behind the quarantine was dismissed as a false positive.",
                                UserId.SKEIN));
            }
        }
    }

    private void quarantined(AgentQuarantined quarantined, long position, Instant at) {
        Network network = network(quarantined.networkId());
        String agent = quarantined.agentId().value();
        AgentFile file = file(network, agent);
        boolean renewed = file.isQuarantinedAt(at);
        file.quarantined = true;
        file.until = quarantined.expiresAt();
        file.automatic = quarantined.by().equals(UserId.SKEIN);
        file.cause = quarantined.cause() == null ? "" : quarantined.cause().value();
        if (!renewed) {
            file.since = position;
        }
        network.quarantined.add(agent);
        watch(network, position, at);
    }

    private void released(AgentReleased released, Instant at) {
        Network network = network(released.networkId());
        AgentFile file = file(network, released.agentId().value());
        file.quarantined = false;
        file.until = null;
        file.cause = "";
        network.quarantined.remove(released.agentId().value());
        commands.remove("release:" + released.agent());
        calm(network, at);
    }

    private void decided(InterventionDecided decided) {
        Network network = network(decided.networkId());
        AgentFile file = file(network, decided.agentId().value());
        commands.remove(decided.interventionId());
        if (file.pending.equals(decided.interventionId())) {
            file.pending = "";
            network.reserved.remove(decided.agentId().value());
        }
    }

    private void judge(Network network, AlertId alertId, Accusation accusation, long position, Instant at) {
        if (accusation.dismissed) {
            return;
        }
        List<AgentId> parties = accusation.parties();
        TrustRules trust = policies.rules(network.id).trust();
        double weight = Blame.weight(trust, accusation.pattern, accusation.severity, accusation.grade);
        for (AgentId party : parties) {
            charge(network, accusation, party.value(), weight, at);
            freshen(network, accusation, party);
        }
        QuarantineRules rules = quarantine(network);
        if (!rules.automatic() || parties.isEmpty()) {
            return;
        }
        AgentId chosen = chosen(network, accusation, parties, trust, at);
        AgentFile file = file(network, chosen.value());
        if (!file.pending.isEmpty()) {
            return;
        }
        if (file.isQuarantinedAt(at)) {
            renew(network, chosen, file, alertId, accusation, position, at);
            return;
        }
        if (!accusation.fresh.containsKey(chosen.value())) {
            return;
        }
        Rule rule = rule(network, chosen, file, accusation, at);
        if (rule == null) {
            return;
        }
        String reason = chosen + " " + because(rule, accusation) + ".";
        intend(network, chosen, file, rule, alertId, accusation, evidence(accusation), reason, position, at);
    }

    /** The guilty one; where all did the same, the one trusted least, or the one that is in quarantine for it already. */
    private AgentId chosen(
            Network network, Accusation accusation, List<AgentId> parties, TrustRules trust, Instant at) {
        AgentId chosen = parties.getFirst();
        if (!Blame.isShared(accusation.pattern)) {
            return chosen;
        }
        double lowest = Double.MAX_VALUE;
        for (AgentId party : parties) {
            AgentFile file = file(network, party.value());
            if (file.isQuarantinedAt(at) || !file.pending.isEmpty()) {
                return party;
            }
            double bound = faded(network, party.value(), at).belief.lowerBound(trust);
            if (bound < lowest) {
                lowest = bound;
                chosen = party;
            }
        }
        return chosen;
    }

    private @Nullable Rule rule(Network network, AgentId agent, AgentFile file, Accusation accusation, Instant at) {
        QuarantineRules rules = quarantine(network);
        boolean serious = accusation.severity.compareTo(Severity.WARNING) >= 0;
        if (rules.criticalFacts()
                && accusation.grade == Grade.FACT
                && accusation.severity.compareTo(Severity.CRITICAL) >= 0) {
            return Rule.CRITICAL_FACT;
        }
        if (rules.detectors() > 0 && serious && detectors(network, agent, at) >= rules.detectors()) {
            return Rule.INDEPENDENT_DETECTORS;
        }
        if (rules.persistentAfter() > 0
                && serious
                && accusation.grade == Grade.FINDING
                && !Blame.isShared(accusation.pattern)
                && accusation.growth >= rules.persistentAfter()) {
            return Rule.PERSISTENT;
        }
        return isScoreTooLow(network, file) ? Rule.SCORE : null;
    }

    private boolean isScoreTooLow(Network network, AgentFile file) {
        QuarantineRules rules = quarantine(network);
        return rules.scoreBelow() > 0
                && file.belief.score(policies.rules(network.id).trust()) < rules.scoreBelow()
                && (!file.scored || file.badSince >= rules.hysteresis());
    }

    /** How many detectors have something against the agent that it did since its newest quarantine, within the window. */
    private int detectors(Network network, AgentId agent, Instant at) {
        Instant from = at.minusSeconds(quarantine(network).evidenceWindowSeconds());
        SortedSet<String> names = new TreeSet<>();
        for (Accusation other : network.accusations.values()) {
            if (!other.dismissed
                    && !other.at.isBefore(from)
                    && other.severity.compareTo(Severity.WARNING) >= 0
                    && other.fresh.getOrDefault(agent.value(), 0L) > file(network, agent.value()).since
                    && other.parties().contains(agent)) {
                names.add(other.detector);
            }
        }
        return names.size();
    }

    private void judgeScore(
            Network network, AgentId agent, AgentFile file, List<EvidenceItem> evidence, long position, Instant at) {
        if (!quarantine(network).automatic()
                || !file.pending.isEmpty()
                || file.isQuarantinedAt(at)
                || !isScoreTooLow(network, file)) {
            return;
        }
        String reason = agent + " is trusted with "
                + String.format(
                        Locale.ROOT,
                        "%.1f",
                        file.belief.score(policies.rules(network.id).trust()))
                + " of 100, less than " + quarantine(network).scoreBelow() + ".";
        intend(network, agent, file, Rule.SCORE, null, null, evidence, reason, position, at);
    }

    private void intend(
            Network network,
            AgentId agent,
            AgentFile file,
            Rule rule,
            @Nullable AlertId alertId,
            @Nullable Accusation accusation,
            List<EvidenceItem> evidence,
            String reason,
            long position,
            Instant at) {
        QuarantineRules rules = quarantine(network);
        String id = id("intervention", network.id.value(), agent.value(), rule.name(), Long.toString(position));
        Withheld withheld = null;
        if (rules.dryRun()) {
            withheld = Withheld.DRY_RUN;
        } else if (quarantinedAt(network, at) + network.reserved.size() >= rules.budget(network.known)) {
            withheld = Withheld.BUDGET;
        } else if (lot(id) < rules.holdOutShare()) {
            withheld = Withheld.HOLD_OUT;
        }
        file.scored = true;
        file.badSince = 0;
        if (withheld != null && accusation != null && !accusation.withheld.add(agent + "/" + withheld)) {
            return;
        }
        if (withheld == null) {
            file.pending = id;
            network.reserved.add(agent.value());
        }
        commands.put(
                id,
                new Intervene(
                        new AgentKey(network.id, agent),
                        id,
                        withheld == null ? Outcome.QUARANTINED : Outcome.WITHHELD,
                        withheld,
                        rule,
                        alertId,
                        evidence,
                        score(network, file),
                        at.plusSeconds(rules.durationSeconds()),
                        policies.inForce(network.id).version(),
                        position,
                        reason));
    }

    /** The pattern goes on while the agent is in quarantine for it. */
    private void renew(
            Network network,
            AgentId agent,
            AgentFile file,
            AlertId alertId,
            Accusation accusation,
            long position,
            Instant at) {
        QuarantineRules rules = quarantine(network);
        Instant present = file.until;
        Instant until = at.plusSeconds(rules.durationSeconds());
        boolean mine = file.automatic && file.cause.equals(alertId.value());
        if (!mine
                || rules.dryRun()
                || present == null
                || accusation.newestEvidence() <= file.since
                || !until.isAfter(present.plusSeconds(rules.durationSeconds() / RENEWAL_PART))) {
            return;
        }
        String id = id("renewal", network.id.value(), agent.value(), alertId.value(), Long.toString(position));
        file.pending = id;
        commands.put(
                id,
                new Intervene(
                        new AgentKey(network.id, agent),
                        id,
                        Outcome.RENEWED,
                        null,
                        accusation.grade == Grade.FACT ? Rule.CRITICAL_FACT : Rule.PERSISTENT,
                        alertId,
                        evidence(accusation),
                        score(network, file),
                        until,
                        policies.inForce(network.id).version(),
                        position,
                        agent + " " + because(Rule.PERSISTENT, accusation) + "."));
    }

    private void charge(Network network, Accusation accusation, String agent, double weight, Instant at) {
        Accusation.Charge before = accusation.charges.get(agent);
        double more = before == null ? weight : weight - before.weight();
        if (more <= 0) {
            return;
        }
        AgentFile file = faded(network, agent, at);
        file.belief = file.belief.plus(0, more);
        file.badSince += more;
        accusation.charges.put(
                agent, new Accusation.Charge(weight, (before == null ? 0 : left(network, before, at)) + more, at));
    }

    private double left(Network network, Accusation.Charge charge, Instant at) {
        return charge.left() * StrictMath.pow(0.5, policies.halfLives(network.id, charge.at(), at));
    }

    /** After a quarantine only what the agent itself said since counts as news. */
    private void freshen(Network network, Accusation accusation, AgentId party) {
        long since = file(network, party.value()).since;
        long newest = accusation.evidence.stream()
                .mapToLong(EvidenceItem::position)
                .filter(position -> since == 0
                        || position > since && new AgentKey(network.id, party).equals(senderAt.apply(position)))
                .max()
                .orElse(0);
        if (newest > since) {
            accusation.fresh.merge(party.value(), newest, Math::max);
        } else if (accusation.fresh.getOrDefault(party.value(), 0L) <= since) {
            accusation.fresh.remove(party.value());
        }
    }

    private void watch(Network network, long position, Instant at) {
        QuarantineRules rules = quarantine(network);
        long count = quarantinedAt(network, at);
        if (rules.emergencyAgents() == 0 || count < rules.emergencyAgents()) {
            return;
        }
        if (network.emergency.isEmpty()) {
            network.emergency = id("emergency", network.id.value(), Long.toString(position));
        }
        List<AgentId> agents = network.quarantined.stream()
                .filter(agent -> file(network, agent).isQuarantinedAt(at))
                .map(AgentId::new)
                .toList();
        Map<Long, EvidenceItem> evidence = new TreeMap<>();
        for (AgentId agent : agents) {
            Accusation cause = network.accusations.get(file(network, agent.value()).cause);
            if (cause != null) {
                evidence(cause).forEach(item -> evidence.put(item.position(), item));
            }
        }
        String named = String.join(
                ", ", agents.stream().limit(NAMED_AGENTS).map(AgentId::value).toList());
        AlertId alert = new AlertId(network.emergency);
        commands.put(
                "raise:" + alert,
                new RaiseAlert(
                        alert,
                        network.id,
                        Pattern.ANOMALY,
                        Severity.EMERGENCY,
                        Grade.FACT,
                        agents,
                        List.copyOf(evidence.values()),
                        agents.size() + " agents are in quarantine at once: " + named
                                + (agents.size() > NAMED_AGENTS ? ", …" : "") + ".",
                        new Detector(
                                Blame.QUARANTINE_WATCH,
                                VERSION,
                                new TreeMap<>(Map.of("agents", Integer.toString(rules.emergencyAgents())))),
                        ""));
    }

    private void calm(Network network, Instant at) {
        if (!network.emergency.isEmpty()
                && quarantinedAt(network, at) < quarantine(network).emergencyAgents()) {
            AlertId alert = new AlertId(network.emergency);
            network.emergency = "";
            commands.put(
                    "resolve:" + alert, new ResolveAlert(alert, UserId.SKEIN, "Fewer agents are in quarantine again."));
        }
    }

    private static long quarantinedAt(Network network, Instant at) {
        return network.quarantined.stream()
                .filter(agent -> file(network, agent).isQuarantinedAt(at))
                .count();
    }

    private static String because(Rule rule, Accusation accusation) {
        String pattern = accusation.pattern.name().toLowerCase(Locale.ROOT).replace('_', ' ');
        String article = "aeiou".indexOf(pattern.charAt(0)) >= 0 ? "an " : "a ";
        return switch (rule) {
            case CRITICAL_FACT -> "took part in " + article + pattern + ", critical, which the log itself proves";
            case INDEPENDENT_DETECTORS -> "is accused by several independent detectors, last of " + pattern;
            case PERSISTENT -> "was warned of " + pattern + ", and it goes on";
            case SCORE -> "is trusted less than the policy asks for, last because of " + pattern;
        };
    }

    private static List<EvidenceItem> evidence(Accusation accusation) {
        List<EvidenceItem> items = new ArrayList<>(accusation.evidence.subList(
                Math.max(0, accusation.evidence.size() - SHOWN_EVIDENCE), accusation.evidence.size()));
        items.sort(java.util.Comparator.comparingLong(EvidenceItem::position));
        return items;
    }

    private double score(Network network, AgentFile file) {
        return Math.rint(file.belief.score(policies.rules(network.id).trust()) * 1_000) / 1_000;
    }

    private QuarantineRules quarantine(Network network) {
        return policies.rules(network.id).quarantine();
    }

    private AgentFile faded(Network network, String agent, Instant at) {
        AgentFile file = network.agents.computeIfAbsent(agent, first -> new AgentFile(at));
        file.belief = file.belief.fadedTo(at, policies, network.id);
        return file;
    }

    private static AgentFile file(Network network, String agent) {
        return network.agents.computeIfAbsent(agent, first -> new AgentFile(Instant.EPOCH));
    }

    private Network network(NetworkId id) {
        return networks.computeIfAbsent(id.value(), first -> new Network(id));
    }

    private static String id(String... parts) {
        return AlertId.derivedFrom(List.of(parts)).value();
    }

    /** Evenly from 0 to 1, the same for the same intervention. */
    private static double lot(String interventionId) {
        UUID drawn = UUID.fromString(id("hold-out", interventionId));
        return (drawn.getLeastSignificantBits() & ((1L << 53) - 1)) / (double) (1L << 53);
    }

    void save(DataOutput out) throws IOException {
        out.writeInt(changes.size());
        for (int i = 0; i < changes.size(); i++) {
            out.writeLong(changePositions.get(i));
            Saved.json(out, changes.get(i));
        }
        out.writeInt(networks.size());
        for (Network network : networks.values()) {
            out.writeUTF(network.id.value());
            out.writeLong(network.known);
            out.writeUTF(network.emergency);
            out.writeInt(network.agents.size());
            for (Map.Entry<String, AgentFile> agent : network.agents.entrySet()) {
                out.writeUTF(agent.getKey());
                agent.getValue().save(out);
            }
            out.writeInt(network.accusations.size());
            for (Map.Entry<String, Accusation> accusation : network.accusations.entrySet()) {
                out.writeUTF(accusation.getKey());
                accusation.getValue().save(out);
            }
            out.writeInt(network.reserved.size());
            for (String agent : network.reserved) {
                out.writeUTF(agent);
            }
        }
        out.writeInt(commands.size());
        for (Map.Entry<String, Object> command : commands.entrySet()) {
            out.writeUTF(command.getKey());
            out.writeUTF(command.getValue().getClass().getSimpleName());
            Saved.json(out, command.getValue());
        }
    }

    void read(DataInput in) throws IOException {
        for (int left = in.readInt(); left > 0; left--) {
            long position = in.readLong();
            PolicyChanged changed = Saved.json(in, PolicyChanged.class);
            changes.add(changed);
            changePositions.add(position);
            policies.on(changed, position);
        }
        for (int left = in.readInt(); left > 0; left--) {
            Network network = network(new NetworkId(in.readUTF()));
            network.known = in.readLong();
            network.emergency = in.readUTF();
            for (int agents = in.readInt(); agents > 0; agents--) {
                String agent = in.readUTF();
                AgentFile file = AgentFile.read(in);
                network.agents.put(agent, file);
                if (file.quarantined) {
                    network.quarantined.add(agent);
                }
            }
            for (int accusations = in.readInt(); accusations > 0; accusations--) {
                network.accusations.put(in.readUTF(), Accusation.read(in));
            }
            for (int reserved = in.readInt(); reserved > 0; reserved--) {
                network.reserved.add(in.readUTF());
            }
        }
        for (int left = in.readInt(); left > 0; left--) {
            String name = in.readUTF();
            commands.put(name, command(in.readUTF(), in));
        }
    }

    private static Object command(String type, DataInput in) throws IOException {
        return switch (type) {
            case "Intervene" -> Saved.json(in, Intervene.class);
            case "ReleaseAgent" -> Saved.json(in, ReleaseAgent.class);
            case "RaiseAlert" -> Saved.json(in, RaiseAlert.class);
            case "ResolveAlert" -> Saved.json(in, ResolveAlert.class);
            default ->
                throw new IOException(
                        "saved command is of type " + Objects.toString(type) + "; expected one that is sent");
        };
    }
}
