package io.skein.projection.whatif;

import io.skein.eventlog.KernelJson;
import io.skein.eventlog.LogPages;
import io.skein.kernel.agent.AgentQuarantined;
import io.skein.projection.engine.LogReplay;
import io.skein.projection.engine.OrderedAct;
import io.skein.projection.engine.Projection;
import io.skein.projection.engine.ProjectionCatalogue;
import io.skein.projection.engine.ProjectionControls;
import io.skein.projection.engine.Sandbox;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Replays the log through the detectors twice, with the parameters that hold and with others, and tells which alerts would differ, when and why, and which
 * quarantines hang on them. The detectors read everything from the first event on, so that both know all that they would have known; told is what was
 * found in {@code (from, to]}. Nothing of it is ever proposed.
 */
public final class WhatIf implements OrderedAct {
    private final ProjectionCatalogue catalogue;
    private final Sandbox sandbox;
    private final LogPages log;
    private final LogReplay replay;
    private final DataSource dataSource;
    private final List<String> detecting;

    /** @param detecting names of the projections that run detectors */
    public WhatIf(
            ProjectionCatalogue catalogue,
            Sandbox sandbox,
            LogPages log,
            LogReplay replay,
            DataSource dataSource,
            List<String> detecting) {
        this.catalogue = catalogue;
        this.sandbox = sandbox;
        this.log = log;
        this.replay = replay;
        this.dataSource = dataSource;
        this.detecting = List.copyOf(detecting);
    }

    @Override
    public String name() {
        return "what_if";
    }

    /** An alert as a run of the detectors left it. */
    private record Found(
            String alertId,
            String network,
            String pattern,
            String severity,
            String grade,
            List<String> agents,
            long firstPosition,
            long lastPosition,
            String description,
            JsonNode detector) {}

    /**
     * One alert that would differ.
     *
     * @param change {@code would_be_raised}, {@code would_not_be_raised} or {@code would_differ}
     * @param position of the event that would lead to it, or did
     * @param recordedAt of that event
     * @param why the finding in words and the detector that speaks, with its parameters, of the run in which it was found
     */
    public record Difference(
            String change,
            String alertId,
            String networkId,
            String pattern,
            String severity,
            @Nullable String severityBefore,
            List<String> agents,
            long position,
            String recordedAt,
            String why,
            JsonNode detector) {}

    /**
     * A quarantine of the log that hangs on an alert that would not be raised, or one for which an alert that would be raised is reason enough.
     *
     * @param change {@code would_lose_its_cause} or {@code would_be_due}
     */
    public record Quarantine(String change, String networkId, List<String> agents, String alertId, long position) {}

    /**
     * What came out.
     *
     * @param alerts found with the parameters that hold
     * @param notInTheLog of those, such as the log has no alert for: found under other rules than the log was judged by
     */
    public record Report(
            long from,
            long to,
            long alerts,
            long alertsThen,
            List<Difference> differences,
            List<Quarantine> quarantines,
            List<String> notInTheLog) {}

    @Override
    public Object carryOut(JsonNode parameters, Progress progress) throws SQLException {
        long head = log.head();
        long from = parameters.path("from").asLong(0);
        long to =
                parameters.path("to").isIntegralNumber() ? parameters.path("to").asLong() : head;
        if (from < 0 || from > to || to > head) {
            throw new IllegalArgumentException("from is " + from + " and to is " + to + "; expected 0 to " + head
                    + ", the end of the log, and from no later than to");
        }
        Map<String, Map<String, String>> changes = parameters.path("detectors").isObject()
                ? ProjectionControls.parameters(parameters.path("detectors").toString())
                : Map.of();
        List<Projection> asNow = catalogue.asDecided(dataSource).stream()
                .filter(projection -> detecting.contains(projection.name()))
                .toList();
        List<Projection> changed = asNow.stream()
                .map(projection -> catalogue.make(projection.name(), changes))
                .toList();
        Map<String, Found> now = run(asNow, from, to, reached -> progress.reached(reached / 2, to));
        Map<String, Found> then = run(changed, from, to, reached -> progress.reached((to + reached) / 2, to));
        return report(from, to, now, then);
    }

    private Map<String, Found> run(
            List<Projection> projections, long from, long to, java.util.function.LongPredicate reached)
            throws SQLException {
        String schema = sandbox.inOneMoment(database -> {
            try (PreparedStatement next = database.prepareStatement("select nextval('sandbox_id')");
                    ResultSet row = next.executeQuery()) {
                row.next();
                return "whatif_" + row.getLong(1);
            }
        });
        Map<Projection, Optional<Sandbox.Base>> bases = new LinkedHashMap<>();
        projections.forEach(projection -> bases.put(projection, Optional.empty()));
        try {
            sandbox.open(schema, bases, to, true);
            if (!sandbox.run(schema, projections, to, reached)) {
                throw new IllegalStateException("the replay was stopped");
            }
            return sandbox.inOneMoment(database -> found(database, schema, from));
        } finally {
            sandbox.inOneMoment(database -> {
                Sandbox.drop(database, schema);
                return schema;
            });
        }
    }

    private static Map<String, Found> found(Connection database, String schema, long from) throws SQLException {
        Map<String, Found> found = new TreeMap<>();
        try (PreparedStatement select = database.prepareStatement("select payload, position from " + schema
                + ".proposed_command where type = 'RaiseAlert' order by position, proposal_id")) {
            try (ResultSet rows = select.executeQuery()) {
                while (rows.next()) {
                    JsonNode alert = KernelJson.mapper().readTree(rows.getBytes(1));
                    long position = rows.getLong(2);
                    List<String> agents = new ArrayList<>();
                    alert.path("agents").forEach(agent -> agents.add(agent.asString()));
                    String id = alert.path("alertId").asString();
                    Found before = found.get(id);
                    found.put(
                            id,
                            new Found(
                                    id,
                                    alert.path("networkId").asString(),
                                    alert.path("pattern").asString(),
                                    alert.path("severity").asString(),
                                    alert.path("grade").asString(),
                                    agents.stream().sorted().toList(),
                                    before == null ? position : before.firstPosition(),
                                    position,
                                    alert.path("description").asString(),
                                    alert.path("detector")));
                }
            }
        }
        found.values().removeIf(one -> one.firstPosition() <= from);
        return found;
    }

    private Report report(long from, long to, Map<String, Found> now, Map<String, Found> then) throws SQLException {
        List<Difference> differences = new ArrayList<>();
        Set<String> ids = new TreeSet<>(now.keySet());
        ids.addAll(then.keySet());
        for (String id : ids) {
            Found before = now.get(id);
            Found after = then.get(id);
            if (before == null && after != null) {
                differences.add(difference("would_be_raised", after, null));
            } else if (after == null && before != null) {
                differences.add(difference("would_not_be_raised", before, before.severity()));
            } else if (before != null && after != null && !same(before, after)) {
                differences.add(difference("would_differ", after, before.severity()));
            }
        }
        differences.sort(
                java.util.Comparator.comparingLong(Difference::position).thenComparing(Difference::alertId));
        return new Report(
                from,
                to,
                now.size(),
                then.size(),
                differences,
                quarantines(from, to, differences, then),
                notInTheLog(now.keySet()));
    }

    /** The parameters that the detector names itself by are other ones by intent; what it found is compared. */
    private static boolean same(Found one, Found other) {
        return one.severity().equals(other.severity())
                && one.agents().equals(other.agents())
                && one.grade().equals(other.grade())
                && one.firstPosition() == other.firstPosition()
                && one.lastPosition() == other.lastPosition()
                && one.description().equals(other.description());
    }

    private Difference difference(String change, Found found, @Nullable String severityBefore) throws SQLException {
        return new Difference(
                change,
                found.alertId(),
                found.network(),
                found.pattern(),
                found.severity(),
                severityBefore,
                found.agents(),
                found.firstPosition(),
                recordedAt(found.firstPosition()),
                found.description(),
                found.detector());
    }

    private String recordedAt(long position) throws SQLException {
        return sandbox.inOneMoment(database -> {
            try (PreparedStatement select =
                    database.prepareStatement("select recorded_at from event_log where position = ?")) {
                select.setLong(1, position);
                try (ResultSet row = select.executeQuery()) {
                    return row.next() ? row.getTimestamp(1).toInstant().toString() : "";
                }
            }
        });
    }

    private List<Quarantine> quarantines(long from, long to, List<Difference> differences, Map<String, Found> then)
            throws SQLException {
        Set<String> lost = new HashSet<>();
        List<Quarantine> quarantines = new ArrayList<>();
        for (Difference difference : differences) {
            if (difference.change().equals("would_not_be_raised")) {
                lost.add(difference.alertId());
            }
            Found found = then.get(difference.alertId());
            boolean wasDue =
                    "critical".equals(difference.severityBefore()) || "emergency".equals(difference.severityBefore());
            if (found != null && isReasonEnough(found) && !wasDue) {
                quarantines.add(new Quarantine(
                        "would_be_due", found.network(), found.agents(), found.alertId(), found.firstPosition()));
            }
        }
        if (!lost.isEmpty()) {
            sandbox.inOneMoment(database -> {
                quarantines.removeIf(one -> one.change().equals("would_lose_its_cause"));
                replay.between("what-if", from, to, database, event -> {
                    if (event.isA(AgentQuarantined.class)) {
                        AgentQuarantined one = (AgentQuarantined) event.payload();
                        if (one.cause() != null && lost.contains(one.cause().value())) {
                            quarantines.add(new Quarantine(
                                    "would_lose_its_cause",
                                    one.networkId().value(),
                                    List.of(one.agentId().value()),
                                    one.cause().value(),
                                    event.position()));
                        }
                    }
                });
                return quarantines;
            });
        }
        return quarantines;
    }

    // Critical, and proved by the messages themselves.
    private static boolean isReasonEnough(Found found) {
        return (found.severity().equals("critical") || found.severity().equals("emergency"))
                && found.grade().equals("fact");
    }

    private List<String> notInTheLog(Set<String> ids) throws SQLException {
        return sandbox.inOneMoment(database -> {
            List<String> missing = new ArrayList<>();
            try (PreparedStatement select = database.prepareStatement(
                    "select id from unnest(?) as id where id not in (select alert_id from alert) order by id")) {
                select.setArray(1, database.createArrayOf("text", ids.toArray()));
                try (ResultSet rows = select.executeQuery()) {
                    while (rows.next()) {
                        missing.add(rows.getString(1));
                    }
                }
            }
            return missing;
        });
    }
}
