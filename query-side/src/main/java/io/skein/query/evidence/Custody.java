package io.skein.query.evidence;

import io.skein.kernel.audit.LogKey;
import io.skein.kernel.audit.SignedCheckpoint;
import java.util.List;
import java.util.Map;

/** The custody report: the same statement as the manifest, for people. Plain HTML without script or anything fetched. */
final class Custody {
    private Custody() {}

    static String html(Manifest manifest, SignedCheckpoint checkpoint, List<LogKey> keys) {
        StringBuilder page = new StringBuilder(4_096);
        page.append("""
                <!doctype html><html lang="en"><head><meta charset="utf-8"><title>Skein: custody report</title>
                <style>body{font:16px/1.5 sans-serif;max-width:50rem;margin:2rem auto;padding:0 1rem}table{border-collapse:collapse;width:100%}
                th,td{border:1px solid #999;padding:.3rem .6rem;text-align:left;vertical-align:top;overflow-wrap:anywhere}th{width:14rem}pre{overflow-x:auto;background:#eee;padding:.6rem}</style>
                </head><body><h1>Custody report</h1>
                """);
        page.append("<p>This bundle holds ")
                .append(manifest.count())
                .append(manifest.count() == 1 ? " event" : " events")
                .append(" of the log <b>")
                .append(escaped(manifest.origin()))
                .append("</b>, ")
                .append(
                        manifest.complete()
                                ? "every event from position " + manifest.from() + " to " + manifest.to()
                                : "those between positions " + manifest.from() + " and " + manifest.to()
                                        + " that the question below chose")
                .append(", exactly as they are stored.</p>\n<table>\n");
        row(page, "Exported by", manifest.by());
        row(page, "Exported at", manifest.exportedAt());
        manifest.query().forEach((name, value) -> row(page, "Question: " + name, value));
        row(page, "First event recorded", manifest.firstRecordedAt() == null ? "none" : manifest.firstRecordedAt());
        row(page, "Last event recorded", manifest.lastRecordedAt() == null ? "none" : manifest.lastRecordedAt());
        row(page, "Events under the checkpoint", Long.toString(checkpoint.treeSize()));
        row(page, "Root hash", checkpoint.rootHash());
        row(page, "Signed with key", checkpoint.keyId());
        row(page, "Signed at", checkpoint.recordedAt().toString());
        page.append("</table>\n<h2>Events by type</h2>\n<table>\n");
        for (Map.Entry<String, Long> type : manifest.countByType().entrySet()) {
            row(page, type.getKey(), Long.toString(type.getValue()));
        }
        page.append("</table>\n<h2>Files</h2>\n<table>\n");
        for (Bundle.File file : manifest.files()) {
            row(page, file.name(), file.bytes() + " bytes, SHA-256 " + file.sha256());
        }
        page.append("</table>\n<h2>Keys of this log</h2>\n<table>\n");
        for (LogKey key : keys) {
            row(
                    page,
                    key.keyId(),
                    key.publicKey() + ", in use from position " + key.position()
                            + (key.replaces() == null ? "" : ", in place of " + key.replaces()));
        }
        page.append("</table>\n<h2>What this proves, and how to check it</h2>\n<p>")
                .append(
                        manifest.complete()
                                ? "The checkpoint fixes every event from the first to the last it covers. If the check below passes, no event of the range above was changed, left out, added or moved since it was signed."
                                : "The checkpoint fixes every event from the first to the last it covers. If the check below passes, each event of this bundle stood at its position, unchanged, when it was signed. That no other event answers the question is not proved by this bundle; an export without a question proves that.")
                .append(
                        " Who holds an earlier checkpoint of this log can also check that history was not rewritten since.</p>\n<pre>java -jar skein-verifier.jar BUNDLE.zip --key '")
                .append(escaped(keys.isEmpty() ? "KEY" : keys.getLast().publicKey()))
                .append(
                        "'</pre>\n<p>Compare the key with one that you were given by another way than this bundle.</p>\n</body></html>\n");
        return page.toString();
    }

    private static void row(StringBuilder page, String name, String value) {
        page.append("<tr><th>")
                .append(escaped(name))
                .append("</th><td>")
                .append(escaped(value))
                .append("</td></tr>\n");
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }
}
