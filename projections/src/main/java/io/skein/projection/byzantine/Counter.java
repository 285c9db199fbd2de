package io.skein.projection.byzantine;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Which numbers of a sender's counter were skipped so far; beyond {@value #RANGES} gaps the oldest are taken as one. */
final class Counter {
    private static final int RANGES = 16;

    private record Gap(long from, long to) {}

    private long highest = -1;
    private final List<Gap> gaps = new ArrayList<>(1);

    void seen(long sequence) {
        if (highest < 0) {
            highest = sequence;
            // Numbers begin at 0 or 1; a counter that is first seen later may have said something before.
            if (sequence > 1) {
                gaps.add(new Gap(1, sequence - 1));
            }
        } else if (sequence > highest) {
            if (sequence > highest + 1) {
                add(gaps.size(), new Gap(highest + 1, sequence - 1));
            }
            highest = sequence;
        } else {
            for (int i = 0; i < gaps.size(); i++) {
                Gap gap = gaps.get(i);
                if (gap.from() <= sequence && sequence <= gap.to()) {
                    gaps.remove(i);
                    if (sequence < gap.to()) {
                        add(i, new Gap(sequence + 1, gap.to()));
                    }
                    if (gap.from() < sequence) {
                        add(i, new Gap(gap.from(), sequence - 1));
                    }
                    return;
                }
            }
        }
    }

    private void add(int at, Gap gap) {
        gaps.add(at, gap);
        if (gaps.size() > RANGES) {
            // One gap that spans both: to miss too much means to wait, not to accuse.
            Gap first = gaps.removeFirst();
            gaps.set(0, new Gap(first.from(), gaps.getFirst().to()));
        }
    }

    /** Whether a number below this one was skipped. */
    boolean missesBefore(long sequence) {
        return !gaps.isEmpty() && gaps.getFirst().from() < sequence;
    }

    void save(DataOutput out) throws IOException {
        out.writeLong(highest);
        out.writeInt(gaps.size());
        for (Gap gap : gaps) {
            out.writeLong(gap.from());
            out.writeLong(gap.to());
        }
    }

    static Counter read(DataInput in) throws IOException {
        Counter counter = new Counter();
        counter.highest = in.readLong();
        for (int left = in.readInt(); left > 0; left--) {
            counter.gaps.add(new Gap(in.readLong(), in.readLong()));
        }
        return counter;
    }
}
