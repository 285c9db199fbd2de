package io.skein.projection.audit;

import io.skein.projection.engine.Fold;
import io.skein.projection.engine.Projection;
import java.sql.Connection;
import java.util.List;

/**
 * Table {@code audit_entry}: one row for each event of the log, also of types this version does not know; never content. Tables {@code audit_checkpoint} and
 * {@code audit_key}: what was signed, and with which keys. Table {@code history_party}: the
 * way to entries by who took part.
 */
public final class AuditTrail implements Projection {
    public static final String NAME = "audit";

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public List<String> tables() {
        return List.of("audit_entry", "audit_checkpoint", "audit_key", "history_party");
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
