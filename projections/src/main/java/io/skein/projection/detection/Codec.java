package io.skein.projection.detection;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/** How a part of a detector's state is written and read. */
public final class Codec {
    /** Writes one value. */
    @FunctionalInterface
    public interface Writer<T> {
        void write(DataOutput out, T value) throws IOException;
    }

    /** Reads one value. */
    @FunctionalInterface
    public interface Reader<T> {
        T read(DataInput in) throws IOException;
    }

    private Codec() {}

    public static <T> void list(DataOutput out, Collection<T> values, Writer<? super T> writer) throws IOException {
        out.writeInt(values.size());
        for (T value : values) {
            writer.write(out, value);
        }
    }

    public static <T> List<T> list(DataInput in, Reader<? extends T> reader) throws IOException {
        int count = in.readInt();
        List<T> values = new ArrayList<>(Math.min(count, 1_024));
        for (int i = 0; i < count; i++) {
            values.add(reader.read(in));
        }
        return values;
    }

    public static void strings(DataOutput out, Collection<String> values) throws IOException {
        list(out, values, DataOutput::writeUTF);
    }

    public static List<String> strings(DataInput in) throws IOException {
        return list(in, DataInput::readUTF);
    }
}
