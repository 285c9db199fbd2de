package io.skein.bench;

import io.skein.eventlog.EventSerializer;
import io.skein.eventlog.MessageIds;
import io.skein.kernel.agent.AgentEvent;
import io.skein.kernel.agent.AgentRegistered;
import io.skein.kernel.agent.MessageRecorded;
import io.skein.kernel.id.NetworkId;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.UUID;
import javax.sql.DataSource;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyIn;

/** Puts a log of any length into an empty database without the way through the doors: the same events as if {@link Traffic} had come ten times a millisecond. */
final class FilledLog {
    private static final byte[] HEADER = {
        'P', 'G', 'C', 'O', 'P', 'Y', '\n', (byte) 0xFF, '\r', '\n', 0, 0, 0, 0, 0, 0, 0, 0, 0
    };
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
    private static final long POSTGRES_EPOCH_SECONDS = 946_684_800L;
    private static final int FLUSH_BYTES = 1 << 20;

    private final EventSerializer serializer = EventSerializer.create();
    private final Traffic traffic;
    private final int agents;
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream(2 * FLUSH_BYTES);
    private final DataOutputStream out = new DataOutputStream(bytes);

    private FilledLog(String run, int agents) {
        this.traffic = new Traffic(run, agents);
        this.agents = agents;
    }

    /** @param events 1 or more; each agent's first one is its registration */
    static void fill(DataSource owner, String run, int agents, long events) throws SQLException, IOException {
        new FilledLog(run, agents).fill(owner, events);
    }

    private void fill(DataSource owner, long events) throws SQLException, IOException {
        try (Connection connection = owner.getConnection()) {
            try (Statement names = connection.createStatement()) {
                names.execute("insert into log_name (name) values ('Agent'), ('AgentRegistered'), ('MessageRecorded')"
                        + " on conflict (name) do nothing");
                short agent = number(names, "Agent");
                short registered = number(names, "AgentRegistered");
                short recorded = number(names, "MessageRecorded");
                CopyIn copy = connection
                        .unwrap(PGConnection.class)
                        .getCopyAPI()
                        .copyIn(
                                "copy event_log (position, event_id, aggregate_type, payload_type, sequence, recorded_at, aggregate_id, revision, payload, metadata)"
                                        + " from stdin (format binary)");
                out.write(HEADER);
                for (long position = 1; position <= events; position++) {
                    boolean first = position <= agents;
                    row(position, agent, first ? registered : recorded, first);
                    if (bytes.size() > FLUSH_BYTES) {
                        flush(copy);
                    }
                }
                out.writeShort(-1);
                flush(copy);
                copy.endCopy();
                names.execute("analyze event_log");
            }
        }
    }

    private static short number(Statement statement, String name) throws SQLException {
        try (ResultSet row = statement.executeQuery("select id from log_name where name = '" + name + "'")) {
            row.next();
            return row.getShort(1);
        }
    }

    private void flush(CopyIn copy) throws SQLException {
        copy.writeToCopy(bytes.toByteArray(), 0, bytes.size());
        bytes.reset();
    }

    private void row(long position, short aggregateType, short payloadType, boolean first) throws IOException {
        long number = first ? position - 1 : position - 1 - agents;
        Instant at = START.plusNanos(position * 100_000);
        AgentEvent event = first
                ? new AgentRegistered(NetworkId.DEFAULT, traffic.agent((int) number), at)
                : new MessageRecorded(traffic.message(number), at);
        UUID id = event instanceof MessageRecorded recorded
                ? MessageIds.eventId(NetworkId.DEFAULT, recorded.message().messageId())
                : new UUID(0x8000L, position | Long.MIN_VALUE);
        out.writeShort(10);
        int8(position);
        out.writeInt(16);
        out.writeLong(id.getMostSignificantBits());
        out.writeLong(id.getLeastSignificantBits());
        int2(aggregateType);
        int2(payloadType);
        int8(first ? 0 : 1 + number / agents);
        int8((at.getEpochSecond() - POSTGRES_EPOCH_SECONDS) * 1_000_000L + at.getNano() / 1_000);
        bytes(event.agent().toString().getBytes(StandardCharsets.UTF_8));
        bytes("1".getBytes(StandardCharsets.UTF_8));
        bytes(serializer.serialize(event, byte[].class).getData());
        bytes("{}".getBytes(StandardCharsets.UTF_8));
    }

    private void int8(long value) throws IOException {
        out.writeInt(Long.BYTES);
        out.writeLong(value);
    }

    private void int2(short value) throws IOException {
        out.writeInt(Short.BYTES);
        out.writeShort(value);
    }

    private void bytes(byte[] value) throws IOException {
        out.writeInt(value.length);
        out.write(value);
    }
}
