package io.skein.command.ingest.otlp;

import io.skein.command.RunningCommandSide;
import io.skein.eventlog.KernelJson;
import io.skein.kernel.agent.MessageRecorded;
import io.skein.kernel.message.Message;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/** What the log has of a trace. */
final class LoggedMessages {
    private LoggedMessages() {}

    /** In the order of the log. */
    static List<Message> ofTrace(RunningCommandSide side, String traceId) {
        try (Connection connection = side.database().owner().getConnection();
                PreparedStatement select = connection.prepareStatement("""
                        select payload from event_log where position(convert_to(?, 'UTF8') in payload) > 0 order by position""")) {
            select.setString(1, "\"correlationId\":\"" + traceId + "\"");
            List<Message> messages = new ArrayList<>();
            try (ResultSet rows = select.executeQuery()) {
                while (rows.next()) {
                    messages.add(KernelJson.mapper()
                            .readValue(rows.getBytes(1), MessageRecorded.class)
                            .message());
                }
            }
            return messages;
        } catch (SQLException failure) {
            throw new IllegalStateException(failure);
        }
    }

    static List<Message> await(RunningCommandSide side, String traceId, Predicate<List<Message>> until) {
        long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        List<Message> messages = ofTrace(side, traceId);
        while (!until.test(messages)) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("trace " + traceId + " has after 20 s only " + messages);
            }
            try {
                Thread.sleep(50);
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException(interrupted);
            }
            messages = ofTrace(side, traceId);
        }
        return messages;
    }
}
