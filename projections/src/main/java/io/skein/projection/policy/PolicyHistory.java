package io.skein.projection.policy;

import io.skein.eventlog.KernelJson;
import io.skein.kernel.policy.PolicyChanged;
import io.skein.projection.engine.Columns;
import io.skein.projection.engine.Fold;
import io.skein.projection.engine.LoggedEvent;
import io.skein.projection.engine.Projection;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** Table {@code policy_version}: every change of every policy. */
public final class PolicyHistory implements Projection {
    public static final String NAME = "policy";

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public List<String> tables() {
        return List.of("policy_version");
    }

    @Override
    public Fold open(long after, Connection database) {
        return new Changes();
    }

    private static final class Changes implements Fold {
        private record Change(PolicyChanged event, long position) {}

        private final List<Change> changes = new ArrayList<>();

        @Override
        public void on(LoggedEvent event) {
            if (event.isA(PolicyChanged.class)) {
                changes.add(new Change((PolicyChanged) event.payload(), event.position()));
            }
        }

        @Override
        public void write(Connection database) throws SQLException {
            Columns.of(changes)
                    .text(change -> change.event().networkId() == null
                            ? ""
                            : change.event().networkId().value())
                    .number(change -> change.event().version())
                    .number(Change::position)
                    .instant(change -> change.event().recordedAt())
                    .text(change -> change.event().by().value())
                    .text(change -> change.event().reason())
                    .text(change -> KernelJson.mapper()
                            .writeValueAsString(change.event().rules()))
                    .update(database, """
                            insert into policy_version (network_id, version, position, recorded_at, changed_by, reason, rules)
                            select * from unnest(?, ?, ?, ?, ?, ?, ?)
                            on conflict (network_id, version) do nothing""");
            changes.clear();
        }
    }
}
