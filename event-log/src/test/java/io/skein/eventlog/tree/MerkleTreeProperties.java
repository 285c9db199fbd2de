package io.skein.eventlog.tree;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;

/** Any root or proof out of tiles is the one that the recursive definition of RFC 6962 gives, and any proof with anything changed is refused. */
class MerkleTreeProperties {
    private static final int MOST = 70_000;
    private static final List<byte[]> LEAVES = new ArrayList<>();
    private static final Stored STORED = new Stored();
    private static final Map<Long, byte[]> NAIVE = new HashMap<>();

    static {
        Hashes hashes = new Hashes();
        TileBuilder builder = new TileBuilder(0, STORED);
        for (int i = 0; i < MOST; i++) {
            byte[] leaf = hashes.leaf(Integer.toString(i).getBytes(StandardCharsets.US_ASCII));
            LEAVES.add(leaf);
            builder.add(leaf);
        }
        STORED.put(builder.changed());
    }

    private static final class Stored implements Tiles {
        private final Map<String, byte[]> tiles = new HashMap<>();

        void put(List<TileBuilder.Tile> changed) {
            changed.forEach(tile -> tiles.put(tile.level() + "/" + tile.index(), tile.hashes()));
        }

        @Override
        public byte[] tile(int level, long index, int width) {
            byte[] tile = tiles.getOrDefault(level + "/" + index, new byte[0]);
            if (tile.length < width * Hashes.SIZE) {
                throw new MissingTileException(level, index, width, tile.length / Hashes.SIZE);
            }
            return tile;
        }
    }

    /** MTH of RFC 6962, word for word. */
    private static byte[] mth(int from, int to) {
        if (to == from) {
            return sha256(new byte[0]);
        }
        if (to - from == 1) {
            return LEAVES.get(from);
        }
        long key = (long) from << 32 | to;
        byte[] known = NAIVE.get(key);
        if (known != null) {
            return known;
        }
        int k = below(to - from);
        byte[] root = sha256(new byte[] {1}, mth(from, from + k), mth(from + k, to));
        NAIVE.put(key, root);
        return root;
    }

    private static int below(int n) {
        int k = 1;
        while (k * 2 < n) {
            k *= 2;
        }
        return k;
    }

    private static List<byte[]> path(int m, int from, int to) {
        List<byte[]> path = new ArrayList<>();
        if (to - from > 1) {
            int k = below(to - from);
            if (m < k) {
                path.addAll(path(m, from, from + k));
                path.add(mth(from + k, to));
            } else {
                path.addAll(path(m - k, from + k, to));
                path.add(mth(from, from + k));
            }
        }
        return path;
    }

    private static List<byte[]> subproof(int m, int from, int to, boolean whole) {
        List<byte[]> proof = new ArrayList<>();
        int n = to - from;
        if (m == n) {
            if (!whole) {
                proof.add(mth(from, to));
            }
            return proof;
        }
        int k = below(n);
        if (m <= k) {
            proof.addAll(subproof(m, from, from + k, whole));
            proof.add(mth(from + k, to));
        } else {
            proof.addAll(subproof(m - k, from + k, to, false));
            proof.add(mth(from, from + k));
        }
        return proof;
    }

    private static byte[] sha256(byte[]... parts) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            for (byte[] part : parts) {
                digest.update(part);
            }
            return digest.digest();
        } catch (NoSuchAlgorithmException missing) {
            throw new AssertionError(missing);
        }
    }

    private final MerkleTree tree = new MerkleTree(STORED);

    @Example
    void the_known_vectors_of_certificate_transparency_hold() {
        List<String> leaves = List.of(
                "", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f");
        List<String> roots = List.of(
                "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
                "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
                "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
                "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
                "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
                "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
                "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
                "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
                "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328");
        Stored stored = new Stored();
        TileBuilder builder = new TileBuilder(0, stored);
        for (int size = 0; size <= leaves.size(); size++) {
            assertThat(HexFormat.of().formatHex(new MerkleTree(stored).root(size)))
                    .isEqualTo(roots.get(size));
            if (size < leaves.size()) {
                builder.add(new Hashes().leaf(HexFormat.of().parseHex(leaves.get(size))));
                stored.put(builder.changed());
            }
        }
    }

    @Example
    void a_note_signed_by_another_implementation_is_understood() {
        VerifierKey key = VerifierKey.parse("PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW");
        String note = "If you think cryptography is the answer to your problem,\n"
                + "then you don't know what your problem is.\n\n"
                + "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";
        assertThat(SignedNote.parse(note).signedBy(List.of(key))).contains(key);
        assertThat(SignedNote.parse(note.replace("your problem is", "my problem is"))
                        .signedBy(List.of(key)))
                .isEmpty();
        SigningKey signing = SigningKey.parse(
                "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz", key.text());
        assertThat(SignedNote.sign(SignedNote.parse(note).text(), signing)).isEqualTo(note);
    }

    @Example
    void a_key_comes_back_from_its_file_and_only_with_its_own_public_half() {
        SigningKey key = SigningKey.generate("skein/x");
        String[] lines = key.text().split("\n");
        Checkpoint checkpoint = new Checkpoint("skein/x", 7, tree.root(7));
        String note = SignedNote.sign(checkpoint.text(), SigningKey.parse(lines[0], lines[1]));
        assertThat(SignedNote.parse(note).signedBy(List.of(key.verifier()))).isPresent();
        assertThat(Checkpoint.parse(SignedNote.parse(note).text()).root()).isEqualTo(checkpoint.root());
        VerifierKey stranger = SigningKey.generate("skein/x").verifier();
        assertThat(SignedNote.parse(note).signedBy(List.of(stranger))).isEmpty();
        assertThatThrownBy(() -> SigningKey.parse(lines[0], stranger.text()))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(key.toString()).doesNotContain(lines[0].substring(lines[0].lastIndexOf('+')));
    }

    @Property(tries = 300)
    void roots_and_inclusion_proofs_are_those_of_the_definition(
            @ForAll @IntRange(min = 1, max = MOST) int size,
            @ForAll @LongRange(min = 0, max = Long.MAX_VALUE) long any) {
        int index = (int) (any % size);
        byte[] root = tree.root(size);
        List<byte[]> proof = tree.inclusion(index, size);
        assertThat(root).isEqualTo(mth(0, size));
        assertThat(proof).containsExactlyElementsOf(path(index, 0, size));
        assertThat(Proofs.includes(LEAVES.get(index), index, size, proof, root)).isTrue();
        assertThat(Proofs.includes(LEAVES.get(MOST - 1 - index), index, size, proof, root))
                .isEqualTo(MOST - 1 - index == index);
        assertThat(Proofs.includes(LEAVES.get(index), (index + 1) % size, size, proof, root))
                .isEqualTo(size == 1);
        for (int i = 0; i < proof.size(); i++) {
            List<byte[]> changed = new ArrayList<>(proof);
            byte[] flipped = changed.get(i).clone();
            flipped[i] ^= 1;
            changed.set(i, flipped);
            assertThat(Proofs.includes(LEAVES.get(index), index, size, changed, root))
                    .isFalse();
            assertThat(Proofs.includes(LEAVES.get(index), index, size, proof.subList(0, i), root))
                    .isFalse();
        }
    }

    @Property(tries = 300)
    void consistency_proofs_are_those_of_the_definition(
            @ForAll @IntRange(min = 1, max = MOST) int one, @ForAll @IntRange(min = 1, max = MOST) int other) {
        int from = Math.min(one, other);
        int to = Math.max(one, other);
        List<byte[]> proof = tree.consistency(from, to);
        byte[] before = tree.root(from);
        byte[] after = tree.root(to);
        assertThat(proof).containsExactlyElementsOf(subproof(from, 0, to, true));
        assertThat(Proofs.isBeginning(from, before, to, after, proof)).isTrue();
        byte[] forged = before.clone();
        forged[5] ^= 4;
        assertThat(Proofs.isBeginning(from, forged, to, after, proof)).isFalse();
        assertThat(Proofs.isBeginning(from, before, to, forged, proof)).isFalse();
        for (int i = 0; i < proof.size(); i++) {
            List<byte[]> changed = new ArrayList<>(proof);
            byte[] flipped = changed.get(i).clone();
            flipped[31] ^= (byte) 128;
            changed.set(i, flipped);
            assertThat(Proofs.isBeginning(from, before, to, after, changed)).isFalse();
            assertThat(Proofs.isBeginning(from, before, to, after, proof.subList(0, i)))
                    .isFalse();
        }
    }

    @Property(tries = 100)
    void a_tree_grown_in_steps_has_the_tiles_of_one_grown_at_once(
            @ForAll List<@IntRange(min = 0, max = 700) Integer> steps) {
        Stored stored = new Stored();
        int size = 0;
        for (int step : steps) {
            TileBuilder builder = new TileBuilder(size, stored);
            for (int i = 0; i < step; i++) {
                builder.add(LEAVES.get(size++));
            }
            stored.put(builder.changed());
            assertThat(new MerkleTree(stored).root(size)).isEqualTo(mth(0, size));
        }
        stored.tiles.forEach((name, tile) ->
                assertThat(tile).isEqualTo(Arrays.copyOf(STORED.tiles.getOrDefault(name, new byte[0]), tile.length)));
    }

    @Property(tries = 200)
    void the_cover_of_a_stretch_leads_with_its_neighbours_to_the_root(
            @ForAll @IntRange(min = 0, max = MOST) int one,
            @ForAll @IntRange(min = 0, max = MOST) int other,
            @ForAll @IntRange(min = 0, max = 5_000) int beyond) {
        int from = Math.min(one, other);
        int to = Math.max(one, other);
        int size = Math.min(MOST, to + beyond);
        List<byte[]> cover = new ArrayList<>(tree.cover(0, from));
        cover.addAll(tree.cover(from, to));
        cover.addAll(tree.cover(to, size));
        List<Integer> heights = new ArrayList<>();
        heights(0, from, heights);
        heights(from, to, heights);
        heights(to, size, heights);
        assertThat(cover).hasSameSizeAs(heights);
        assertThat(merged(cover, heights)).isEqualTo(mth(0, size));
    }

    private static void heights(long from, long to, List<Integer> heights) {
        for (long at = from; at < to; at += 1L << heights.getLast()) {
            heights.add(MerkleTree.largest(at, to));
        }
    }

    private static byte[] merged(List<byte[]> cover, List<Integer> heights) {
        List<byte[]> stack = new ArrayList<>();
        List<Integer> levels = new ArrayList<>();
        for (int i = 0; i < cover.size(); i++) {
            byte[] hash = cover.get(i);
            int level = heights.get(i);
            while (!levels.isEmpty() && levels.getLast() == level) {
                hash = sha256(new byte[] {1}, stack.removeLast(), hash);
                levels.removeLast();
                level++;
            }
            stack.add(hash);
            levels.add(level);
        }
        if (stack.isEmpty()) {
            return sha256(new byte[0]);
        }
        byte[] root = stack.removeLast();
        while (!stack.isEmpty()) {
            root = sha256(new byte[] {1}, stack.removeLast(), root);
        }
        return root;
    }
}
