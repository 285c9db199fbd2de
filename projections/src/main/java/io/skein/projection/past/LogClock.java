package io.skein.projection.past;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/** Table {@code log_clock}: the latest time of recording up to every thousandth position. */
final class LogClock {
    private static final int EVENTS_AT_ONCE = 100_000;

    private LogClock() {}

    /** Takes the next stretch of the log, if it has one that is complete; whether it had. */
    static boolean advance(Connection database) throws SQLException {
        long last;
        long head;
        try (Statement statement = database.createStatement();
                ResultSet row = statement.executeQuery("""
                        select coalesce((select max(position) from log_clock), 0), coalesce((select max(position) from event_log), 0)""")) {
            row.next();
            last = row.getLong(1);
            head = row.getLong(2);
        }
        long to = Math.min(head / 1_000 * 1_000, last + EVENTS_AT_ONCE);
        if (to <= last) {
            return false;
        }
        try (PreparedStatement insert = database.prepareStatement("""
                with block as (
                    select (position - 1) / 1000 * 1000 + 1000 as upto, max(recorded_at) as latest
                    from event_log where position > ? and position <= ? group by 1),
                before as (select max(latest) as latest from log_clock)
                insert into log_clock (position, latest)
                select block.upto, greatest(before.latest, max(block.latest) over (order by block.upto)) from block, before
                on conflict do nothing""")) {
            insert.setLong(1, last);
            insert.setLong(2, to);
            insert.executeUpdate();
        }
        return true;
    }
}
