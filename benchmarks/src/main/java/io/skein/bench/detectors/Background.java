package io.skein.bench.detectors;

import io.skein.eventlog.KernelJson;
import io.skein.kernel.message.Message;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import tools.jackson.databind.node.ObjectNode;

/** Conversations that really happened, from files of message JSON lines; each keeps its own pace, and they are laid side by side on one clock. */
public final class Background {
    /** Which conversations are used. */
    public enum Part {
        /** Every second one, for tuning. */
        TRAIN,
        /** The others. */
        TEST,
        ALL
    }

    private final List<List<Message>> conversations = new ArrayList<>();

    /** @throws IOException if a file cannot be read or holds what is no message */
    public static Background of(List<Path> files, Part part) throws IOException {
        Background background = new Background();
        int number = 0;
        for (Path file : files) {
            Map<String, List<Message>> byConversation = new LinkedHashMap<>();
            String prefix = "b" + number++ + ".";
            try (Stream<String> lines = Files.lines(file, StandardCharsets.UTF_8)) {
                for (String line : (Iterable<String>) lines.filter(each -> !each.isBlank())::iterator) {
                    Message message = message(line, prefix, file);
                    byConversation
                            .computeIfAbsent(
                                    message.conversationId() == null
                                            ? ""
                                            : message.conversationId().value(),
                                    first -> new ArrayList<>())
                            .add(message);
                }
            }
            byConversation.forEach((conversation, messages) -> {
                boolean even = (Math.floorMod(conversation.hashCode() * 0x9E3779B9, 1 << 20) >> 10) % 2 == 0;
                if (part == Part.ALL || even == (part == Part.TRAIN)) {
                    background.conversations.add(messages);
                }
            });
        }
        return background;
    }

    private static Message message(String line, String prefix, Path file) throws IOException {
        try {
            ObjectNode node = (ObjectNode) KernelJson.mapper().readTree(line);
            node.put("networkId", Stage.NETWORK.value());
            // Ids of different files may be the same.
            for (String name : List.of("messageId", "conversationId", "causationId")) {
                if (node.hasNonNull(name)) {
                    node.put(name, prefix + node.get(name).asString());
                }
            }
            return KernelJson.mapper().treeToValue(node, Message.class);
        } catch (RuntimeException other) {
            throw new IOException(file + ": a line is no message; expected one JSON object a line", other);
        }
    }

    public int conversations() {
        return conversations.size();
    }

    /** Plays about that many messages of whole conversations, each begun anywhere in the time; how many it played. */
    int play(Stage stage, Random random, long lengthMilli, int about) {
        int played = 0;
        List<List<Message>> left = new ArrayList<>(conversations);
        while (played < about && !left.isEmpty()) {
            List<Message> conversation = left.remove(random.nextInt(left.size()));
            long first = conversation.stream()
                    .mapToLong(message -> message.timestamp().toEpochMilli())
                    .min()
                    .orElse(0);
            long begin = random.nextLong(Math.max(1, lengthMilli / 2));
            for (Message message : conversation) {
                long after = message.timestamp().toEpochMilli() - first;
                if (begin + after < lengthMilli) {
                    stage.play(begin + after, message);
                    played++;
                }
            }
        }
        return played;
    }
}
