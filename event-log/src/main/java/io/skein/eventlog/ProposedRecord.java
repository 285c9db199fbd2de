package io.skein.eventlog;

import io.skein.kernel.audit.AuditLogCommand.RecordAccess;
import io.skein.kernel.audit.AuditLogCommand.RecordAct;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.UUID;

/** Hands a fact for the audit log to command-side, for the sides that may not write the log. */
public final class ProposedRecord {
    private ProposedRecord() {}

    /** Proposes it in the connection's transaction. It is in the log soon after that has committed. */
    public static void insert(Connection database, UUID recordId, RecordAccess access) throws SQLException {
        insert(database, recordId, RecordAccess.class, access);
    }

    /** Proposes it in the connection's transaction. It is in the log soon after that has committed. */
    public static void insert(Connection database, UUID recordId, RecordAct act) throws SQLException {
        insert(database, recordId, RecordAct.class, act);
    }

    private static void insert(Connection database, UUID recordId, Class<?> type, Object command) throws SQLException {
        try (PreparedStatement insert =
                database.prepareStatement("insert into proposed_record (record_id, type, payload) values (?, ?, ?)")) {
            insert.setObject(1, recordId);
            insert.setString(2, type.getSimpleName());
            insert.setBytes(3, KernelJson.mapper().writeValueAsBytes(command));
            insert.executeUpdate();
        }
    }
}
