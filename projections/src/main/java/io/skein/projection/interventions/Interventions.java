package io.skein.projection.interventions;

import io.skein.projection.engine.Fold;
import io.skein.projection.engine.LogReplay;
import io.skein.projection.engine.Projection;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Table {@code intervention}: what was done about an agent or withheld, by the policy or by hand, what it blocked, and what it changed. Messages are read only
 * while an effect is looked at, and the stretch before an intervention when it is made.
 */
public final class Interventions implements Projection {
    public static final String NAME = "interventions";

    private final LogReplay replay;
    private @Nullable List<Looking> looking;

    public Interventions(LogReplay replay) {
        this.replay = replay;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public List<String> tables() {
        return List.of("intervention");
    }

    @Override
    public Fold open(long after, Connection database) throws SQLException {
        List<Looking> known = looking;
        if (known == null) {
            known = restored(after, database);
            looking = known;
        }
        return new InterventionsFold(known, replay);
    }

    @Override
    public void forget() {
        looking = null;
    }

    /** Those that are not over, as they were after the event at the position. */
    private List<Looking> restored(long after, Connection database) throws SQLException {
        List<Looking> open = new ArrayList<>();
        try (PreparedStatement select = database.prepareStatement("""
                        select network_id, intervention_id, agent_id, position, decided_at, window_millis, outcome = 'withheld'
                        from intervention where not effect_final order by position""");
                ResultSet rows = select.executeQuery()) {
            while (rows.next()) {
                open.add(new Looking(
                        rows.getString(1),
                        rows.getString(2),
                        rows.getString(3),
                        rows.getLong(4),
                        rows.getTimestamp(5).toInstant().toEpochMilli(),
                        rows.getLong(6),
                        rows.getBoolean(7)));
            }
        }
        for (Looking one : open) {
            Past.read(one, replay, database);
            replay.between(NAME, one.position, after, database, event -> InterventionsFold.look(List.of(one), event));
            one.cut = null;
        }
        return open;
    }
}
