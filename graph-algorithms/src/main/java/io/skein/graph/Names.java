package io.skein.graph;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Gives each name a number from 0, and the name back. Keeps bytes, not strings. */
final class Names {
    private byte[] bytes = new byte[256];
    private final LongColumn places = new LongColumn();
    private int[] slots = new int[32];

    // One array holds all names up to here; a name beyond it goes into the next.
    private static final int ARENA = 1 << 28;
    private byte[][] full = new byte[0][];
    private int used;

    int size() {
        return places.size();
    }

    /** The number of the name, or -1. */
    int find(String name) {
        byte[] key = name.getBytes(StandardCharsets.UTF_8);
        return slots[slot(key)] - 1;
    }

    /** The number of the name, a new one if it has none. */
    int intern(String name) {
        byte[] key = name.getBytes(StandardCharsets.UTF_8);
        int slot = slot(key);
        if (slots[slot] != 0) {
            return slots[slot] - 1;
        }
        int number = places.size();
        append(key);
        slots[slot] = number + 1;
        if ((number + 1) * 3L > slots.length * 2L) {
            rehash();
        }
        return number;
    }

    String name(int number) {
        long place = places.get(number);
        return new String(arena(place), start(place), length(place), StandardCharsets.UTF_8);
    }

    // A place is arena, start and length in one number.
    private void append(byte[] key) {
        if (used + key.length > ARENA) {
            full = Arrays.copyOf(full, full.length + 1);
            full[full.length - 1] = bytes;
            bytes = new byte[1 << 16];
            used = 0;
        }
        if (used + key.length > bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.max(used + key.length, bytes.length + (bytes.length >> 1)));
        }
        System.arraycopy(key, 0, bytes, used, key.length);
        places.add((long) full.length << 48 | (long) used << 16 | key.length);
        used += key.length;
    }

    private byte[] arena(long place) {
        int arena = (int) (place >>> 48);
        return arena == full.length ? bytes : full[arena];
    }

    private static int start(long place) {
        return (int) (place >>> 16);
    }

    private static int length(long place) {
        return (int) (place & 0xFFFF);
    }

    private int slot(byte[] key) {
        int mask = slots.length - 1;
        int slot = hash(key, 0, key.length) & mask;
        while (slots[slot] != 0 && !is(slots[slot] - 1, key)) {
            slot = (slot + 1) & mask;
        }
        return slot;
    }

    private boolean is(int number, byte[] key) {
        long place = places.get(number);
        int start = start(place);
        int length = length(place);
        return length == key.length && Arrays.equals(arena(place), start, start + length, key, 0, length);
    }

    private static int hash(byte[] from, int start, int length) {
        int hash = 1;
        for (int i = start; i < start + length; i++) {
            hash = 31 * hash + from[i];
        }
        return Mix.of(hash);
    }

    private void rehash() {
        int[] wider = new int[slots.length * 2];
        int mask = wider.length - 1;
        for (int number = 0; number < places.size(); number++) {
            long place = places.get(number);
            int slot = hash(arena(place), start(place), length(place)) & mask;
            while (wider[slot] != 0) {
                slot = (slot + 1) & mask;
            }
            wider[slot] = number + 1;
        }
        slots = wider;
    }
}
