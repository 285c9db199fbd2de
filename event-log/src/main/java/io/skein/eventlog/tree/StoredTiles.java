package io.skein.eventlog.tree;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.Map;

/** Tiles of table {@code tree_tile}, read through one connection; remembers the newest used ones. Not thread-safe. */
public final class StoredTiles implements Tiles {
    private static final int REMEMBERED = 64;

    private final Connection database;
    private final Map<String, byte[]> remembered = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, byte[]> eldest) {
            return size() > REMEMBERED;
        }
    };

    public StoredTiles(Connection database) {
        this.database = database;
    }

    @Override
    public byte[] tile(int level, long index, int width) {
        String key = level + "/" + index;
        byte[] tile = remembered.get(key);
        if (tile == null || tile.length < width * Hashes.SIZE) {
            tile = read(level, index);
            remembered.put(key, tile);
        }
        if (tile.length < width * Hashes.SIZE) {
            throw new MissingTileException(level, index, width, tile.length / Hashes.SIZE);
        }
        return tile;
    }

    private byte[] read(int level, long index) {
        try (PreparedStatement select =
                database.prepareStatement("select hashes from tree_tile where level = ? and tile = ?")) {
            select.setInt(1, level);
            select.setLong(2, index);
            try (ResultSet rows = select.executeQuery()) {
                return rows.next() ? rows.getBytes(1) : new byte[0];
            }
        } catch (SQLException failure) {
            throw new io.skein.eventlog.LogUnavailableException("tree_tile could not be read", failure);
        }
    }
}
