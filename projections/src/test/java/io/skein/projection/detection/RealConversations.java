package io.skein.projection.detection;

import io.skein.eventlog.KernelJson;
import io.skein.kernel.agent.MessageRecorded;
import io.skein.kernel.message.Message;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.node.ObjectNode;

/** The conversations of {@code ../shared/data}, as the log would hold them; each set is a network of its own. */
public final class RealConversations {
    public static final List<String> SETS = List.of("avalon", "diplomacy", "mast", "nezha", "whowhen");
    private static final Path FOLDER = Path.of(System.getProperty("skein.data", "../../shared/data"));
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    private RealConversations() {}

    public static boolean areHere() {
        return Files.isDirectory(FOLDER);
    }

    /** In the order of the file, as fast as an import sends them: one each millisecond. */
    public static List<MessageRecorded> imported(String set) {
        List<MessageRecorded> recorded = new ArrayList<>();
        for (Message message : messages(set)) {
            recorded.add(new MessageRecorded(message, START.plusMillis(recorded.size())));
        }
        return recorded;
    }

    /** On a common clock: a conversation begins every 20 s and keeps its own pace. */
    public static List<MessageRecorded> interleaved(String set) {
        Map<String, Instant> begins = new HashMap<>();
        Map<String, Instant> first = new HashMap<>();
        List<MessageRecorded> recorded = new ArrayList<>();
        for (Message message : messages(set)) {
            String conversation = String.valueOf(message.conversationId());
            first.putIfAbsent(conversation, message.timestamp());
            begins.putIfAbsent(conversation, START.plusSeconds(20L * begins.size()));
            long after =
                    message.timestamp().toEpochMilli() - first.get(conversation).toEpochMilli();
            recorded.add(new MessageRecorded(message, begins.get(conversation).plusMillis(after)));
        }
        recorded.sort(Comparator.comparing(MessageRecorded::recordedAt));
        return recorded;
    }

    private static List<Message> messages(String set) {
        List<Message> messages = new ArrayList<>();
        try {
            for (String line : Files.readAllLines(FOLDER.resolve(set).resolve("messages.jsonl"))) {
                ObjectNode node = (ObjectNode) KernelJson.mapper().readTree(line);
                node.put("networkId", set);
                messages.add(KernelJson.mapper().treeToValue(node, Message.class));
            }
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
        return messages;
    }
}
