package io.skein.projection.loops;

import io.skein.kernel.agent.MessageRecorded;
import io.skein.kernel.id.AgentId;
import io.skein.kernel.message.JsonText;
import io.skein.kernel.message.Message;
import io.skein.kernel.message.MessageType;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The definition of a routing loop read word for word: everything is looked up again from the whole log, nothing is remembered, signed or bounded.
 * Shares no code with the detector.
 */
final class NaiveLoops {
    /** One return: the request, the agent it reached, who asked whom, laps (0: within a lap), whether a person is told. */
    record Found(String closing, String target, List<String> rotation, long laps, boolean alarm) {}

    private final List<Message> log;
    private final int newWords;
    private final int endlessLaps;

    NaiveLoops(List<MessageRecorded> log, int newWords, int endlessLaps) {
        this.log = log.stream().map(MessageRecorded::message).toList();
        this.newWords = newWords;
        this.endlessLaps = endlessLaps;
    }

    List<Found> all() {
        List<Found> found = new ArrayList<>();
        for (int i = 0; i < log.size(); i++) {
            if (log.get(i).type() == MessageType.REQUEST) {
                for (String target : targets(i)) {
                    Found loop = at(i, target);
                    if (loop != null) {
                        found.add(loop);
                    }
                }
            }
        }
        return found;
    }

    private @Nullable Found at(int closing, String target) {
        List<Integer> lap = lap(closing, target);
        if (lap == null) {
            return null;
        }
        List<String> rotation = circle(lap, target);
        if (rotation == null) {
            return null;
        }
        long steps = steps(closing, target);
        boolean whole = steps % rotation.size() == 0;
        long laps = steps / rotation.size();
        return new Found(
                log.get(closing).messageId().value(),
                target,
                rotation,
                whole ? laps : 0,
                whole && alarm(closing, lap, laps));
    }

    private boolean alarm(int closing, List<Integer> lap, long laps) {
        Set<String> openingWords = words(lap.getFirst());
        Set<String> closingWords = words(closing);
        Set<String> common = new HashSet<>(openingWords);
        common.retainAll(closingWords);
        Set<String> either = new HashSet<>(openingWords);
        either.addAll(closingWords);
        String closingText = text(closing);
        boolean same = closingText != null
                && (closingText.equals(text(lap.getFirst()))
                        || (!either.isEmpty() && common.size() >= 0.9 * either.size()));
        int most = 0;
        for (int request : lap.subList(1, lap.size())) {
            Set<String> before = new HashSet<>();
            for (Integer above = parent(request); above != null; above = parent(above)) {
                before.addAll(words(above));
            }
            Set<String> added = words(request);
            added.removeAll(before);
            most = Math.max(most, added.size());
        }
        boolean due = same || most < newWords || laps >= endlessLaps;
        boolean concluded = lap.subList(1, lap.size()).stream()
                .anyMatch(request -> log.get(request).causationId() == null);
        return due && (same || !concluded || laps >= 2) && (laps <= 4 || Long.bitCount(laps) == 1);
    }

    /** The requests from the nearest one by the target down to the closing one, if nobody on the way was answered before the closing one. */
    private @Nullable List<Integer> lap(int closing, String target) {
        List<Integer> way = new ArrayList<>(List.of(closing));
        int below = closing;
        for (Integer request = parent(closing); request != null; request = parent(request)) {
            if (answered(request, sender(below), closing)) {
                return null;
            }
            way.addFirst(request);
            if (sender(request).equals(target)) {
                return way;
            }
            below = request;
        }
        return null;
    }

    /** The walk of agents without there-and-back; null if no circle of three or more is left that starts and ends differently. */
    private @Nullable List<String> circle(List<Integer> lap, String target) {
        List<String> walk = new ArrayList<>(lap.stream().map(this::sender).toList());
        walk.add(target);
        boolean shorter = true;
        while (shorter) {
            shorter = false;
            for (int i = 0; i + 2 < walk.size(); i++) {
                if (walk.get(i).equals(walk.get(i + 2))) {
                    walk.remove(i + 2);
                    walk.remove(i + 1);
                    shorter = true;
                    break;
                }
            }
        }
        if (walk.size() < 4 || walk.get(1).equals(walk.get(walk.size() - 2))) {
            return null;
        }
        return walk.subList(0, walk.size() - 1);
    }

    private long steps(int closing, String target) {
        List<Integer> lap = lap(closing, target);
        List<String> circle = lap == null ? null : circle(lap, target);
        if (circle == null) {
            return 0;
        }
        Integer before = parent(closing);
        if (before != null) {
            List<Integer> lapBefore = lap(before, sender(closing));
            List<String> circleBefore = lapBefore == null ? null : circle(lapBefore, sender(closing));
            if (circleBefore != null && isTurnOf(circle, circleBefore)) {
                return steps(before, sender(closing)) + 1;
            }
        }
        return circle.size();
    }

    private static boolean isTurnOf(List<String> one, List<String> other) {
        List<String> twice = new ArrayList<>(other);
        twice.addAll(other);
        return one.size() == other.size() && java.util.Collections.indexOfSubList(twice, one) >= 0;
    }

    /** The request that the sender served when it sent the message. */
    private @Nullable Integer parent(int index) {
        Message message = log.get(index);
        if (message.causationId() != null) {
            Integer cause = before(index, message.causationId().value());
            if (cause == null) {
                return null;
            }
            if (sender(cause).equals(sender(index))) {
                return parent(cause);
            }
            if (!targets(cause).contains(sender(index))) {
                return null;
            }
            if (log.get(cause).type() == MessageType.REQUEST) {
                return cause;
            }
            Integer asked = answeredRequest(cause);
            return asked != null && sender(asked).equals(sender(index)) ? parent(asked) : null;
        }
        return message.type() == MessageType.REQUEST && message.conversationId() != null
                ? newestUnanswered(index, sender(index), null)
                : null;
    }

    /** The request whose answer a response is, or the first of them. */
    private @Nullable Integer answeredRequest(int index) {
        List<Integer> answers = answers(index);
        return answers.isEmpty() ? null : answers.getFirst();
    }

    private List<Integer> answers(int index) {
        Message message = log.get(index);
        if (message.type() == MessageType.REQUEST) {
            return List.of();
        }
        Integer cause = message.causationId() == null
                ? null
                : before(index, message.causationId().value());
        if (cause != null
                && log.get(cause).type() == MessageType.REQUEST
                && targets(cause).contains(sender(index))
                && targets(index).contains(sender(cause))) {
            return List.of(cause);
        }
        if (message.type() != MessageType.RESPONSE) {
            return List.of();
        }
        List<Integer> answers = new ArrayList<>();
        for (String target : targets(index)) {
            Integer asked = newestUnanswered(index, sender(index), target);
            if (asked != null) {
                answers.add(asked);
            }
        }
        return answers;
    }

    private @Nullable Integer newestUnanswered(int index, String agent, @Nullable String asker) {
        for (int i = index - 1; i >= 0; i--) {
            if (log.get(i).type() == MessageType.REQUEST
                    && java.util.Objects.equals(
                            log.get(i).conversationId(), log.get(index).conversationId())
                    && targets(i).contains(agent)
                    && (asker == null || sender(i).equals(asker))
                    && !answered(i, agent, index)) {
                return i;
            }
        }
        return null;
    }

    private boolean answered(int request, String by, int before) {
        for (int i = request + 1; i < before; i++) {
            if (sender(i).equals(by) && answers(i).contains(request)) {
                return true;
            }
        }
        return false;
    }

    private @Nullable Integer before(int index, String id) {
        for (int i = 0; i < index; i++) {
            if (log.get(i).messageId().value().equals(id)) {
                return i;
            }
        }
        return null;
    }

    private String sender(int index) {
        return log.get(index).agentId().value();
    }

    private List<String> targets(int index) {
        Set<String> others = new LinkedHashSet<>(
                log.get(index).targetAgents().stream().map(AgentId::value).toList());
        others.remove(sender(index));
        return new ArrayList<>(others);
    }

    private @Nullable String text(int index) {
        JsonText content = log.get(index).content();
        return content == null ? null : content.value();
    }

    private Set<String> words(int index) {
        Set<String> words = new HashSet<>();
        String text = text(index);
        if (text != null) {
            for (String word : text.toLowerCase(java.util.Locale.ROOT).split("[^a-z]+")) {
                if (word.length() >= 2) {
                    words.add(word);
                }
            }
        }
        return words;
    }
}
