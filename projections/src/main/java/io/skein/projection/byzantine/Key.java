package io.skein.projection.byzantine;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/** A name within a network: a message, a sender, an agent in a conversation, … by what the map holds. */
record Key(String network, String first, String second, String third) {
    static Key of(String network, String first) {
        return new Key(network, first, "", "");
    }

    static Key of(String network, String first, String second) {
        return new Key(network, first, second, "");
    }

    static void write(DataOutput out, Key key) throws IOException {
        out.writeUTF(key.network);
        out.writeUTF(key.first);
        out.writeUTF(key.second);
        out.writeUTF(key.third);
    }

    static Key read(DataInput in) throws IOException {
        return new Key(in.readUTF(), in.readUTF(), in.readUTF(), in.readUTF());
    }
}
