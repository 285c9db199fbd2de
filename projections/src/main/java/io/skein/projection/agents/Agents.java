package io.skein.projection.agents;

import io.skein.eventlog.KernelJson;
import io.skein.kernel.policy.Policies;
import io.skein.kernel.policy.PolicyChanged;
import io.skein.projection.engine.Fold;
import io.skein.projection.engine.Projection;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Table {@code agent}: every agent known by registration or from its first message as sender or target, what it did, and how far it is trusted; and why, in
 * {@code trust_change}. A blocked message counts for its sender alone: it reached nobody, and says nothing about trust.
 */
public final class Agents implements Projection {
    public static final String NAME = "agents";

    /** How many changes of trust are kept for each agent. */
    static final int TRUST_CHANGES = 256;

    private @Nullable Policies policies;

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public List<String> tables() {
        return List.of("agent", "trust_change", "trust_charge", "trust_alert", "trust_policy");
    }

    @Override
    public Fold open(long after, Connection database) throws SQLException {
        if (policies == null) {
            policies = read(database);
        }
        return new AgentsFold(this);
    }

    @Override
    public void forget() {
        policies = null;
    }

    /** The rules so far; never changed once given out. */
    Policies policies() {
        Policies known = policies;
        if (known == null) {
            throw new IllegalStateException("the agents projection has no policies before a batch is opened");
        }
        return known;
    }

    void change(PolicyChanged changed, long position) {
        Policies next = policies().copy();
        next.on(changed, position);
        policies = next;
    }

    private static Policies read(Connection database) throws SQLException {
        Policies read = new Policies();
        try (PreparedStatement select =
                        database.prepareStatement("select position, change from trust_policy order by position");
                ResultSet rows = select.executeQuery()) {
            while (rows.next()) {
                read.on(KernelJson.mapper().readValue(rows.getString(2), PolicyChanged.class), rows.getLong(1));
            }
        }
        return read;
    }
}
