package io.skein.projection;

import io.skein.db.Schema;
import io.skein.embedded.TestDatabase;
import io.skein.eventlog.EventSerializer;
import io.skein.eventlog.LogNames;
import io.skein.eventlog.MessageIds;
import io.skein.kernel.agent.AgentEvent;
import io.skein.kernel.agent.AgentQuarantined;
import io.skein.kernel.agent.AgentReleased;
import io.skein.kernel.agent.InterventionDecided;
import io.skein.kernel.agent.MessageBlocked;
import io.skein.kernel.agent.MessageRecorded;
import io.skein.kernel.agent.TrustAdjusted;
import io.skein.kernel.alert.AlertEvent;
import io.skein.kernel.audit.AuditLogEvent;
import io.skein.kernel.id.AgentId;
import io.skein.kernel.id.ConversationId;
import io.skein.kernel.id.MessageId;
import io.skein.kernel.id.NetworkId;
import io.skein.kernel.message.JsonText;
import io.skein.kernel.message.Message;
import io.skein.kernel.message.MessageType;
import io.skein.kernel.message.Outcome;
import io.skein.kernel.policy.PolicyChanged;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import javax.sql.DataSource;
import org.axonframework.serialization.SerializedObject;
import org.jspecify.annotations.Nullable;

/** A database with a log that tests write into directly, as command-side would. */
public final class LogFixture {
    public static final Instant START_AT = Instant.parse("2026-11-23T10:00:00Z");
    static final Instant START = START_AT;

    final TestDatabase database = TestDatabase.fresh(Schema::migrate);
    private final EventSerializer serializer = EventSerializer.create();
    private final LogNames names = new LogNames();
    private final Map<String, Long> sequences = new HashMap<>();
    private long head;

    DataSource dataSource() {
        return database.owner();
    }

    long head() {
        return head;
    }

    /** Appends events in one transaction. */
    void append(List<?> events) {
        try (Connection connection = dataSource().getConnection()) {
            connection.setAutoCommit(false);
            try (PreparedStatement insert = insert(connection)) {
                for (Object event : events) {
                    SerializedObject<byte[]> payload = serializer.serialize(event, byte[].class);
                    add(
                            connection,
                            insert,
                            eventId(event),
                            aggregateType(event),
                            aggregateId(event),
                            payload.getType().getName(),
                            payload.getType().getRevision(),
                            recordedAt(event),
                            payload.getData());
                }
                insert.executeBatch();
            }
            try (PreparedStatement notify = connection.prepareStatement("select pg_notify('skein_log', ?)")) {
                notify.setString(1, Long.toString(head));
                notify.execute();
            }
            connection.commit();
        } catch (SQLException failure) {
            throw new IllegalStateException("the test's log could not be written", failure);
        }
    }

    /** Empties log and read tables, so that many small cases share one database. */
    void startAnew() {
        execute("""
                set session_replication_role = replica;
                truncate event_log, processor_token, projection_progress, projection_checkpoint, projection_dead_letter, routing_reentry,
                    proposed_command, agent, causal_node, causal_edge, causal_count, graph_metrics, causal_rank, alert, metrics_window, audit_entry, history_party, history_stretch, audit_checkpoint, audit_key, tree_tile, policy_version, trust_charge, trust_change, trust_policy, trust_alert, intervention, log_clock""");
        sequences.clear();
        head = 0;
    }

    /** Appends an event of any type name and payload. */
    void appendRaw(String type, String aggregateId, String payload) {
        try (Connection connection = dataSource().getConnection();
                PreparedStatement insert = insert(connection)) {
            add(
                    connection,
                    insert,
                    UUID.randomUUID(),
                    "Agent",
                    aggregateId,
                    type,
                    "1",
                    START,
                    payload.getBytes(StandardCharsets.UTF_8));
            insert.executeBatch();
        } catch (SQLException failure) {
            throw new IllegalStateException("the test's log could not be written", failure);
        }
    }

    private static PreparedStatement insert(Connection connection) throws SQLException {
        return connection.prepareStatement("""
                insert into event_log (position, event_id, aggregate_type, payload_type, sequence, recorded_at, aggregate_id, revision, payload, metadata)
                values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)""");
    }

    private void add(
            Connection connection,
            PreparedStatement insert,
            UUID eventId,
            String aggregateType,
            String aggregateId,
            String type,
            @Nullable String revision,
            Instant at,
            byte[] payload)
            throws SQLException {
        insert.setLong(1, ++head);
        insert.setObject(2, eventId);
        insert.setShort(3, names.number(connection, aggregateType));
        insert.setShort(4, names.number(connection, type));
        insert.setLong(5, sequences.merge(aggregateType + aggregateId, 1L, Long::sum) - 1);
        insert.setTimestamp(6, Timestamp.from(at));
        insert.setString(7, aggregateId);
        insert.setString(8, revision);
        insert.setBytes(9, payload);
        insert.setBytes(10, new byte[0]);
        insert.addBatch();
    }

    private static UUID eventId(Object event) {
        return switch (event) {
            case MessageRecorded recorded ->
                MessageIds.eventId(recorded.networkId(), recorded.message().messageId());
            case MessageBlocked blocked ->
                MessageIds.eventId(blocked.networkId(), blocked.message().messageId());
            default -> UUID.randomUUID();
        };
    }

    private static String aggregateType(Object event) {
        return switch (event) {
            case AlertEvent alert -> "Alert";
            case AuditLogEvent audit -> "AuditLog";
            case PolicyChanged changed -> "Policy";
            default -> "Agent";
        };
    }

    private static String aggregateId(Object event) {
        return switch (event) {
            case AgentEvent agent -> agent.agent().toString();
            case AlertEvent alert -> alert.alertId().value();
            case AuditLogEvent audit -> audit.auditLogId().value();
            case PolicyChanged changed -> changed.policy().toString();
            default -> throw new IllegalArgumentException(event.getClass().getName());
        };
    }

    private static Instant recordedAt(Object event) {
        return switch (event) {
            case MessageRecorded recorded -> recorded.recordedAt();
            case MessageBlocked blocked -> blocked.recordedAt();
            case TrustAdjusted adjusted -> adjusted.recordedAt();
            case AgentQuarantined quarantined -> quarantined.recordedAt();
            case AgentReleased released -> released.recordedAt();
            case InterventionDecided decided -> decided.recordedAt();
            case AlertEvent.AlertRaised raised -> raised.recordedAt();
            case AlertEvent.AlertUpdated updated -> updated.recordedAt();
            case AlertEvent.AlertDismissed dismissed -> dismissed.recordedAt();
            case PolicyChanged changed -> changed.recordedAt();
            default -> START;
        };
    }

    /** All rows of a query as text, in its order. */
    List<String> rows(String sql) {
        try (Connection connection = dataSource().getConnection();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            List<String> all = new ArrayList<>();
            int columns = rows.getMetaData().getColumnCount();
            while (rows.next()) {
                List<String> row = new ArrayList<>();
                for (int i = 1; i <= columns; i++) {
                    row.add(String.valueOf(rows.getString(i)));
                }
                all.add(String.join("|", row));
            }
            return all;
        } catch (SQLException failure) {
            throw new IllegalStateException(sql + " failed", failure);
        }
    }

    void execute(String sql) {
        try (Connection connection = dataSource().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException failure) {
            throw new IllegalStateException(sql + " failed", failure);
        }
    }

    /** A message with only what most tests need; the rest is absent. */
    public static Message message(
            String id,
            String conversation,
            String sender,
            List<String> targets,
            MessageType type,
            @Nullable String cause,
            @Nullable String content,
            @Nullable Outcome outcome,
            Instant at) {
        return new Message(
                new MessageId(id),
                NetworkId.DEFAULT,
                conversation.isEmpty() ? null : new ConversationId(conversation),
                new AgentId(sender),
                targets.stream().map(AgentId::new).toList(),
                type,
                at,
                content == null ? null : new JsonText("\"" + content + "\""),
                cause == null ? null : new MessageId(cause),
                null,
                null,
                List.of(),
                outcome,
                null,
                Map.of());
    }
}
