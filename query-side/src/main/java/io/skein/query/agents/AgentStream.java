package io.skein.query.agents;

import io.skein.kernel.id.NetworkId;
import io.skein.query.reading.ItemChanges;
import io.skein.query.reading.ItemChanges.Items;
import io.skein.query.reading.LiveSource;
import io.skein.query.reading.ProjectionName;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.springframework.stereotype.Component;

@Component
final class AgentStream implements LiveSource {
    /** A snapshot holds the agents that were active last; more than a screen can show, few enough to send. */
    static final int MAX_AGENTS = 10_000;

    private final AgentRows rows;

    AgentStream(AgentRows rows) {
        this.rows = rows;
    }

    @Override
    public String stream() {
        return "agents";
    }

    @Override
    public String projection() {
        return ProjectionName.AGENTS;
    }

    @Override
    public Object state(NetworkId networkId) {
        return new Items<>(rows.lastActive(networkId, MAX_AGENTS));
    }

    @Override
    public Optional<Map<NetworkId, Changes>> changes(Map<NetworkId, Long> after, long to, int rowLimit) {
        return rows.changed(after, to, rowLimit).map(changed -> ItemChanges.asItems(after.keySet(), changed));
    }

    @Override
    public Object nothing() {
        return new Items<>(List.of());
    }
}
