package io.skein.command.ingest;

import io.skein.eventlog.KernelJson;
import io.skein.eventlog.LogUnavailableException;
import io.skein.kernel.message.MessageLimits;
import io.skein.kernel.problem.Reason;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.sql.Types;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** Keeps what could not be processed until somebody retries or discards it. The same letter again only counts an attempt. Thread-safe. */
public final class DeadLetters {
    public static final int MAX_ORIGINAL_BYTES = 2 * MessageLimits.MAX_MESSAGE_BYTES;
    private static final int MAX_TEXT = 2_000;

    private final DataSource dataSource;

    public DeadLetters(DataSource dataSource) {
        this.dataSource = dataSource;
    }

    /** Whether the refusal is one that belongs here: what comes again by itself or was said already does not. */
    public static boolean takes(Reason reason) {
        return switch (reason) {
            case MALFORMED, INVALID, TOO_LARGE -> true;
            case ID_REUSED, NOT_FOUND, NOT_ALLOWED_NOW, OVERLOADED, LOG_UNAVAILABLE -> false;
        };
    }

    /**
     * Writes the letters durably.
     *
     * @throws LogUnavailableException if the database does not take them; none is written then
     */
    public void add(List<DeadLetter> letters) {
        if (letters.isEmpty()) {
            return;
        }
        inTransaction(connection -> {
            try (PreparedStatement insert = connection.prepareStatement("""
                    insert into dead_letter (door, reason, detail, network_id, message_id, original, original_key,
                        source_topic, source_partition, source_offset, first_at, last_at, digest, dialect, attributes)
                    values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?::jsonb)
                    on conflict (door, digest) do update
                        set attempts = dead_letter.attempts + 1, last_at = excluded.last_at""")) {
                for (DeadLetter letter : letters) {
                    DeadLetter.Source source = letter.source();
                    insert.setString(1, letter.door());
                    insert.setString(2, KernelJson.word(letter.refusal().reason()));
                    insert.setString(3, storable(letter.refusal().detail()));
                    insert.setString(4, storable(letter.networkId()));
                    insert.setString(5, storable(letter.messageId()));
                    insert.setBytes(6, bounded(letter.original()));
                    insert.setBytes(7, letter.key());
                    insert.setString(8, source == null ? null : source.topic());
                    insert.setObject(9, source == null ? null : source.partition(), Types.INTEGER);
                    insert.setObject(10, source == null ? null : source.offset(), Types.BIGINT);
                    insert.setTimestamp(11, Timestamp.from(letter.at()));
                    insert.setTimestamp(12, Timestamp.from(letter.at()));
                    insert.setBytes(13, digest(letter));
                    insert.setString(14, letter.form().dialect());
                    insert.setString(15, attributes(letter.form()));
                    insert.addBatch();
                }
                insert.executeBatch();
            }
            return letters.size();
        });
    }

    /**
     * A letter as an operator sees it: never its content.
     *
     * @param dialect how the original was read; null where that is not known
     * @param bytes length of the original
     */
    public record Entry(
            long deadLetterId,
            String door,
            @Nullable String dialect,
            String reason,
            String detail,
            @Nullable String networkId,
            @Nullable String messageId,
            long bytes,
            @Nullable String sourceTopic,
            @Nullable Integer sourcePartition,
            @Nullable Long sourceOffset,
            int attempts,
            Instant firstAt,
            Instant lastAt) {}

    /** A letter with its content. */
    public record Whole(Entry entry, byte[] original, DeadLetter.Form form) {}

    /** Which letters; null: any. */
    public record Filter(
            @Nullable String reason,
            @Nullable String door,
            @Nullable String networkId) {
        private static final String CONDITION =
                " (?::text is null or reason = ?) and (?::text is null or door = ?) and (?::text is null or network_id = ?)";

        private int set(PreparedStatement statement, int from) throws SQLException {
            int index = from;
            for (String value : Arrays.asList(reason, reason, door, door, networkId, networkId)) {
                statement.setString(index, value);
                index++;
            }
            return index;
        }
    }

    private static final String ENTRY =
            "dead_letter_id, door, dialect, reason, detail, network_id, message_id, length(original), source_topic, "
                    + "source_partition, source_offset, attempts, first_at, last_at";

    /** Letters with an id above {@code after}, oldest first. */
    public List<Entry> list(Filter filter, long after, int limit) {
        return inTransaction(connection -> {
            try (PreparedStatement select = connection.prepareStatement("select " + ENTRY
                    + " from dead_letter where dead_letter_id > ? and" + Filter.CONDITION
                    + " order by dead_letter_id limit ?")) {
                select.setLong(1, after);
                select.setInt(filter.set(select, 2), limit);
                List<Entry> entries = new ArrayList<>();
                try (ResultSet rows = select.executeQuery()) {
                    while (rows.next()) {
                        entries.add(entry(rows));
                    }
                }
                return entries;
            }
        });
    }

    private static Entry entry(ResultSet row) throws SQLException {
        String dialect = row.getString(3);
        return new Entry(
                row.getLong(1),
                row.getString(2),
                dialect.isEmpty() ? null : dialect,
                row.getString(4),
                row.getString(5),
                row.getString(6),
                row.getString(7),
                row.getLong(8),
                row.getString(9),
                row.getObject(10, Integer.class),
                row.getObject(11, Long.class),
                row.getInt(12),
                row.getTimestamp(13).toInstant(),
                row.getTimestamp(14).toInstant());
    }

    /** How many letters there are, by reason. */
    public Map<String, Long> counts(Filter filter) {
        return inTransaction(connection -> {
            Map<String, Long> counts = new LinkedHashMap<>();
            try (PreparedStatement select = connection.prepareStatement("select reason, count(*) from dead_letter where"
                    + Filter.CONDITION + " group by reason order by reason")) {
                filter.set(select, 1);
                try (ResultSet rows = select.executeQuery()) {
                    while (rows.next()) {
                        counts.put(rows.getString(1), rows.getLong(2));
                    }
                }
            }
            return counts;
        });
    }

    /** The letter with all that is known of it. */
    public Optional<Whole> find(long deadLetterId) {
        return inTransaction(connection -> {
            try (PreparedStatement select = connection.prepareStatement(
                    "select " + ENTRY + ", original, attributes::text from dead_letter where dead_letter_id = ?")) {
                select.setLong(1, deadLetterId);
                try (ResultSet rows = select.executeQuery()) {
                    if (!rows.next()) {
                        return Optional.<Whole>empty();
                    }
                    Map<String, String> attributes = new LinkedHashMap<>();
                    KernelJson.mapper()
                            .readTree(rows.getString(16))
                            .properties()
                            .forEach(attribute -> attributes.put(
                                    attribute.getKey(), attribute.getValue().asString()));
                    return Optional.of(new Whole(
                            entry(rows), rows.getBytes(15), new DeadLetter.Form(rows.getString(3), attributes)));
                }
            }
        });
    }

    /** Counts a retry that failed again. */
    public void failedAgain(long deadLetterId, String reason, String detail, Instant at) {
        inTransaction(connection -> {
            try (PreparedStatement update = connection.prepareStatement("""
                    update dead_letter set attempts = attempts + 1, last_at = ?, reason = ?, detail = ?
                    where dead_letter_id = ?""")) {
                update.setTimestamp(1, Timestamp.from(at));
                update.setString(2, reason);
                update.setString(3, storable(detail));
                update.setLong(4, deadLetterId);
                return update.executeUpdate();
            }
        });
    }

    /** Whether there was such a letter. */
    public boolean remove(long deadLetterId) {
        return inTransaction(connection -> {
            try (PreparedStatement delete =
                    connection.prepareStatement("delete from dead_letter where dead_letter_id = ?")) {
                delete.setLong(1, deadLetterId);
                return delete.executeUpdate() == 1;
            }
        });
    }

    /** SHA-256 of the original, in hexadecimal: says which bytes are meant without saying them. */
    public static String fingerprint(byte[] original) {
        return HexFormat.of().formatHex(sha256().digest(original));
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException missing) {
            throw new IllegalStateException("every Java platform has SHA-256", missing);
        }
    }

    private interface Work<T> {
        T on(Connection connection) throws SQLException;
    }

    private <T> T inTransaction(Work<T> work) {
        try (Connection connection = dataSource.getConnection()) {
            connection.setAutoCommit(false);
            try {
                T result = work.on(connection);
                connection.commit();
                return result;
            } catch (SQLException | RuntimeException failure) {
                connection.rollback();
                throw failure;
            } finally {
                connection.setAutoCommit(true);
            }
        } catch (SQLException failure) {
            throw new LogUnavailableException("dead_letter could not be used", failure);
        }
    }

    /** PostgreSQL's text cannot hold the character U+0000, nor an unpaired surrogate. */
    private static @Nullable String storable(@Nullable String text) {
        if (text == null) {
            return null;
        }
        String whole = whole(text);
        return whole.length() <= MAX_TEXT ? whole : whole.substring(0, whole.offsetByCodePoints(0, MAX_TEXT / 2));
    }

    private static String whole(String text) {
        return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8).replace('\0', '\uFFFD');
    }

    private static String attributes(DeadLetter.Form form) {
        Map<String, String> storable = new TreeMap<>();
        form.attributes().forEach((name, value) -> storable.put(whole(name), whole(value)));
        return KernelJson.mapper().writeValueAsString(storable);
    }

    private static byte[] bounded(byte[] original) {
        return original.length <= MAX_ORIGINAL_BYTES ? original : Arrays.copyOf(original, MAX_ORIGINAL_BYTES);
    }

    private static byte[] digest(DeadLetter letter) {
        MessageDigest digest = sha256();
        DeadLetter.Source source = letter.source();
        if (source != null) {
            byte[] place = String.format(Locale.ROOT, "%s/%d/%d", source.topic(), source.partition(), source.offset())
                    .getBytes(StandardCharsets.UTF_8);
            digest.update(
                    ByteBuffer.allocate(Integer.BYTES).putInt(place.length).array());
            digest.update(place);
        }
        if (!letter.form().attributes().isEmpty()) {
            digest.update(attributes(letter.form()).getBytes(StandardCharsets.UTF_8));
        }
        return digest.digest(letter.original());
    }
}
