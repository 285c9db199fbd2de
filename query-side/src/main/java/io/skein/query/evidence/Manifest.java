package io.skein.query.evidence;

import java.util.List;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/**
 * What a bundle says of itself.
 *
 * @param complete whether it has every event of its range
 * @param rootHash of the checkpoint, base64
 */
record Manifest(
        String format,
        String origin,
        SortedMap<String, String> query,
        String by,
        String exportedAt,
        long from,
        long to,
        boolean complete,
        long count,
        SortedMap<String, Long> countByType,
        @Nullable String firstRecordedAt,
        @Nullable String lastRecordedAt,
        long treeSize,
        String rootHash,
        List<Bundle.File> files) {
    static final String FORMAT = "skein-evidence/1";
}
