package io.skein.command.audit;

import io.skein.command.bus.Commands;
import io.skein.eventlog.tree.Checkpoint;
import io.skein.eventlog.tree.EvidenceFolder;
import io.skein.eventlog.tree.MerkleTree;
import io.skein.eventlog.tree.MissingTileException;
import io.skein.eventlog.tree.Proofs;
import io.skein.eventlog.tree.SignedNote;
import io.skein.eventlog.tree.SigningKey;
import io.skein.eventlog.tree.StoredTiles;
import io.skein.eventlog.tree.VerifierKey;
import io.skein.kernel.audit.AuditLogCommand.AdoptKey;
import io.skein.kernel.audit.AuditLogCommand.SignCheckpoint;
import io.skein.kernel.audit.AuditLogEvent.CheckpointSigned;
import io.skein.kernel.id.AuditLogId;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/**
 * Signs the root of the tree now and then. It signs only what extends what it signed last, which it keeps in a folder outside the database: a log that was rewritten
 * below an earlier checkpoint, or cut off, gets no signature any more and makes this side unhealthy. The statement is in the folder first, then in the log.
 */
final class CheckpointSigner implements SmartLifecycle {
    private static final Logger LOG = LoggerFactory.getLogger(CheckpointSigner.class);
    /** Any number will do; all nodes must use the same. */
    private static final long ADVISORY_LOCK = 0x536B_5369_676E_0001L;

    private static final Duration STOPPED_WITHIN = Duration.ofSeconds(10);

    /** Takes every signed checkpoint to another place. */
    interface Anchor extends AutoCloseable {
        void put(String origin, String note);

        @Override
        void close();
    }

    /** How it stands. */
    enum Standing {
        OFF,
        WELL,
        WAITING,
        REWRITTEN
    }

    private final CheckpointSettings settings;
    private final DataSource dataSource;
    private final Commands commands;
    private final @Nullable Anchor anchor;
    private final @Nullable EvidenceFolder folder;
    private volatile @Nullable Thread thread;
    private volatile boolean running;
    private volatile Standing standing;
    private volatile String detail = "";
    private volatile long signedSize;
    /** Of the signer's thread: the key that the log knows to be in use. */
    private String adopted = "";
    /** Of the signer's thread: whether the newest event may be the newest checkpoint itself. */
    CheckpointSigner(CheckpointSettings settings, DataSource dataSource, Commands commands, @Nullable Anchor anchor) {
        this.settings = settings;
        this.dataSource = dataSource;
        this.commands = commands;
        this.anchor = anchor;
        this.folder = settings.folder().isBlank() ? null : new EvidenceFolder(Path.of(settings.folder()));
        this.standing = folder == null ? Standing.OFF : Standing.WAITING;
    }

    Standing standing() {
        return standing;
    }

    String detail() {
        return detail;
    }

    /** Number of events under the newest checkpoint signed here. */
    long signedSize() {
        return signedSize;
    }

    @Override
    public void start() {
        running = true;
        if (folder == null) {
            return;
        }
        try {
            EvidenceFolder.Keys keys = keys(folder);
            LOG.info(
                    "event=checkpoints_on key={} interval_seconds={}",
                    keys.current(),
                    settings.interval().toSeconds());
        } catch (IOException unreadable) {
            throw new IllegalStateException("signing key in " + folder.path() + " cannot be read", unreadable);
        }
        thread = Thread.ofPlatform().daemon().name("skein-checkpoints").start(() -> run(folder));
    }

    @Override
    public void stop() {
        running = false;
        Thread signing = thread;
        if (signing != null) {
            signing.interrupt();
            try {
                signing.join(STOPPED_WITHIN);
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
            }
        }
        if (anchor != null) {
            anchor.close();
        }
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    private EvidenceFolder.Keys keys(EvidenceFolder evidence) throws IOException {
        Optional<EvidenceFolder.Keys> keys = evidence.keys();
        if (keys.isPresent()) {
            return keys.get();
        }
        if (!settings.createKey()) {
            throw new IllegalStateException("there is no signing key in " + evidence.path() + "; expected "
                    + EvidenceFolder.KEY + ", or skein.checkpoints.create-key=true to have one made");
        }
        String origin = settings.origin().isBlank()
                ? "skein.log/"
                        + HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextInt())
                : settings.origin();
        EvidenceFolder.Keys made = evidence.create(origin);
        LOG.info("event=signing_key_made key={}", made.current());
        return made;
    }

    private void run(EvidenceFolder evidence) {
        boolean complained = false;
        while (running) {
            try {
                sign(evidence);
                complained = false;
            } catch (SQLException | IOException | RuntimeException failure) {
                if (running && !complained) {
                    LOG.warn("event=checkpoint_interrupted action=retrying cause={}", failure.toString());
                    complained = true;
                }
                if (standing != Standing.REWRITTEN) {
                    standing = Standing.WAITING;
                    detail = failure.toString();
                }
            }
            try {
                Thread.sleep(settings.interval());
            } catch (InterruptedException stopped) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    private void sign(EvidenceFolder evidence) throws SQLException, IOException {
        try (Connection connection = dataSource.getConnection()) {
            connection.setAutoCommit(false);
            try {
                if (isMine(connection)) {
                    // The key may have been changed while we run.
                    EvidenceFolder.Keys keys = evidence.keys()
                            .orElseThrow(
                                    () -> new IllegalStateException("the signing key is gone from " + evidence.path()));
                    sign(evidence, keys, connection);
                }
            } finally {
                connection.rollback();
                connection.setAutoCommit(true);
            }
        }
    }

    private void sign(EvidenceFolder evidence, EvidenceFolder.Keys keys, Connection database)
            throws SQLException, IOException {
        long head = number(database, "select coalesce(max(position), 0) from event_log");
        long size = number(database, "select coalesce(min(position), 0) from projection_progress where name = 'tree'");
        Optional<Checkpoint> before = evidence.newest()
                .map(note -> Checkpoint.parse(SignedNote.parse(note).text()));
        long last = before.map(Checkpoint::size).orElse(0L);
        signedSize = last;
        if (head < last) {
            rewritten(
                    "log_cut_off",
                    "the log ends at position " + head + "; expected at least the " + last
                            + " events that were signed");
            return;
        }
        if (size < last) {
            standing = Standing.WAITING;
            detail = "the tree has " + size + " of the " + last + " events that were signed";
            return;
        }
        boolean news = size - last > 1 || (size - last == 1 && !isCheckpoint(database, size));
        MerkleTree tree = new MerkleTree(new StoredTiles(database));
        if (before.isPresent() && !extend(tree, before.get(), size)) {
            rewritten(
                    "log_rewritten",
                    "the tree of " + size + " events does not begin with the " + last + " events that were signed");
            return;
        }
        standing = Standing.WELL;
        detail = "";
        if (!news || size == 0) {
            return;
        }
        adopt(keys);
        SigningKey key = keys.current();
        Checkpoint checkpoint = new Checkpoint(key.verifier().name(), size, tree.root(size));
        String note = SignedNote.sign(checkpoint.text(), key);
        evidence.append(note);
        signedSize = size;
        commands.send(new SignCheckpoint(
                AuditLogId.checkpoint(size, key.verifier().id()),
                checkpoint.origin(),
                size,
                checkpoint.rootBase64(),
                key.verifier().id(),
                note));
        if (anchor != null) {
            anchor.put(checkpoint.origin(), note);
        }
    }

    private static boolean extend(MerkleTree tree, Checkpoint before, long size) {
        try {
            return Proofs.isBeginning(
                    before.size(), before.root(), size, tree.root(size), tree.consistency(before.size(), size));
        } catch (MissingTileException missing) {
            return false;
        }
    }

    private void rewritten(String event, String what) {
        if (standing != Standing.REWRITTEN) {
            LOG.error("event={} action=not_signing detail=\"{}\"", event, what);
        }
        standing = Standing.REWRITTEN;
        detail = what;
    }

    private void adopt(EvidenceFolder.Keys keys) {
        VerifierKey current = keys.current().verifier();
        if (current.id().equals(adopted)) {
            return;
        }
        @Nullable String replaces = null;
        @Nullable String vouching = null;
        if (keys.before().isPresent()) {
            SigningKey before = keys.before().get();
            replaces = before.verifier().id();
            vouching = SignedNote.sign(vouchingText(current), before);
        }
        commands.send(new AdoptKey(
                AuditLogId.key(current.id()), current.name(), current.id(), current.text(), replaces, vouching));
        adopted = current.id();
    }

    /** What the key before says of the new one. */
    static String vouchingText(VerifierKey next) {
        return next.name() + "\nnext key\n" + next.text() + "\n";
    }

    private static boolean isMine(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("select pg_try_advisory_xact_lock(" + ADVISORY_LOCK + ")")) {
            rows.next();
            return rows.getBoolean(1);
        }
    }

    /** A checkpoint alone behind the one before is no news: signing it would go on for ever. */
    private static boolean isCheckpoint(Connection database, long position) throws SQLException {
        return number(
                        database,
                        "select count(*) from event_log e join log_name n on n.id = e.payload_type where n.name = '"
                                + CheckpointSigned.class.getSimpleName() + "' and e.position = " + position)
                > 0;
    }

    private static long number(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            rows.next();
            return rows.getLong(1);
        }
    }
}
