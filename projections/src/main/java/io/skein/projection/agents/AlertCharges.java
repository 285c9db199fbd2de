package io.skein.projection.agents;

import io.skein.kernel.alert.AlertEvent;
import io.skein.kernel.alert.AlertEvent.AlertAcknowledged;
import io.skein.kernel.alert.AlertEvent.AlertDismissed;
import io.skein.kernel.alert.AlertEvent.AlertRaised;
import io.skein.kernel.alert.AlertEvent.AlertResolved;
import io.skein.kernel.alert.AlertEvent.AlertUpdated;
import io.skein.kernel.alert.Grade;
import io.skein.kernel.alert.Pattern;
import io.skein.kernel.alert.Severity;
import io.skein.kernel.id.AgentId;
import io.skein.kernel.id.NetworkId;
import io.skein.kernel.policy.Policies;
import io.skein.kernel.trust.Blame;
import io.skein.projection.engine.Columns;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What alerts cost those whose doing the pattern is: each alert once, more only as far as it grows graver, and given back when it was none. */
final class AlertCharges {
    /** What an alert changes about an agent: bad evidence added, or, negative, given back. */
    record Cost(AgentId agent, double bad, String reason) {}

    private record Key(String network, String alert) implements Comparable<Key> {
        @Override
        public int compareTo(Key other) {
            int byNetwork = network.compareTo(other.network);
            return byNetwork != 0 ? byNetwork : alert.compareTo(other.alert);
        }
    }

    private record Charge(double weight, double left, Instant at) {}

    private static final class Known {
        final Pattern pattern;
        Severity severity;
        Grade grade;
        boolean dismissed;
        final Map<String, Charge> charges = new TreeMap<>();

        Known(Pattern pattern, Severity severity, Grade grade) {
            this.pattern = pattern;
            this.severity = severity;
            this.grade = grade;
        }
    }

    private final Map<Key, Known> known = new TreeMap<>();

    /** Reads what is known of the alerts that are spoken of. */
    void load(Connection database, Collection<AlertEvent> events) throws SQLException {
        List<Key> keys =
                events.stream().map(AlertCharges::key).distinct().sorted().toList();
        Columns.of(keys).text(Key::network).text(Key::alert).query(database, """
                select a.network_id, a.alert_id, a.pattern, a.severity, a.grade, a.dismissed
                from trust_alert a join unnest(?, ?) as k (network_id, alert_id) using (network_id, alert_id)""", row -> {
            Known one = new Known(
                    Pattern.valueOf(row.getString(3).toUpperCase(Locale.ROOT)),
                    Severity.valueOf(row.getString(4).toUpperCase(Locale.ROOT)),
                    Grade.valueOf(row.getString(5).toUpperCase(Locale.ROOT)));
            one.dismissed = row.getBoolean(6);
            return known.put(new Key(row.getString(1), row.getString(2)), one) == null;
        });
        Columns.of(keys).text(Key::network).text(Key::alert).query(database, """
                select c.network_id, c.alert_id, c.agent_id, c.weight, c.bad, c.charged_at
                from trust_charge c join unnest(?, ?) as k (network_id, alert_id) using (network_id, alert_id)""", row -> {
            Known one = known.get(new Key(row.getString(1), row.getString(2)));
            return one != null
                    && one.charges.put(
                                    row.getString(3),
                                    new Charge(
                                            row.getDouble(4),
                                            row.getDouble(5),
                                            row.getTimestamp(6).toInstant()))
                            == null;
        });
    }

    /** Takes the next alert event. */
    List<Cost> on(AlertEvent event, Instant at, Policies policies) {
        return switch (event) {
            case AlertRaised raised -> {
                Known one = known.computeIfAbsent(
                        key(raised), first -> new Known(raised.pattern(), raised.severity(), raised.grade()));
                yield grow(
                        one,
                        raised.severity(),
                        raised.grade(),
                        raised.agents(),
                        raised.detector().name(),
                        raised.networkId(),
                        at,
                        policies);
            }
            case AlertUpdated updated -> {
                @Nullable Known one = known.get(key(updated));
                yield one == null
                        ? List.of()
                        : grow(
                                one,
                                updated.severity(),
                                updated.grade(),
                                updated.agents(),
                                updated.detector().name(),
                                updated.networkId(),
                                at,
                                policies);
            }
            case AlertDismissed dismissed -> {
                @Nullable Known one = known.get(key(dismissed));
                yield one == null ? List.of() : giveBack(one, dismissed, at, policies);
            }
            case AlertAcknowledged seen -> List.of();
            case AlertResolved ended -> List.of();
        };
    }

    private static List<Cost> grow(
            Known one,
            Severity severity,
            Grade grade,
            List<AgentId> agents,
            String detector,
            NetworkId network,
            Instant at,
            Policies policies) {
        one.severity = severity.compareTo(one.severity) > 0 ? severity : one.severity;
        one.grade = grade.compareTo(one.grade) < 0 ? grade : one.grade;
        List<Cost> costs = new ArrayList<>();
        if (one.dismissed) {
            return costs;
        }
        double weight = Blame.weight(policies.rules(network).trust(), one.pattern, one.severity, one.grade);
        for (AgentId party : Blame.parties(one.pattern, one.grade, agents, detector)) {
            Charge before = one.charges.get(party.value());
            double more = before == null ? weight : weight - before.weight();
            if (more <= 0) {
                continue;
            }
            double left = before == null ? 0 : left(before, network, at, policies);
            one.charges.put(party.value(), new Charge(weight, left + more, at));
            costs.add(new Cost(
                    party,
                    more,
                    "Part in a " + word(one.pattern).replace('_', ' ') + ", " + word(one.severity) + " "
                            + word(one.grade)));
        }
        return costs;
    }

    private static List<Cost> giveBack(Known one, AlertDismissed dismissed, Instant at, Policies policies) {
        List<Cost> costs = new ArrayList<>();
        one.charges.forEach((agent, charge) -> costs.add(new Cost(
                new AgentId(agent),
                -left(charge, dismissed.networkId(), at, policies),
                "The alert was dismissed: " + dismissed.reason())));
        one.charges.clear();
        one.dismissed = true;
        return costs;
    }

    private static double left(Charge charge, NetworkId network, Instant at, Policies policies) {
        return charge.left() * StrictMath.pow(0.5, policies.halfLives(network, charge.at(), at));
    }

    /** Writes everything that was loaded or came to be. */
    void save(Connection database) throws SQLException {
        List<Map.Entry<Key, Known>> alerts = new ArrayList<>(known.entrySet());
        Columns.of(alerts)
                .text(one -> one.getKey().network())
                .text(one -> one.getKey().alert())
                .text(one -> word(one.getValue().pattern))
                .text(one -> word(one.getValue().severity))
                .text(one -> word(one.getValue().grade))
                .flag(one -> one.getValue().dismissed)
                .update(database, """
                        insert into trust_alert (network_id, alert_id, pattern, severity, grade, dismissed)
                        select * from unnest(?, ?, ?, ?, ?, ?)
                        on conflict (network_id, alert_id) do update
                        set severity = excluded.severity, grade = excluded.grade, dismissed = excluded.dismissed""");
        Columns.of(alerts.stream().filter(one -> one.getValue().dismissed).toList())
                .text(one -> one.getKey().network())
                .text(one -> one.getKey().alert())
                .update(database, """
                        delete from trust_charge c using unnest(?, ?) as k (network_id, alert_id)
                        where c.network_id = k.network_id and c.alert_id = k.alert_id""");
        record Row(Key key, String agent, Charge charge) {}
        List<Row> rows = new ArrayList<>();
        known.forEach((key, one) -> one.charges.forEach((agent, charge) -> rows.add(new Row(key, agent, charge))));
        Columns.of(rows)
                .text(row -> row.key().network())
                .text(row -> row.key().alert())
                .text(Row::agent)
                .real(row -> row.charge().weight())
                .real(row -> row.charge().left())
                .instant(row -> row.charge().at())
                .update(database, """
                        insert into trust_charge (network_id, alert_id, agent_id, weight, bad, charged_at)
                        select * from unnest(?, ?, ?, ?, ?, ?)
                        on conflict (network_id, alert_id, agent_id) do update
                        set weight = excluded.weight, bad = excluded.bad, charged_at = excluded.charged_at""");
    }

    private static Key key(AlertEvent event) {
        return new Key(event.networkId().value(), event.alertId().value());
    }

    private static String word(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }
}
