package io.skein.query.evidence;

import io.skein.kernel.id.AgentId;
import io.skein.kernel.id.AlertId;
import io.skein.kernel.id.ConversationId;
import io.skein.kernel.id.NetworkId;
import io.skein.kernel.id.UserId;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What somebody wants to take away. Without any of network, agent, conversation, type and alert it is every event of the range.
 *
 * @param from first position
 * @param to last position; null: the last one under the newest checkpoint
 * @param since size of an earlier checkpoint, to which the export's shall be shown to be true; null: none
 */
public record ExportRequest(
        UserId by,
        Format format,
        @Nullable NetworkId network,
        @Nullable AgentId agent,
        @Nullable ConversationId conversation,
        @Nullable String type,
        @Nullable AlertId alert,
        long from,
        @Nullable Long to,
        @Nullable Long since) {
    /** How it is written. */
    public enum Format {
        /** A zip with events, proofs, checkpoint, keys, manifest and custody report. */
        BUNDLE,
        /** One JSON object a line. */
        JSONL,
        /** RFC 4180 with a heading. */
        CSV
    }

    /** Whether it leaves out events of its range. */
    public boolean isFiltered() {
        return network != null || agent != null || conversation != null || type != null || alert != null;
    }

    /** The question as it is written down. */
    SortedMap<String, @Nullable String> parameters() {
        SortedMap<String, @Nullable String> parameters = new TreeMap<>();
        parameters.put("format", io.skein.eventlog.KernelJson.word(format));
        parameters.put("network", network == null ? null : network.value());
        parameters.put("agent", agent == null ? null : agent.value());
        parameters.put("conversation", conversation == null ? null : conversation.value());
        parameters.put("type", type);
        parameters.put("alert", alert == null ? null : alert.value());
        parameters.put("from", Long.toString(from));
        parameters.put("to", to == null ? null : Long.toString(to));
        parameters.put("since", since == null ? null : Long.toString(since));
        return parameters;
    }
}
