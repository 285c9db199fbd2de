package io.skein.command.intervention;

import io.skein.eventlog.KernelJson;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.time.Instant;

/** Values in a saved state. */
final class Saved {
    private Saved() {}

    static void instant(DataOutput out, Instant instant) throws IOException {
        out.writeLong(instant.getEpochSecond());
        out.writeInt(instant.getNano());
    }

    static Instant instant(DataInput in) throws IOException {
        long seconds = in.readLong();
        return Instant.ofEpochSecond(seconds, in.readInt());
    }

    static void json(DataOutput out, Object value) throws IOException {
        byte[] bytes = KernelJson.mapper().writeValueAsBytes(value);
        out.writeInt(bytes.length);
        out.write(bytes);
    }

    static <T> T json(DataInput in, Class<T> type) throws IOException {
        byte[] bytes = new byte[in.readInt()];
        in.readFully(bytes);
        return KernelJson.mapper().readValue(bytes, type);
    }
}
