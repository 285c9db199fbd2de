package io.skein.projection.detection;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A map that forgets: what was not touched within the window of event time, and the eldest when there are too many. All operations O(1) expected.
 * Times given to it must not fall.
 */
public final class Windowed<K, V> {
    private record Entry<V>(V value, long touchedMilli) {}

    private final long windowMilli;
    private final int limit;
    private final LinkedHashMap<K, Entry<V>> entries = new LinkedHashMap<>();
    private long evicted;

    /** @param limit entries kept at most, 1 or more */
    public Windowed(long windowMilli, int limit) {
        this.windowMilli = windowMilli;
        this.limit = limit;
    }

    public @Nullable V get(K key) {
        Entry<V> entry = entries.get(key);
        return entry == null ? null : entry.value();
    }

    /** Sets the value and counts it as touched now. */
    public void put(K key, V value, long nowMilli) {
        entries.remove(key);
        entries.put(key, new Entry<>(value, nowMilli));
        if (entries.size() > limit) {
            entries.pollFirstEntry();
            evicted++;
        }
    }

    public void remove(K key) {
        entries.remove(key);
    }

    /** Forgets what was not touched within the window. */
    public void forget(long nowMilli) {
        while (!entries.isEmpty() && entries.firstEntry().getValue().touchedMilli() + windowMilli <= nowMilli) {
            entries.pollFirstEntry();
        }
    }

    /** The entry longest untouched, if its window is over; taken out. */
    public Map.@Nullable Entry<K, V> pollOver(long nowMilli) {
        if (entries.isEmpty() || entries.firstEntry().getValue().touchedMilli() + windowMilli > nowMilli) {
            return null;
        }
        Map.Entry<K, Entry<V>> first = entries.pollFirstEntry();
        return Map.entry(first.getKey(), first.getValue().value());
    }

    /** Whether something was forgotten for want of room, ever. */
    public boolean overflowed() {
        return evicted > 0;
    }

    /** How many were forgotten for want of room, so far. */
    public long evicted() {
        return evicted;
    }

    public int size() {
        return entries.size();
    }

    /** The keys, longest untouched first. */
    public Collection<K> keys() {
        return List.copyOf(entries.keySet());
    }

    public void save(DataOutput out, Codec.Writer<? super K> key, Codec.Writer<? super V> value) throws IOException {
        out.writeLong(evicted);
        out.writeInt(entries.size());
        for (Map.Entry<K, Entry<V>> entry : entries.entrySet()) {
            key.write(out, entry.getKey());
            value.write(out, entry.getValue().value());
            out.writeLong(entry.getValue().touchedMilli());
        }
    }

    public void restore(DataInput in, Codec.Reader<? extends K> key, Codec.Reader<? extends V> value)
            throws IOException {
        entries.clear();
        evicted = in.readLong();
        for (int left = in.readInt(); left > 0; left--) {
            K k = key.read(in);
            V v = value.read(in);
            entries.put(k, new Entry<>(v, in.readLong()));
        }
    }
}
