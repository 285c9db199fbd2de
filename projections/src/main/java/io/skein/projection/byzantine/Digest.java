package io.skein.projection.byzantine;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/**
 * A fingerprint of 128 bits, to compare what was said. It is no cryptographic one: whoever builds two texts with the same fingerprint hides from the
 * detectors, but accuses nobody else.
 */
record Digest(long high, long low) {
    static Digest of(CharSequence text) {
        long high = 0x9E3779B97F4A7C15L;
        long low = 0xC2B2AE3D27D4EB4FL;
        for (int i = 0; i < text.length(); i++) {
            high = (high ^ text.charAt(i)) * 0x100000001B3L;
            low = (low + text.charAt(i)) * 0xD6E8FEB86659FD93L;
            low ^= low >>> 32;
        }
        return new Digest(mix(high), mix(low));
    }

    private static long mix(long bits) {
        long mixed = (bits ^ (bits >>> 33)) * 0xFF51AFD7ED558CCDL;
        mixed = (mixed ^ (mixed >>> 33)) * 0xC4CEB9FE1A85EC53L;
        return mixed ^ (mixed >>> 33);
    }

    static void write(DataOutput out, Digest digest) throws IOException {
        out.writeLong(digest.high);
        out.writeLong(digest.low);
    }

    static Digest read(DataInput in) throws IOException {
        return new Digest(in.readLong(), in.readLong());
    }
}
