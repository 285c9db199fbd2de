package io.skein.command.audit;

import static org.assertj.core.api.Assertions.assertThat;

import io.skein.command.RunningCommandSide;
import io.skein.command.SharedKafka;
import io.skein.eventlog.ProposedRecord;
import io.skein.kernel.audit.AuditLogCommand.RecordAccess;
import io.skein.kernel.audit.AuditLogCommand.RecordAct;
import io.skein.kernel.id.AuditLogId;
import io.skein.kernel.id.UserId;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class ProposedRecordsTest {
    @Test
    void what_the_other_sides_propose_is_in_the_log_once_and_faulty_rows_are_set_aside() throws SQLException {
        try (RunningCommandSide side = RunningCommandSide.start(Map.of())) {
            UUID read = new UUID(7, 1);
            UUID pause = new UUID(7, 2);
            UserId by = new UserId("ada");
            RecordAccess access = new RecordAccess(
                    AuditLogId.access(read), null, by, "audit.list", new TreeMap<>(), 3, 9, Instant.EPOCH);
            try (Connection connection = side.database().owner().getConnection();
                    Statement statement = connection.createStatement()) {
                statement.execute("set role skein_query");
                ProposedRecord.insert(connection, read, access);
                ProposedRecord.insert(connection, new UUID(7, 3), access);
                statement.execute("set role skein_projection");
                ProposedRecord.insert(
                        connection,
                        pause,
                        new RecordAct(
                                AuditLogId.act(pause), null, by, "projection.pause", "audit", "", new TreeMap<>()));
                statement.execute(
                        "insert into proposed_record (record_id, type, payload) values (gen_random_uuid(), 'RecordAct', '\\x7b7d'),"
                                + " (gen_random_uuid(), 'DropTable', '\\x5b5d')");
            }
            SharedKafka.eventually(
                    Duration.ofSeconds(20), () -> side.number("select count(*) from proposed_record") == 0);
            assertThat(side.number("select count(*) from event_log e join log_name n on n.id = e.payload_type"
                            + " where n.name = 'AuditAccessed' and aggregate_id = 'access:" + read + "'"))
                    .isEqualTo(1);
            assertThat(side.number("select count(*) from event_log e join log_name n on n.id = e.payload_type"
                            + " where n.name = 'ActRecorded' and aggregate_id = 'act:" + pause + "'"))
                    .isEqualTo(1);
            assertThat(side.number("select count(*) from dead_letter where door = 'records'"))
                    .isEqualTo(2);
        }
    }
}
