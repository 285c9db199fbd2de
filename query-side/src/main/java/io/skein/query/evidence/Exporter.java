package io.skein.query.evidence;

import io.skein.eventlog.KernelJson;
import io.skein.eventlog.tree.MerkleTree;
import io.skein.eventlog.tree.StoredEvent;
import io.skein.eventlog.tree.StoredEvents;
import io.skein.eventlog.tree.StoredTiles;
import io.skein.kernel.audit.LogKey;
import io.skein.kernel.audit.SignedCheckpoint;
import io.skein.kernel.problem.Reason;
import io.skein.kernel.problem.Refusal;
import io.skein.kernel.problem.RefusedException;
import io.skein.query.reading.ConsistentReads;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.Semaphore;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.stereotype.Component;

/** Gives events away as they are stored, of any number, in one moment of the database and with bounded memory; a bundle also with what proves them. */
@Component
public final class Exporter {
    private static final int AT_ONCE = 2;
    private static final int FETCH = 500;
    private static final byte[] LINE_FEED = {'\n'};

    private final ConsistentReads reads;
    private final EvidenceRows rows;
    private final DataSource dataSource;
    private final AccessRecorder recorder;
    private final Semaphore places = new Semaphore(AT_ONCE);

    Exporter(
            ConsistentReads reads,
            EvidenceRows rows,
            @Qualifier("queryDataSource") DataSource queryDataSource,
            AccessRecorder recorder) {
        this.reads = reads;
        this.rows = rows;
        this.dataSource = queryDataSource;
        this.recorder = recorder;
    }

    /** An export that can be given. */
    public final class Prepared {
        private final ExportRequest request;
        private final SignedCheckpoint checkpoint;
        private final List<LogKey> keys;
        private final long to;

        Prepared(ExportRequest request, SignedCheckpoint checkpoint, List<LogKey> keys, long to) {
            this.request = request;
            this.checkpoint = checkpoint;
            this.keys = keys;
            this.to = to;
        }

        /** Events under the checkpoint that covers the export. */
        public long treeSize() {
            return checkpoint.treeSize();
        }

        /**
         * Writes it. That it was begun is written down before, how much was given after, also where it broke off.
         *
         * @throws IOException if whoever asked is gone
         */
        public void write(OutputStream out) throws IOException {
            if (!places.tryAcquire()) {
                throw new RefusedException(new Refusal(
                        Reason.OVERLOADED, "", AT_ONCE + " exports are under way; try again when one has ended"));
            }
            Tally tally = new Tally();
            try {
                recorder.record(
                        request.network(),
                        request.by(),
                        "export.begin",
                        request.parameters(),
                        0,
                        checkpoint.treeSize());
                try {
                    give(this, tally, out);
                } finally {
                    recorder.record(
                            request.network(),
                            request.by(),
                            "export",
                            request.parameters(),
                            tally.count,
                            checkpoint.treeSize());
                }
            } finally {
                places.release();
            }
        }
    }

    /** What was given so far. */
    private static final class Tally {
        private long count;
        private final SortedMap<String, Long> byType = new TreeMap<>();
        private @Nullable String first;
        private @Nullable String last;

        void add(StoredEvent event) {
            count++;
            byType.merge(event.type(), 1L, Long::sum);
            String at = event.recordedAt().toString();
            first = first == null ? at : first;
            last = at;
        }
    }

    /**
     * Looks whether the export can be given.
     *
     * @throws RefusedException if it reaches beyond what is signed, or there is no checkpoint yet
     */
    public Prepared prepare(ExportRequest request) {
        return reads.inOneMoment(() -> {
            Long asked = request.to();
            SignedCheckpoint checkpoint = rows.newestCheckpoint(asked == null ? 1 : asked)
                    .orElseThrow(() -> new RefusedException(new Refusal(
                            Reason.NOT_ALLOWED_NOW,
                            asked == null ? "" : "to",
                            asked == null
                                    ? "no checkpoint was signed yet; expected one"
                                    : "no checkpoint covers position " + asked + " yet; expected one signed later")));
            long to = asked == null ? checkpoint.treeSize() : asked;
            if (request.from() < 1 || request.from() > to) {
                throw new RefusedException(
                        new Refusal(Reason.INVALID, "from", "from is " + request.from() + "; expected 1 to " + to));
            }
            Long since = request.since();
            if (since != null && (since < 0 || since > checkpoint.treeSize())) {
                throw new RefusedException(new Refusal(
                        Reason.INVALID,
                        "since",
                        "since is " + since + "; expected 0 to " + checkpoint.treeSize()
                                + ", the events under the newest checkpoint"));
            }
            return new Prepared(request, checkpoint, rows.keys(), to);
        });
    }

    private void give(Prepared prepared, Tally tally, OutputStream raw) throws IOException {
        OutputStream out = new BufferedOutputStream(raw, 1 << 16);
        try (Connection database = dataSource.getConnection()) {
            try {
                switch (prepared.request.format()) {
                    case BUNDLE -> bundle(prepared, tally, database, out);
                    case JSONL -> lines(prepared, tally, database, null, out);
                    case CSV -> csv(prepared, tally, database, out);
                }
                out.flush();
            } catch (UncheckedIOException gone) {
                throw gone.getCause();
            } finally {
                database.rollback();
            }
        } catch (SQLException failure) {
            throw new DataAccessResourceFailureException("the export broke off", failure);
        }
    }

    private void bundle(Prepared prepared, Tally tally, Connection database, OutputStream out)
            throws IOException, SQLException {
        ExportRequest request = prepared.request;
        SignedCheckpoint checkpoint = prepared.checkpoint;
        long size = checkpoint.treeSize();
        MerkleTree tree = new MerkleTree(new StoredTiles(database));
        Bundle bundle = new Bundle(out);
        bundle.put("checkpoint", checkpoint.note());
        bundle.put("keys.jsonl", keys -> {
            for (LogKey key : prepared.keys) {
                keys.write(KernelJson.mapper().writeValueAsBytes(key));
                keys.write(LINE_FEED);
            }
        });
        if (!request.isFiltered()) {
            Map<String, Object> range = new LinkedHashMap<>();
            range.put("from", request.from());
            range.put("to", prepared.to);
            range.put("size", size);
            range.put("left", ProofAnswers.texts(tree.cover(0, request.from() - 1)));
            range.put("right", ProofAnswers.texts(tree.cover(prepared.to, size)));
            bundle.putJson("range.json", range);
        }
        if (!request.isFiltered()) {
            bundle.put("leaves.bin", leaves -> {
                for (long position = request.from(); position <= prepared.to; position++) {
                    leaves.write(tree.leafHash(position - 1));
                }
            });
            bundle.put("checkpoints.jsonl", checkpoints -> {
                for (SignedCheckpoint inside : rows.checkpointsOver(request.from(), prepared.to)) {
                    checkpoints.write(KernelJson.mapper().writeValueAsBytes(inside));
                    checkpoints.write(LINE_FEED);
                }
            });
        }
        if (request.since() != null) {
            Map<String, Object> consistency = new LinkedHashMap<>();
            consistency.put("from", request.since());
            consistency.put("to", size);
            consistency.put("path", ProofAnswers.texts(tree.consistency(request.since(), size)));
            bundle.putJson("consistency.json", consistency);
        }
        bundle.put("events.jsonl", events -> {
            try {
                lines(prepared, tally, database, request.isFiltered() ? tree : null, events);
            } catch (SQLException failure) {
                throw new DataAccessResourceFailureException("the export broke off", failure);
            }
        });
        Manifest manifest = manifest(prepared, tally, bundle.files());
        bundle.put("custody.html", Custody.html(manifest, checkpoint, prepared.keys));
        bundle.putJson("manifest.json", manifest(prepared, tally, bundle.files()));
        bundle.finish();
    }

    private static Manifest manifest(Prepared prepared, Tally tally, List<Bundle.File> files) {
        SortedMap<String, String> query = new TreeMap<>();
        prepared.request.parameters().forEach((name, value) -> {
            if (value != null) {
                query.put(name, value);
            }
        });
        return new Manifest(
                Manifest.FORMAT,
                prepared.checkpoint.origin(),
                query,
                prepared.request.by().value(),
                Instant.now().truncatedTo(ChronoUnit.SECONDS).toString(),
                prepared.request.from(),
                prepared.to,
                !prepared.request.isFiltered(),
                tally.count,
                tally.byType,
                tally.first,
                tally.last,
                prepared.checkpoint.treeSize(),
                prepared.checkpoint.rootHash(),
                files);
    }

    /** @param tree to prove each event by itself; null: no proofs */
    private void lines(Prepared prepared, Tally tally, Connection database, @Nullable MerkleTree tree, OutputStream out)
            throws SQLException {
        long size = prepared.checkpoint.treeSize();
        each(prepared, database, event -> {
            List<String> proof = tree == null ? null : ProofAnswers.texts(tree.inclusion(event.position() - 1, size));
            out.write(KernelJson.mapper().writeValueAsBytes(EventLine.of(event, proof)));
            out.write(LINE_FEED);
            tally.add(event);
        });
    }

    private void csv(Prepared prepared, Tally tally, Connection database, OutputStream out)
            throws IOException, SQLException {
        out.write("position,eventId,recordedAt,aggregateType,aggregateId,sequence,type,revision,payload,metadata\r\n"
                .getBytes(StandardCharsets.US_ASCII));
        each(prepared, database, event -> {
            EventLine line = EventLine.of(event, null);
            String row = line.position() + "," + line.eventId() + "," + line.recordedAt() + ","
                    + cell(line.aggregateType())
                    + "," + cell(line.aggregateId()) + "," + line.sequence() + "," + cell(line.type()) + ","
                    + cell(line.revision()) + "," + cell(line.payload() == null ? line.payloadBase64() : line.payload())
                    + "," + cell(line.metadata() == null ? line.metadataBase64() : line.metadata()) + "\r\n";
            out.write(row.getBytes(StandardCharsets.UTF_8));
            tally.add(event);
        });
    }

    /** What a spreadsheet would take for a formula gets an apostrophe in front. */
    private static String cell(@Nullable String text) {
        if (text == null || text.isEmpty()) {
            return "";
        }
        String safe = "=+-@\t\r".indexOf(text.charAt(0)) >= 0 ? "'" + text : text;
        return safe.chars().anyMatch(c -> c == '"' || c == ',' || c == '\n' || c == '\r')
                ? "\"" + safe.replace("\"", "\"\"") + "\""
                : safe;
    }

    @FunctionalInterface
    private interface Giver {
        void give(StoredEvent event) throws IOException, SQLException;
    }

    private static void each(Prepared prepared, Connection database, Giver giver) throws SQLException {
        ExportRequest request = prepared.request;
        List<Object> parameters = new ArrayList<>();
        StringBuilder sql = new StringBuilder(StoredEvents.SELECT);
        if (request.isFiltered()) {
            sql.append("join audit_entry x on x.position = e.position where x.position between ? and ?");
        } else {
            sql.append("where e.position between ? and ?");
        }
        parameters.add(request.from());
        parameters.add(prepared.to);
        if (request.network() != null) {
            sql.append(" and x.network_id = ?");
            parameters.add(request.network().value());
        }
        if (request.agent() != null) {
            sql.append(" and x.agent_id = ?");
            parameters.add(request.agent().value());
        }
        if (request.conversation() != null) {
            sql.append(" and x.conversation_id = ?");
            parameters.add(request.conversation().value());
        }
        if (request.type() != null) {
            sql.append(" and x.event_type = ?");
            parameters.add(request.type());
        }
        if (request.alert() != null) {
            sql.append("""
                     and (x.aggregate_type = 'Alert' and x.aggregate_id = ?
                        or x.position in (select (item ->> 'position')::bigint
                            from alert l cross join lateral jsonb_array_elements(l.evidence) item where l.alert_id = ?))""");
            parameters.add(request.alert().value());
            parameters.add(request.alert().value());
        }
        sql.append(" order by e.position");
        try (PreparedStatement select = database.prepareStatement(sql.toString())) {
            select.setFetchSize(FETCH);
            for (int i = 0; i < parameters.size(); i++) {
                select.setObject(i + 1, parameters.get(i));
            }
            try (ResultSet found = select.executeQuery()) {
                while (found.next()) {
                    giver.give(StoredEvents.row(found));
                }
            }
        } catch (IOException gone) {
            throw new UncheckedIOException(gone);
        }
    }
}
