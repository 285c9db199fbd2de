package io.skein.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.skein.client.BufferSettings.Fsync;
import io.skein.client.BufferSettings.WhenFull;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.LongStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.constraints.IntRange;

/**
 * Messages sent while Kafka is away are buffered on disk and delivered in order after it returns, also if the sender was killed in between.
 * Here the buffer as a state machine, dying at any byte of any write; with real processes and a real broker in {@link KilledSenderTest}.
 */
class P03BufferedInOrderProperties {
    private static final long SEGMENT = 512;

    sealed interface Step {
        record Append(int bytes) implements Step {}

        record Read(int entries) implements Step {}

        /** Of what was read and not acknowledged, this share, from the oldest. */
        record Acknowledge(int percent) implements Step {}

        record Close() implements Step {}

        /** The process dies once it has written so many more bytes. */
        record DieAfter(int bytes) implements Step {}
    }

    @Property(tries = 1_000)
    void what_was_taken_and_not_acknowledged_is_there_again_in_order_wherever_the_process_died(
            @ForAll("lives") List<Step> steps) {
        Model model = new Model(Folders.fresh(), Long.MAX_VALUE, WhenFull.REFUSE);
        try {
            steps.forEach(model::step);
            model.step(new Step.Close());
            assertThat(model.drain()).isEqualTo(model.expected());
            assertThat(model.damage).isEmpty();
        } finally {
            model.end();
        }
    }

    @Property(tries = 500)
    void dropping_the_oldest_keeps_the_bound_the_order_and_the_account(@ForAll("lives") List<Step> steps) {
        long bound = 4_096;
        Model model = new Model(Folders.fresh(), bound, WhenFull.DROP_OLDEST);
        try {
            for (Step step : steps) {
                if (!(step instanceof Step.DieAfter)) {
                    model.step(step);
                    assertThat(model.buffer.state().bytes()).isLessThanOrEqualTo(bound);
                }
            }
            assertThat(model.buffer.state().messages())
                    .isEqualTo(model.expected().size());
            model.step(new Step.Close());
            assertThat(model.drain()).isEqualTo(model.expected());
        } finally {
            model.end();
        }
    }

    @Property(tries = 500)
    void one_damaged_byte_costs_at_most_one_message_and_is_reported(
            @ForAll @IntRange(min = 1, max = 40) int messages,
            @ForAll @IntRange(min = 0, max = 1_000_000) int where,
            @ForAll @IntRange(min = 1, max = 255) int flip)
            throws IOException {
        Model model = new Model(Folders.fresh(), Long.MAX_VALUE, WhenFull.REFUSE);
        try {
            for (int i = 0; i < messages; i++) {
                model.step(new Step.Append(20 + i));
            }
            model.buffer.close();
            flip(Folders.segments(model.folder), where, flip);
            model.reopen(Disk.REAL);
            List<Long> left = model.drain();
            assertThat(left)
                    .isSubsetOf(model.expected())
                    .hasSizeGreaterThanOrEqualTo(messages - 1)
                    .isSorted();
            assertThat(model.damage).isNotEmpty();
            assertThat(model.damage)
                    .allSatisfy(report -> assertThat(report.file()).hasSize(report.bytes()));
            List<SetAside> first = List.copyOf(model.damage);
            model.buffer.close();
            model.reopen(Disk.REAL);
            assertThat(model.damage).as("reported once").isEqualTo(first);
            long next = model.appendOne(10);
            assertThat(model.drain()).endsWith(next);
        } finally {
            model.end();
        }
    }

    @Property(tries = 500)
    void a_file_cut_at_any_byte_loses_only_what_was_behind_the_cut(
            @ForAll @IntRange(min = 1, max = 12) int messages, @ForAll @IntRange(min = 0, max = 1_000_000) int cut)
            throws IOException {
        Model model = new Model(Folders.fresh(), Long.MAX_VALUE, WhenFull.REFUSE);
        try {
            for (int i = 0; i < messages; i++) {
                model.step(new Step.Append(20 + i));
            }
            model.buffer.close();
            Path newest = Folders.segments(model.folder).getLast();
            long base = Long.parseLong(newest.getFileName().toString().substring(0, 20));
            long keep = cut % (Files.size(newest) + 1);
            long whole = base - 1;
            for (long end = Segment.HEADER; whole < messages; whole++) {
                end += Segment.RECORD_HEADER + 8 + 20 + whole;
                if (end > keep) {
                    break;
                }
            }
            try (RandomAccessFile file = new RandomAccessFile(newest.toFile(), "rw")) {
                file.setLength(keep);
            }
            model.reopen(Disk.REAL);
            assertThat(model.damage).as("a torn tail is no damage").isEmpty();
            assertThat(model.drain())
                    .containsExactlyElementsOf(
                            LongStream.rangeClosed(1, whole).boxed().toList());
            long next = model.appendOne(10);
            assertThat(model.drain()).containsExactly(next);
        } finally {
            model.end();
        }
    }

    @Provide
    Arbitrary<List<Step>> lives() {
        return Arbitraries.<Step>frequencyOf(
                        Tuple.of(8, Arbitraries.integers().between(0, 300).map(Step.Append::new)),
                        Tuple.of(3, Arbitraries.integers().between(1, 8).map(Step.Read::new)),
                        Tuple.of(3, Arbitraries.integers().between(0, 100).map(Step.Acknowledge::new)),
                        Tuple.of(1, Arbitraries.just(new Step.Close())),
                        Tuple.of(1, Arbitraries.integers().between(0, 1_500).map(Step.DieAfter::new)))
                .list()
                .ofMaxSize(60);
    }

    private static void flip(List<Path> segments, int where, int flip) throws IOException {
        long total = 0;
        for (Path segment : segments) {
            total += Files.size(segment);
        }
        long at = where % total;
        for (Path segment : segments) {
            long size = Files.size(segment);
            if (at < size) {
                try (RandomAccessFile file = new RandomAccessFile(segment.toFile(), "rw")) {
                    file.seek(at);
                    int before = file.read();
                    file.seek(at);
                    file.write(before ^ flip);
                }
                return;
            }
            at -= size;
        }
    }

    /** What must be there, held in memory beside the buffer. An entry's payload begins with its number. */
    private static final class Model implements DiskBuffer.Observer {
        final Path folder;
        final List<SetAside> damage = new ArrayList<>();
        private final BufferSettings settings;
        private final long maxBytes;
        /** Number by sequence; taken and neither acknowledged nor dropped. */
        private final TreeMap<Long, Long> there = new TreeMap<>();

        private final List<Long> read = new ArrayList<>();
        private long numbers;
        /** Written by a call that the process did not survive: may be there or not. */
        private long uncertainNumber = -1;
        /** Acknowledged by a call that the process did not survive: up to here may be gone or not. */
        private long uncertainAcknowledged;

        DiskBuffer buffer;

        Model(Path folder, long maxBytes, WhenFull whenFull) {
            this.folder = folder;
            this.maxBytes = maxBytes;
            this.settings = BufferSettings.in(folder).whenFull(whenFull).fsync(Fsync.never());
            this.buffer = DiskBuffer.open(settings, this, Disk.REAL, SEGMENT, maxBytes);
        }

        void step(Step step) {
            try {
                switch (step) {
                    case Step.Append append -> append(append.bytes());
                    case Step.Read some -> read(some.entries());
                    case Step.Acknowledge share -> acknowledge(share.percent());
                    case Step.Close ignored -> {
                        buffer.close();
                        reopen(Disk.REAL);
                    }
                    case Step.DieAfter death -> {
                        buffer.close();
                        reopen(new CrashingDisk(death.bytes()));
                    }
                }
            } catch (CrashingDisk.Crash crash) {
                buffer.abandon();
                reopen(Disk.REAL);
            }
        }

        long appendOne(int bytes) {
            append(bytes);
            return numbers;
        }

        private void append(int bytes) {
            long number = ++numbers;
            byte[] payload = ByteBuffer.allocate(8 + bytes).putLong(number).array();
            uncertainNumber = number;
            long sequence = buffer.append(payload, assigned -> there.put(assigned, number));
            assertThat(there).containsEntry(sequence, number);
            uncertainNumber = -1;
        }

        private void read(int entries) {
            for (DiskBuffer.Entry entry : take(entries)) {
                long number = number(entry);
                assertThat(there).containsEntry(entry.sequence(), number);
                assertThat(read.isEmpty() || read.getLast() < entry.sequence()).isTrue();
                read.add(entry.sequence());
            }
        }

        private void acknowledge(int percent) {
            int share = read.size() * percent / 100;
            if (share > 0) {
                long upTo = read.get(share - 1);
                uncertainAcknowledged = upTo;
                buffer.acknowledge(upTo);
                uncertainAcknowledged = 0;
                read.subList(0, share).clear();
                there.headMap(upTo, true).clear();
            }
        }

        void reopen(Disk disk) {
            read.clear();
            try {
                buffer = DiskBuffer.open(settings, this, disk, SEGMENT, maxBytes);
            } catch (CrashingDisk.Crash again) {
                buffer = DiskBuffer.open(settings, this, Disk.REAL, SEGMENT, maxBytes);
            }
            if (uncertainNumber >= 0 || uncertainAcknowledged > 0) {
                learn();
            }
        }

        /** What the death left open is settled by looking; all else must be as the model has it. */
        private void learn() {
            List<DiskBuffer.Entry> entries = take(Integer.MAX_VALUE);
            Map<Long, Long> found = new TreeMap<>();
            entries.forEach(entry -> found.put(entry.sequence(), number(entry)));
            there.headMap(uncertainAcknowledged, true).keySet().removeIf(sequence -> !found.containsKey(sequence));
            found.forEach((sequence, number) -> {
                if (number == uncertainNumber) {
                    there.put(sequence, number);
                }
            });
            uncertainNumber = -1;
            uncertainAcknowledged = 0;
            assertThat(found).isEqualTo(there);
            buffer.close();
            buffer = DiskBuffer.open(settings, this, Disk.REAL, SEGMENT, maxBytes);
        }

        List<Long> drain() {
            return take(Integer.MAX_VALUE).stream().map(Model::number).toList();
        }

        List<Long> expected() {
            return List.copyOf(there.values());
        }

        private List<DiskBuffer.Entry> take(int entries) {
            try {
                return buffer.read(entries, Long.MAX_VALUE, Duration.ZERO);
            } catch (InterruptedException impossible) {
                throw new AssertionError(impossible);
            }
        }

        private static long number(DiskBuffer.Entry entry) {
            return ByteBuffer.wrap(entry.payload()).getLong();
        }

        void end() {
            buffer.abandon();
            Folders.remove(folder);
        }

        @Override
        public void dropped(DiskBuffer.Entry entry) {
            assertThat(there.remove(entry.sequence())).isEqualTo(number(entry));
        }

        @Override
        public void setAside(SetAside report) {
            damage.add(report);
        }
    }
}
