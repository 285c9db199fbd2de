package io.skein.query.reading;

import io.skein.kernel.id.NetworkId;
import java.util.Map;
import java.util.Optional;

/** The tables of one projection as the live gateway sends them. Every method reads in the transaction that is open. */
public interface LiveSource {
    /** The stream's name in destinations, as {@code graph}. */
    String stream();

    /** Stable name of the projection that writes the tables. */
    String projection();

    /** The whole state of a network, as a snapshot carries it. */
    Object state(NetworkId networkId);

    /**
     * What changed for each of the networks after its own position and up to {@code to}.
     *
     * @param after for each network the position up to which its rows are known
     * @param rowLimit most rows to read, all networks together
     * @return an entry for every network asked for, or nothing where more rows changed than the limit
     */
    Optional<Map<NetworkId, Changes>> changes(Map<NetworkId, Long> after, long to, int rowLimit);

    /** The changes of a network in which nothing changed; for messages that carry only a position. */
    Object nothing();

    /**
     * What changed in one network.
     *
     * @param rowCount how many rows; 0 where the body says nothing new
     * @param body as a delta carries it
     */
    record Changes(int rowCount, Object body) {}
}
