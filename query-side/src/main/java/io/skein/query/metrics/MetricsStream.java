package io.skein.query.metrics;

import io.skein.kernel.id.NetworkId;
import io.skein.kernel.metrics.MetricsWindow;
import io.skein.kernel.metrics.WindowSize;
import io.skein.query.reading.ItemChanges;
import io.skein.query.reading.ItemChanges.Items;
import io.skein.query.reading.LiveSource;
import io.skein.query.reading.ProjectionName;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.springframework.stereotype.Component;

/** Windows that a screen watches as they grow; longer ones are asked for over HTTP. */
@Component
final class MetricsStream implements LiveSource {
    static final int NEWEST = 300;
    static final List<WindowSize> SIZES = List.of(WindowSize.SECOND, WindowSize.TEN_SECONDS);

    private final MetricsRows rows;

    MetricsStream(MetricsRows rows) {
        this.rows = rows;
    }

    @Override
    public String stream() {
        return "metrics";
    }

    @Override
    public String projection() {
        return ProjectionName.METRICS;
    }

    @Override
    public Object state(NetworkId networkId) {
        List<MetricsWindow> windows = new ArrayList<>();
        SIZES.forEach(size -> windows.addAll(rows.newest(networkId, size, null, null, NEWEST)));
        return new Items<>(windows);
    }

    @Override
    public Optional<Map<NetworkId, Changes>> changes(Map<NetworkId, Long> after, long to, int rowLimit) {
        return rows.changed(after, to, SIZES, rowLimit).map(changed -> ItemChanges.asItems(after.keySet(), changed));
    }

    @Override
    public Object nothing() {
        return new Items<>(List.of());
    }
}
