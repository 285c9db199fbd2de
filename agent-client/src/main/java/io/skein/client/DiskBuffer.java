package io.skein.client;

import io.skein.client.BusException.Reason;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongConsumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A queue on disk: entries are appended, read in order and acknowledged in order. Its process may die at any byte of any write; opening
 * the folder again gives every entry whose {@link #append} had returned and that was not acknowledged, in order, perhaps some
 * acknowledged just before the end once more. Memory use does not depend on how much waits. Safe for many writers and one reader.
 */
final class DiskBuffer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(DiskBuffer.class);
    private static final int SEGMENTS = 16;
    private static final int ACK_SLOT = 512;
    private static final int ACK_BYTES = 12;

    /** An entry and its place in the order. Sequences grow; after drops and damage they have gaps. */
    record Entry(long sequence, byte[] payload) {
        int bytes() {
            return Segment.RECORD_HEADER + payload.length;
        }
    }

    /** Told while the buffer is locked, so that nobody sees the effect before the news; must neither wait nor call the buffer. */
    interface Observer {
        void dropped(Entry entry);

        void setAside(SetAside damage);
    }

    /**
     * @param messages entries not yet acknowledged
     * @param bytes of the segment files
     * @param setAside stretches of damage found since the folder was opened
     */
    record State(long messages, long bytes, long dropped, long setAside, long tornBytes) {}

    private final BufferSettings settings;
    private final Disk disk;
    private final Observer observer;
    private final long segmentBytes;
    private final long maxBytes;
    private final FileChannel lockChannel;
    private final RandomAccessFile acknowledgements;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition arrived = lock.newCondition();
    private final Condition room = lock.newCondition();
    private final ReentrantLock syncLock = new ReentrantLock();

    private final ArrayDeque<Segment> segments = new ArrayDeque<>();
    private final ArrayDeque<Entry> inFlight = new ArrayDeque<>();
    private long totalBytes;
    private long unacknowledged;
    private long dropped;
    private long damaged;
    private long tornBytes;
    private long acknowledged;
    private int ackSlot;
    private long last;
    private @Nullable Segment readSegment;
    private long readOffset;
    private long readAfter;
    private long readSequence;
    private volatile long syncedSequence;
    private boolean closed;
    private @Nullable Thread syncer;

    static DiskBuffer open(BufferSettings settings, Observer observer) {
        long segmentBytes = Math.clamp(settings.maxBytes() / SEGMENTS, 64 * 1024, 64 * 1024 * 1024);
        return open(settings, observer, Disk.REAL, segmentBytes, settings.maxBytes());
    }

    /** @param segmentBytes a segment that holds more than this takes no further record */
    static DiskBuffer open(BufferSettings settings, Observer observer, Disk disk, long segmentBytes, long maxBytes) {
        Path folder = settings.folder();
        FileChannel lockChannel = null;
        try {
            Files.createDirectories(folder);
            lockChannel = lockFolder(folder);
            DiskBuffer buffer = new DiskBuffer(settings, observer, disk, segmentBytes, maxBytes, lockChannel);
            buffer.recover();
            buffer.startSyncer();
            return buffer;
        } catch (IOException failure) {
            closeQuietly(lockChannel);
            throw unwritable(folder, failure);
        } catch (RuntimeException | Error failure) {
            closeQuietly(lockChannel);
            throw failure;
        }
    }

    private DiskBuffer(
            BufferSettings settings,
            Observer observer,
            Disk disk,
            long segmentBytes,
            long maxBytes,
            FileChannel lockChannel)
            throws IOException {
        this.settings = settings;
        this.observer = observer;
        this.disk = disk;
        this.segmentBytes = segmentBytes;
        this.maxBytes = maxBytes;
        this.lockChannel = lockChannel;
        this.acknowledgements = disk.open(settings.folder().resolve("acknowledged"));
    }

    /**
     * Appends; when this returns, the death of the process does not lose the entry (that of the machine: see {@link BufferSettings.Fsync}).
     *
     * @param assigned gets the entry's sequence before a reader can see the entry
     * @return the entry's sequence
     * @throws BusException {@code BUFFER_FULL}, {@code BUFFER_UNWRITABLE} or {@code CLOSED}; then the entry is not in the buffer, except
     *     where the disk took it and could not sync it
     */
    long append(byte[] payload, LongConsumer assigned) {
        if (payload.length > Segment.MAX_PAYLOAD) {
            throw new IllegalArgumentException(
                    "entry has " + payload.length + " bytes; expected at most " + Segment.MAX_PAYLOAD);
        }
        long sequence;
        lock.lock();
        try {
            int bytes = Segment.RECORD_HEADER + payload.length;
            makeRoom(bytes);
            Segment active = activeFor(bytes);
            sequence = last + 1;
            write(active, Segment.record(sequence, payload));
            active.lastSequence = sequence;
            last = sequence;
            unacknowledged++;
            assigned.accept(sequence);
            arrived.signal();
        } catch (IOException failure) {
            throw unwritable(settings.folder(), failure);
        } finally {
            lock.unlock();
        }
        if (settings.fsync().isAlways()) {
            sync(sequence);
        }
        return sequence;
    }

    /**
     * The next entries in order, each given once; empty if none came within the wait.
     *
     * @param maxBytes the first entry is given even if it alone is larger
     */
    List<Entry> read(int maxEntries, long maxBytes, Duration wait) throws InterruptedException {
        List<Entry> entries = new ArrayList<>();
        lock.lockInterruptibly();
        try {
            long nanos = wait.toNanos();
            long bytes = 0;
            while (entries.size() < maxEntries && !closed) {
                Entry next = next(maxBytes - bytes, entries.isEmpty());
                if (next != null) {
                    entries.add(next);
                    bytes += next.bytes();
                } else if (entries.isEmpty() && nanos > 0) {
                    nanos = arrived.awaitNanos(nanos);
                } else {
                    break;
                }
            }
        } catch (IOException failure) {
            throw unwritable(settings.folder(), failure);
        } finally {
            lock.unlock();
        }
        return entries;
    }

    /** Everything read up to and including the sequence is settled and will not be given again. */
    void acknowledge(long sequence) {
        lock.lock();
        try {
            if (closed) {
                return;
            }
            boolean moved = false;
            while (!inFlight.isEmpty() && inFlight.getFirst().sequence() <= sequence) {
                acknowledged = inFlight.removeFirst().sequence();
                unacknowledged--;
                moved = true;
            }
            if (moved) {
                writeAcknowledged();
                removeSettledSegments();
                room.signalAll();
            }
        } catch (IOException failure) {
            // Not fatal: what was settled is sent once more after a restart, which its message id absorbs.
            LOG.warn("event=acknowledgement_not_written folder={}", settings.folder(), failure);
        } finally {
            lock.unlock();
        }
    }

    /** Of the newest entry ever appended; 0 before the first. */
    long lastSequence() {
        lock.lock();
        try {
            return last;
        } finally {
            lock.unlock();
        }
    }

    /** Whether nothing appended up to the sequence waits any more. */
    boolean isSettled(long sequence) {
        lock.lock();
        try {
            return unacknowledged == 0 || acknowledged >= sequence;
        } finally {
            lock.unlock();
        }
    }

    State state() {
        lock.lock();
        try {
            return new State(unacknowledged, totalBytes, dropped, damaged, tornBytes);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        lock.lock();
        try {
            if (closed) {
                return;
            }
            closed = true;
            arrived.signalAll();
            room.signalAll();
        } finally {
            lock.unlock();
        }
        Thread running = syncer;
        if (running != null) {
            running.interrupt();
        }
        if (!settings.fsync().isNever()) {
            sync(Long.MAX_VALUE);
        }
        lock.lock();
        syncLock.lock();
        try {
            segments.forEach(segment -> closeQuietly(segment.file));
            closeQuietly(acknowledgements);
            closeQuietly(lockChannel);
        } finally {
            syncLock.unlock();
            lock.unlock();
        }
    }

    /** For tests: lets go of the folder as the death of the process would. */
    void abandon() {
        Thread running = syncer;
        if (running != null) {
            running.interrupt();
        }
        segments.forEach(segment -> closeQuietly(segment.file));
        closeQuietly(acknowledgements);
        closeQuietly(lockChannel);
    }

    // ---- room ----

    private void makeRoom(int bytes) throws IOException {
        long deadline = System.nanoTime() + settings.blockAtMost().toNanos();
        while (true) {
            if (closed) {
                throw new BusException(
                        Reason.CLOSED,
                        "buffer " + settings.folder(),
                        "is closed",
                        "an open bus",
                        "open a new one to go on sending");
            }
            if (totalBytes + bytes + growth(bytes) <= maxBytes) {
                return;
            }
            if (retireSettledActive()) {
                continue;
            }
            switch (settings.whenFull()) {
                case REFUSE -> throw full(bytes, "");
                case DROP_OLDEST -> {
                    if (!dropOldest()) {
                        throw full(bytes, "and all of it is on its way, so nothing can be dropped, ");
                    }
                }
                case BLOCK -> {
                    try {
                        long nanos = deadline - System.nanoTime();
                        if (nanos <= 0) {
                            throw full(bytes, "and no room came within " + settings.blockAtMost() + ", ");
                        }
                        room.awaitNanos(nanos);
                    } catch (InterruptedException interrupted) {
                        Thread.currentThread().interrupt();
                        throw full(bytes, "and the wait for room was interrupted, ");
                    }
                }
            }
        }
    }

    private long growth(int bytes) {
        Segment active = segments.peekLast();
        return active == null || isFull(active, bytes) ? Segment.HEADER : 0;
    }

    private boolean isFull(Segment active, int bytes) {
        return active.size > Segment.HEADER && active.size + bytes > segmentBytes;
    }

    private BusException full(int bytes, String why) {
        return new BusException(
                Reason.BUFFER_FULL,
                "buffer " + settings.folder(),
                totalBytes + " bytes are in use " + why + "and " + bytes + " more were to come",
                "at most " + maxBytes + " bytes",
                "send again later, raise maxBytes, or see the bus's lastTrouble for why nothing leaves it");
    }

    /** A settled segment that still takes records holds room for nothing. */
    private boolean retireSettledActive() throws IOException {
        Segment active = segments.peekLast();
        if (active == null || active.size <= Segment.HEADER || active.lastSequence > acknowledged) {
            return false;
        }
        startSegment();
        removeSettledSegments();
        return true;
    }

    /** Cuts off what was not read yet of the oldest segment that holds such; false if there is none. */
    private boolean dropOldest() throws IOException {
        for (Segment segment : List.copyOf(segments)) {
            Segment reading = readSegment;
            long from = reading == null || segment.base > reading.base ? Segment.HEADER : readOffset;
            if ((reading != null && segment.base < reading.base) || from >= segment.size) {
                continue;
            }
            long lastKept = segment == reading ? readAfter : segment.base - 1;
            long before = dropped;
            dropFrom(segment, from);
            cut(segment, from);
            segment.lastSequence = lastKept;
            if (segment != segments.getLast() && segment.lastSequence <= acknowledged) {
                removeSettledSegments();
            }
            LOG.warn("event=oldest_dropped folder={} messages={}", settings.folder(), dropped - before);
            return true;
        }
        return false;
    }

    private void dropFrom(Segment segment, long from) throws IOException {
        long after = segment == readSegment ? readAfter : segment.base - 1;
        for (long offset = from; offset < segment.size; ) {
            switch (segment.at(offset, after)) {
                case Segment.Found.Whole whole -> {
                    offset = whole.next();
                    after = whole.sequence();
                    if (whole.sequence() > acknowledged) {
                        dropped++;
                        unacknowledged--;
                        observer.dropped(new Entry(whole.sequence(), whole.payload()));
                    }
                }
                case Segment.Found.Damaged damage -> {
                    setAside(segment, offset, damage.next(), damage.why());
                    offset = damage.next();
                }
                case Segment.Found.Torn ignored -> offset = segment.size;
                case Segment.Found.End ignored -> offset = segment.size;
            }
        }
    }

    // ---- segments ----

    private Segment activeFor(int bytes) throws IOException {
        Segment active = segments.peekLast();
        return active == null || isFull(active, bytes) ? startSegment() : active;
    }

    private Segment startSegment() throws IOException {
        Segment before = segments.peekLast();
        if (before != null && !settings.fsync().isNever()) {
            disk.sync(before.file);
        }
        long base = last + 1;
        if (before != null && before.base >= base) {
            throw new IOException("segment " + before.path + " holds no record, yet another is to be started");
        }
        Path path = settings.folder().resolve("%020d.segment".formatted(base));
        Segment segment = new Segment(path, disk.open(path), base, 0);
        try {
            write(segment, Segment.header(base));
        } catch (IOException failure) {
            closeQuietly(segment.file);
            disk.delete(path);
            throw failure;
        }
        if (!settings.fsync().isNever()) {
            disk.syncFolder(settings.folder());
        }
        segments.addLast(segment);
        return segment;
    }

    private void write(Segment segment, byte[] bytes) throws IOException {
        try {
            disk.write(segment.file, segment.size, bytes);
        } catch (IOException failure) {
            try {
                disk.truncate(segment.file, segment.size);
            } catch (IOException again) {
                failure.addSuppressed(again);
            }
            throw failure;
        }
        segment.size += bytes.length;
        totalBytes += bytes.length;
    }

    private void cut(Segment segment, long length) throws IOException {
        disk.truncate(segment.file, length);
        totalBytes -= segment.size - length;
        segment.size = length;
    }

    private void removeSettledSegments() throws IOException {
        Segment active = segments.peekLast();
        for (Segment segment : List.copyOf(segments)) {
            if (segment == active || segment.lastSequence > acknowledged || isAheadOfReader(segment)) {
                continue;
            }
            if (segment == readSegment) {
                readSegment = null;
            }
            segments.remove(segment);
            totalBytes -= segment.size;
            closeQuietly(segment.file);
            disk.delete(segment.path);
        }
    }

    /** Damage at a segment's end must be met by the reader before the segment may go. */
    private boolean isAheadOfReader(Segment segment) {
        Segment reading = readSegment;
        return segment.size > Segment.HEADER
                && (reading == null
                        ? segment.lastSequence > readSequence
                        : segment.base > reading.base || (segment == reading && readOffset < segment.size));
    }

    // ---- reading ----

    private @Nullable Entry next(long maxBytes, boolean whateverItsSize) throws IOException {
        while (true) {
            Segment segment = readSegment;
            if (segment == null || (readOffset >= segment.size && segment != segments.peekLast())) {
                if (!moveToNextSegment(segment)) {
                    return null;
                }
                continue;
            }
            switch (segment.at(readOffset, readAfter)) {
                case Segment.Found.Whole whole -> {
                    Entry entry = new Entry(whole.sequence(), whole.payload());
                    if (whole.sequence() > acknowledged) {
                        if (!whateverItsSize && entry.bytes() > maxBytes) {
                            return null;
                        }
                        inFlight.addLast(entry);
                    }
                    readOffset = whole.next();
                    readAfter = whole.sequence();
                    readSequence = Math.max(readSequence, whole.sequence());
                    if (whole.sequence() > acknowledged) {
                        return entry;
                    }
                }
                case Segment.Found.Damaged damage -> {
                    if (setAside(segment, readOffset, damage.next(), damage.why())) {
                        recount(segment, damage.next());
                    }
                    readOffset = damage.next();
                }
                case Segment.Found.Torn ignored -> {
                    if (setAside(segment, readOffset, segment.size, "the file ends inside a record")) {
                        recount(segment, segment.size);
                    }
                    readOffset = segment.size;
                }
                case Segment.Found.End ignored -> {
                    return null;
                }
            }
        }
    }

    private boolean moveToNextSegment(@Nullable Segment current) {
        for (Segment segment : segments) {
            if (current == null
                    ? segment.lastSequence > readSequence || segment == segments.peekLast()
                    : segment.base > current.base) {
                readSegment = segment;
                readOffset = Segment.HEADER;
                readAfter = segment.base - 1;
                return true;
            }
        }
        return false;
    }

    /** Damage that came while the folder was open took entries that were counted; count what the segments still hold. */
    private void recount(Segment damaged, long from) throws IOException {
        long count = inFlight.size();
        for (Segment segment : segments) {
            if (segment.base < damaged.base) {
                continue;
            }
            long after = segment == damaged ? readAfter : segment.base - 1;
            for (long offset = segment == damaged ? from : Segment.HEADER; offset < segment.size; ) {
                switch (segment.at(offset, after)) {
                    case Segment.Found.Whole whole -> {
                        offset = whole.next();
                        after = whole.sequence();
                        if (after > acknowledged) {
                            count++;
                        }
                    }
                    case Segment.Found.Damaged damage -> offset = damage.next();
                    case Segment.Found.Torn ignored -> offset = segment.size;
                    case Segment.Found.End ignored -> offset = segment.size;
                }
            }
        }
        unacknowledged = count;
    }

    // ---- recovery ----

    private void recover() throws IOException {
        readAcknowledged();
        last = acknowledged;
        List<Path> paths;
        try (Stream<Path> files = Files.list(settings.folder())) {
            paths = files.filter(path -> path.getFileName().toString().matches("\\d{20}\\.segment"))
                    .sorted()
                    .toList();
        }
        for (int i = 0; i < paths.size(); i++) {
            recover(paths.get(i), i == paths.size() - 1);
        }
        readSequence = acknowledged;
        syncedSequence = 0;
        removeSettledSegmentsAtStart();
        if (unacknowledged > 0 || tornBytes > 0) {
            LOG.info(
                    "event=buffer_reopened folder={} messages={} bytes={} tornBytes={} setAside={}",
                    settings.folder(),
                    unacknowledged,
                    totalBytes,
                    tornBytes,
                    damaged);
        }
    }

    private void recover(Path path, boolean newest) throws IOException {
        long base = Long.parseLong(path.getFileName().toString().substring(0, 20));
        RandomAccessFile file = disk.open(path);
        Segment segment = new Segment(path, file, base, file.length());
        long offset = Segment.HEADER;
        last = Math.max(last, base - 1);
        if (!segment.hasHeader()) {
            if (newest && segment.size < Segment.HEADER) {
                tornBytes += segment.size;
                closeQuietly(file);
                disk.delete(path);
                return;
            }
            long firstRecord = segment.nextRecord(0);
            setAside(segment, 0, firstRecord, "the segment's header is damaged");
            offset = firstRecord;
            if (firstRecord < Segment.HEADER) {
                offset = segment.nextRecord(Segment.HEADER);
            }
        }
        long after = base - 1;
        while (offset < segment.size) {
            switch (segment.at(offset, after)) {
                case Segment.Found.Whole whole -> {
                    offset = whole.next();
                    after = whole.sequence();
                    segment.lastSequence = after;
                    last = Math.max(last, after);
                    if (after > acknowledged) {
                        unacknowledged++;
                    }
                }
                case Segment.Found.Damaged damage -> {
                    setAside(segment, offset, damage.next(), damage.why());
                    if (newest && damage.next() >= segment.size) {
                        disk.truncate(file, offset);
                        segment.size = offset;
                    }
                    offset = damage.next();
                }
                case Segment.Found.Torn ignored -> {
                    if (newest) {
                        tornBytes += segment.size - offset;
                        disk.truncate(file, offset);
                        segment.size = offset;
                    } else {
                        setAside(
                                segment,
                                offset,
                                segment.size,
                                "the file ends inside a record, though newer files follow");
                        offset = segment.size;
                    }
                }
                case Segment.Found.End ignored -> offset = segment.size;
            }
        }
        if (segment.lastSequence < base) {
            // Nothing of use in it; what was damaged is set aside already.
            closeQuietly(file);
            disk.delete(path);
            return;
        }
        totalBytes += segment.size;
        segments.addLast(segment);
    }

    /** Also the newest: the next entry starts a file of its own, whose name keeps the sequence. */
    private void removeSettledSegmentsAtStart() throws IOException {
        for (Segment segment : List.copyOf(segments)) {
            if (segment.lastSequence <= acknowledged) {
                segments.remove(segment);
                totalBytes -= segment.size;
                closeQuietly(segment.file);
                disk.delete(segment.path);
            }
        }
    }

    /** Copied before anything is cut, under a name made of its place, so that finding it again after a restart changes nothing. */
    private boolean setAside(Segment segment, long from, long to, String why) throws IOException {
        Path folder = settings.folder().resolve("set-aside");
        Files.createDirectories(folder);
        String name = segment.path.getFileName().toString().replace(".segment", "") + "-" + from + "-" + (to - from)
                + ".bytes";
        Path target = folder.resolve(name);
        if (Files.exists(target) && Files.size(target) == to - from) {
            return false;
        }
        try (RandomAccessFile copy = disk.open(target)) {
            disk.truncate(copy, 0);
            int window = 1024 * 1024;
            for (long offset = from; offset < to; offset += window) {
                disk.write(copy, offset - from, segment.read(offset, (int) Math.min(window, to - offset)));
            }
            disk.sync(copy);
        }
        damaged++;
        LOG.error(
                "event=buffer_damaged segment={} offset={} bytes={} why=\"{}\" setAside={}",
                segment.path,
                from,
                to - from,
                why,
                target);
        observer.setAside(new SetAside(target, segment.path, from, to - from, why));
        return true;
    }

    // ---- acknowledgements: two slots written in turn, so that a torn one leaves the other ----

    private void writeAcknowledged() throws IOException {
        ByteBuffer slot = ByteBuffer.allocate(ACK_BYTES).putLong(acknowledged);
        slot.putInt(Segment.crc(slot.array(), 0, 8));
        ackSlot ^= 1;
        disk.write(acknowledgements, (long) ackSlot * ACK_SLOT, slot.array());
    }

    private void readAcknowledged() throws IOException {
        long length = acknowledgements.length();
        boolean any = false;
        for (int slot = 0; slot < 2; slot++) {
            if (length < (long) slot * ACK_SLOT + ACK_BYTES) {
                continue;
            }
            byte[] bytes = new byte[ACK_BYTES];
            acknowledgements.seek((long) slot * ACK_SLOT);
            acknowledgements.readFully(bytes);
            ByteBuffer fields = ByteBuffer.wrap(bytes);
            if (fields.getInt(8) == Segment.crc(bytes, 0, 8) && fields.getLong(0) >= acknowledged) {
                acknowledged = fields.getLong(0);
                ackSlot = slot;
                any = true;
            }
        }
        if (!any && length > 0) {
            LOG.warn(
                    "event=acknowledgements_unreadable folder={} consequence=\"all that waits is sent again\"",
                    settings.folder());
        }
    }

    // ---- durability ----

    private void startSyncer() {
        BufferSettings.Fsync policy = settings.fsync();
        if (policy.isAlways() || policy.isNever()) {
            return;
        }
        syncer = Thread.ofVirtual().name("skein-buffer-sync").start(() -> {
            try {
                while (true) {
                    Thread.sleep(policy.every());
                    sync(Long.MAX_VALUE);
                }
            } catch (InterruptedException closing) {
                Thread.currentThread().interrupt();
            } catch (BusException failure) {
                LOG.error("event=buffer_not_synced folder={}", settings.folder(), failure);
            }
        });
    }

    /** Concurrent callers share a write: whoever comes second finds its entry already covered. */
    private void sync(long sequence) {
        syncLock.lock();
        try {
            if (syncedSequence >= sequence) {
                return;
            }
            Segment active;
            long covered;
            lock.lock();
            try {
                active = segments.peekLast();
                covered = last;
            } finally {
                lock.unlock();
            }
            if (active == null
                    || covered == syncedSequence
                    || !active.file.getChannel().isOpen()) {
                return;
            }
            try {
                disk.sync(active.file);
            } catch (IOException failure) {
                if (active.file.getChannel().isOpen()) {
                    throw failure;
                }
                // Settled and removed meanwhile: a sealed segment was synced when it was sealed.
            }
            syncedSequence = covered;
        } catch (IOException failure) {
            throw unwritable(settings.folder(), failure);
        } finally {
            syncLock.unlock();
        }
    }

    // ---- odds ----

    private static FileChannel lockFolder(Path folder) throws IOException {
        FileChannel channel =
                FileChannel.open(folder.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        FileLock held = null;
        try {
            held = channel.tryLock();
        } catch (OverlappingFileLockException sameProcess) {
            LOG.debug("event=buffer_locked_here folder={}", folder);
        }
        if (held == null) {
            channel.close();
            throw new BusException(
                    Reason.BUFFER_UNWRITABLE,
                    "buffer " + folder,
                    "another bus has it open",
                    "a folder of its own for each bus",
                    "close the other bus or name another folder");
        }
        return channel;
    }

    private static BusException unwritable(Path folder, IOException failure) {
        return new BusException(
                        Reason.BUFFER_UNWRITABLE,
                        "buffer " + folder,
                        String.valueOf(failure.getMessage()),
                        "a folder that can be read and written",
                        "check free space, rights and the health of the disk")
                .causedBy(failure);
    }

    private static void closeQuietly(@Nullable AutoCloseable resource) {
        if (resource == null) {
            return;
        }
        try {
            resource.close();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        } catch (Exception failure) {
            LOG.debug("event=not_closed resource={}", resource, failure);
        }
    }
}
