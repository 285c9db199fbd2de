package io.skein.projection.byzantine;

import io.skein.eventlog.KernelJson;
import io.skein.kernel.message.Claim;
import io.skein.kernel.message.JsonText;
import io.skein.kernel.message.Message;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What a message declares, by its metadata alone; prose declares nothing.
 *
 * <ul>
 *   <li>{@code statement: {"key": k, …}}: everything but {@code key} and {@code revision} is the value;
 *   <li>{@code statement: "k"} with {@code value} or {@code statementValue};
 *   <li>{@code statement: {"a": 1, "b": 2}} without {@code key}: a statement for each member;
 *   <li>{@code capacity} beside a claim: the capacity of the claim's resource.
 * </ul>
 *
 * A {@code revision} (in the statement or beside it) makes another statement of it: what is open to change says which state it speaks of.
 */
final class Statements {
    static final List<String> NAMES = List.of("statement", "value", "statementValue", "revision", "capacity");
    private static final int MOST = 16;

    record Statement(String key, String value) {}

    private Statements() {}

    static List<Statement> of(Message message) {
        Map<String, JsonText> metadata = message.metadata();
        JsonText declared = metadata.get("statement");
        JsonText capacity = message.claims().isEmpty() ? null : metadata.get("capacity");
        if (declared == null && capacity == null) {
            return List.of();
        }
        List<Statement> statements = new ArrayList<>();
        if (declared != null) {
            JsonText revision = metadata.get("revision");
            String suffix = revision == null ? "" : " @" + CanonicalJson.of(revision);
            JsonNode node = KernelJson.mapper().readTree(declared.value());
            if (node.isString()) {
                JsonText value = metadata.containsKey("value") ? metadata.get("value") : metadata.get("statementValue");
                if (value != null) {
                    add(statements, node.stringValue() + suffix, CanonicalJson.of(value));
                }
            } else if (node instanceof ObjectNode object && object.has("key")) {
                JsonNode key = object.get("key");
                String name = key.isString() ? key.stringValue() : CanonicalJson.of(key);
                String own = object.has("revision") ? " @" + CanonicalJson.of(object.get("revision")) : suffix;
                ObjectNode value = object.deepCopy();
                value.remove("key");
                value.remove("revision");
                JsonNode only = value.size() == 1 && value.has("value") ? value.get("value") : value;
                if (!value.isEmpty()) {
                    add(statements, name + own, CanonicalJson.of(only));
                }
            } else if (node instanceof ObjectNode object) {
                for (Map.Entry<String, JsonNode> member : object.properties()) {
                    if (!member.getKey().equals("revision")) {
                        String own = object.has("revision") ? " @" + CanonicalJson.of(object.get("revision")) : suffix;
                        add(statements, member.getKey() + own, CanonicalJson.of(member.getValue()));
                    }
                }
            }
        }
        if (capacity != null) {
            String resource =
                    message.claims().stream().map(Claim::resource).distinct().count() == 1
                            ? message.claims().getFirst().resource()
                            : "these resources";
            add(statements, "capacity of " + resource, CanonicalJson.of(capacity));
        }
        return statements;
    }

    private static void add(List<Statement> statements, String key, String value) {
        if (statements.size() < MOST) {
            statements.add(new Statement(Fields.shorter(key, 512), value));
        }
    }
}
