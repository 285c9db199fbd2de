package io.skein.projection.agents;

import io.skein.projection.engine.Fold;
import io.skein.projection.engine.Projection;
import java.sql.Connection;
import java.util.List;

/**
 * Table {@code agent}: every agent known by registration or from its first message as sender or target, what it did, and how far it is trusted. A
 * blocked message counts for its sender alone: it reached nobody, and says nothing about trust.
 */
public final class Agents implements Projection {
    public static final String NAME = "agents";

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public List<String> tables() {
        return List.of("agent");
    }

    @Override
    public Fold open(long after, Connection database) {
        return new AgentsFold();
    }
}
