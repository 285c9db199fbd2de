package io.skein.projection.hoarding;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/** A resource, an agent or an alert's root within a network. */
record Key(String network, String name) {
    static void write(DataOutput out, Key key) throws IOException {
        out.writeUTF(key.network);
        out.writeUTF(key.name);
    }

    static Key read(DataInput in) throws IOException {
        return new Key(in.readUTF(), in.readUTF());
    }
}
