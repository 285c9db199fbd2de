package io.skein.eventlog.tree;

/** Where hashes of the tree are kept: tiles of up to 256 hashes, as C2SP tlog-tiles lays them out. */
@FunctionalInterface
public interface Tiles {
    /** Hashes of a full tile. */
    int WIDTH = 256;

    /** Levels of the tree that one level of tiles spans. */
    int HEIGHT = 8;

    /**
     * The first {@code width} hashes of a tile, or more. Level 0 holds leaf hashes; level n the roots of the full tiles of level n − 1.
     *
     * @throws MissingTileException if there are fewer
     */
    byte[] tile(int level, long index, int width);

    /** How many hashes all tiles of a level hold together in a tree of {@code size} leaves. */
    static long hashesAt(int level, long size) {
        return level * HEIGHT >= Long.SIZE ? 0 : size >>> (level * HEIGHT);
    }
}
