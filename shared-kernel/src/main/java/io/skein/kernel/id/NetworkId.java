package io.skein.kernel.id;

/** Names a network: a fleet of agents under one owner, the tenant. 1 to 256 printable characters. */
public record NetworkId(String value) implements Id, Comparable<NetworkId> {

    /** The network of senders that name none. */
    public static final NetworkId DEFAULT = new NetworkId("default");

    /** @throws IllegalArgumentException if the value is not 1 to 256 printable characters */
    public NetworkId {
        Ids.check("NetworkId", value);
    }

    @Override
    public int compareTo(NetworkId other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
