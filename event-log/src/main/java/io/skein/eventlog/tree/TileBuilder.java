package io.skein.eventlog.tree;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Grows a tree leaf by leaf and says which tiles changed. Keeps one unfinished tile a level in memory. Not thread-safe. */
public final class TileBuilder {
    private static final int BYTES = Tiles.WIDTH * Hashes.SIZE;

    /** A tile that is new or longer than before. */
    public record Tile(int level, long index, byte[] hashes) {}

    private static final class Level {
        private final byte[] hashes = new byte[BYTES];
        private long count;
        private boolean changed;

        int width() {
            return (int) (count & (Tiles.WIDTH - 1));
        }
    }

    private final Hashes hashes = new Hashes();
    private final List<Level> levels = new ArrayList<>();
    private List<Tile> finished = new ArrayList<>();
    private long size;

    /** Goes on where a tree of {@code size} leaves ends. */
    public TileBuilder(long size, Tiles stored) {
        this.size = size;
        for (int level = 0; Tiles.hashesAt(level, size) > 0; level++) {
            Level open = level(level);
            open.count = Tiles.hashesAt(level, size);
            if (open.width() > 0) {
                byte[] tile = stored.tile(level, open.count / Tiles.WIDTH, open.width());
                System.arraycopy(tile, 0, open.hashes, 0, open.width() * Hashes.SIZE);
            }
        }
    }

    public long size() {
        return size;
    }

    public void add(byte[] leafHash) {
        size++;
        put(0, leafHash);
    }

    /** Every tile that changed since the last call. */
    public List<Tile> changed() {
        List<Tile> changed = finished;
        finished = new ArrayList<>();
        for (int level = 0; level < levels.size(); level++) {
            Level open = levels.get(level);
            if (open.changed && open.width() > 0) {
                changed.add(new Tile(
                        level, open.count / Tiles.WIDTH, Arrays.copyOf(open.hashes, open.width() * Hashes.SIZE)));
            }
            open.changed = false;
        }
        return changed;
    }

    private void put(int number, byte[] hash) {
        Level open = level(number);
        System.arraycopy(hash, 0, open.hashes, open.width() * Hashes.SIZE, Hashes.SIZE);
        open.count++;
        open.changed = true;
        if (open.width() == 0) {
            finished.add(new Tile(number, open.count / Tiles.WIDTH - 1, open.hashes.clone()));
            open.changed = false;
            put(number + 1, hashes.fold(open.hashes, 0, Tiles.WIDTH));
        }
    }

    private Level level(int number) {
        while (levels.size() <= number) {
            levels.add(new Level());
        }
        return levels.get(number);
    }
}
