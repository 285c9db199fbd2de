package io.skein.command.ingest;

import io.skein.eventlog.KernelJson;
import io.skein.eventlog.LogUnavailableException;
import io.skein.kernel.agent.MessageRecorded;
import io.skein.kernel.message.Message;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import javax.sql.DataSource;

/** Which messages does the log have already? */
final class KnownMessages {
    private static final int PORTION = 64;

    private final DataSource dataSource;

    KnownMessages(DataSource dataSource) {
        this.dataSource = dataSource;
    }

    /** @param same whether the log's message says the same as the one asked for */
    record Known(long position, boolean same) {}

    /**
     * Those of the messages whose ids the log has, in one query.
     *
     * @throws LogUnavailableException if the database does not answer
     */
    Map<UUID, Known> among(Map<UUID, Message> messages) {
        Map<UUID, Known> known = new HashMap<>();
        if (messages.isEmpty()) {
            return known;
        }
        try (Connection connection = dataSource.getConnection()) {
            connection.setAutoCommit(false);
            try (PreparedStatement select = connection.prepareStatement(
                    "select event_id, position, payload from event_log where event_id = any(?)")) {
                // In portions: payloads may be large, and each is only needed to be compared.
                select.setFetchSize(PORTION);
                select.setArray(
                        1, connection.createArrayOf("uuid", messages.keySet().toArray()));
                try (ResultSet rows = select.executeQuery()) {
                    while (rows.next()) {
                        UUID eventId = rows.getObject(1, UUID.class);
                        Message asked = messages.get(eventId);
                        // Blocked ones hold their message under the same name.
                        Message found = KernelJson.mapper()
                                .readValue(rows.getBytes(3), MessageRecorded.class)
                                .message();
                        known.put(
                                eventId, new Known(rows.getLong(2), asked != null && CanonicalJson.same(asked, found)));
                    }
                }
            } finally {
                connection.rollback();
                connection.setAutoCommit(true);
            }
            return known;
        } catch (SQLException failure) {
            throw new LogUnavailableException("event_log could not be asked for known messages", failure);
        }
    }
}
