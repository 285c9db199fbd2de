package io.skein.query.alerts;

import io.skein.kernel.alert.AlertQuery.ListAlerts;
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
final class AlertStream implements LiveSource {
    static final int NEWEST = 500;

    private final AlertRows rows;

    AlertStream(AlertRows rows) {
        this.rows = rows;
    }

    @Override
    public String stream() {
        return "alerts";
    }

    @Override
    public String projection() {
        return ProjectionName.ALERTS;
    }

    @Override
    public Object state(NetworkId networkId) {
        return new Items<>(rows.list(new ListAlerts(networkId, null, null, null, null, NEWEST), null, NEWEST));
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
