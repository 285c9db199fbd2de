package io.skein.eventlog.tree;

/** A tile that the tree must have is not there, or too short. */
public final class MissingTileException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int level;
    private final long index;

    public MissingTileException(int level, long index, int width, int found) {
        super("tile " + level + "/" + index + " has " + found + " hashes; expected at least " + width);
        this.level = level;
        this.index = index;
    }

    public int level() {
        return level;
    }

    public long index() {
        return index;
    }

    /** First position of the log that the tile covers. */
    public long firstPosition() {
        return (index << ((level + 1) * Tiles.HEIGHT)) + 1;
    }
}
