package io.skein.projection.alerts;

import io.skein.projection.engine.Fold;
import io.skein.projection.engine.Projection;
import java.sql.Connection;
import java.util.List;

/** Table {@code alert}: each alert as its events left it. */
public final class Alerts implements Projection {
    public static final String NAME = "alerts";

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public List<String> tables() {
        return List.of("alert");
    }

    @Override
    public Fold open(long after, Connection database) {
        return new AlertsFold();
    }
}
