package io.skein.projection.audit;

import io.skein.projection.engine.Fold;
import io.skein.projection.engine.Projection;
import java.sql.Connection;
import java.util.List;

/**
 * Table {@code audit_entry}: one row for each event of the log, also of types this version does not know; never content. Tables {@code audit_checkpoint} and
 * {@code audit_key}: what was signed, and with which keys. Tables {@code history_party} and {@code history_stretch}: ways to entries by who took part, and by time.
 */
public final class AuditTrail implements Projection {
    public static final String NAME = "audit";

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public List<String> tables() {
        return List.of("audit_entry", "audit_checkpoint", "audit_key", "history_party", "history_stretch");
    }

    @Override
    public boolean onlyGrows() {
        return true;
    }

    @Override
    public Fold open(long after, Connection database) {
        return new AuditFold();
    }
}
