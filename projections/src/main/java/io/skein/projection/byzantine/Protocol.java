package io.skein.projection.byzantine;

import io.skein.kernel.agent.AgentEvent;
import io.skein.kernel.agent.MessageRecorded;
import io.skein.kernel.alert.Detector;
import io.skein.kernel.alert.Grade;
import io.skein.kernel.alert.Pattern;
import io.skein.kernel.alert.Severity;
import io.skein.kernel.id.AgentId;
import io.skein.kernel.message.JsonText;
import io.skein.kernel.message.Message;
import io.skein.kernel.message.MessageType;
import io.skein.projection.detection.Codec;
import io.skein.projection.detection.Finding;
import io.skein.projection.detection.Occurrence;
import io.skein.projection.detection.Occurrences;
import io.skein.projection.detection.Parameters;
import io.skein.projection.detection.PatternFold;
import io.skein.projection.detection.Windowed;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Finds responses that break the rule "who is asked answers, once". O(targets) for a message, O(1) for each delivery; memory bounded by
 * {@link Policy} messages and {@link Policy} agents in conversations. The definition stands in docs/detectors.md.
 */
final class Protocol implements PatternFold {
    static final String NAME = "response-protocol";
    private static final int AUDIENCE = 64;
    private static final int ANSWERS = 8;

    /** Responses with a cause that a network must have shown, and the share of them that must be known, before an unknown cause means anything. */
    private static final int RESOLVED = 50;

    private static final String EVERYBODY = "";

    private record Answer(String agent, String message, long position, Digest digest) {}

    /** A message as far as it can be answered; {@code targets} is empty where there are more than {@value #AUDIENCE}. */
    private record Spoken(
            boolean request,
            String agent,
            List<String> targets,
            boolean open,
            String conversation,
            long position,
            List<Answer> answers) {
        boolean reaches(String agent) {
            return open || targets.contains(agent);
        }
    }

    /** A response whose cause is not known yet. */
    private record Unexplained(
            String message,
            long position,
            String agent,
            String cause,
            String conversation,
            Digest digest,
            List<String> targets) {}

    private static final class Resolution {
        long known;
        long unknown;
    }

    /**
     * @param windowSeconds how long a message is remembered, in event time
     * @param reorderSeconds how long a request may come after its response
     * @param messages kept at most
     * @param deliveries agents in conversations kept at most
     * @param resolvedShare of causes that a network must have shown before an unknown one means anything
     * @param quietSeconds without another violation it is over
     */
    record Policy(
            int windowSeconds,
            int reorderSeconds,
            int messages,
            int deliveries,
            double resolvedShare,
            int quietSeconds) {
        static final Policy DEFAULT = new Policy(600, 5, 100_000, 200_000, 0.95, 600);
    }

    private final Policy policy;
    private final Windowed<Key, Spoken> messages;
    private final Windowed<Key, Boolean> addressed;
    /** When each conversation was first seen; one that is older than the window has a past that is forgotten. */
    private final Windowed<Key, Long> conversations;

    private final Windowed<Key, Unexplained> unexplained;
    private final Occurrences<Key> occurrences;
    private final Windowed<Key, Resolution> resolutions;
    private long watermark = Long.MIN_VALUE;

    Protocol(Policy policy) {
        this.policy = policy;
        this.messages = new Windowed<>((1_000L * policy.windowSeconds()), policy.messages());
        this.addressed = new Windowed<>((1_000L * policy.windowSeconds()), policy.deliveries());
        this.conversations = new Windowed<>(24 * 6 * (1_000L * policy.windowSeconds()), policy.messages());
        this.unexplained = new Windowed<>((1_000L * policy.reorderSeconds()), policy.messages());
        this.occurrences = new Occurrences<>((1_000L * policy.quietSeconds()), policy.messages());
        this.resolutions = new Windowed<>(Long.MAX_VALUE / 4, 1_000);
    }

    @Override
    public Detector identity() {
        return new Detector(NAME, "2", Parameters.of(policy));
    }

    @Override
    public List<Finding> on(AgentEvent event, long position, long atMilli) {
        if (!(event instanceof MessageRecorded recorded)) {
            return List.of();
        }
        Message message = recorded.message();
        watermark = Math.max(watermark, atMilli);
        messages.forget(watermark);
        addressed.forget(watermark);
        conversations.forget(watermark);
        List<Finding> found = new ArrayList<>(0);
        occurrences.forget(watermark, position, found);
        for (Map.Entry<Key, Unexplained> due = unexplained.pollOver(watermark);
                due != null;
                due = unexplained.pollOver(watermark)) {
            explain(due.getKey().network(), due.getValue(), position, found);
        }
        String network = message.networkId().value();
        Key id = Key.of(network, message.messageId().value());
        if (messages.get(id) != null) {
            return found;
        }
        String sender = message.agentId().value();
        String conversation = Fields.conversation(message);
        if (message.type() == MessageType.RESPONSE && !isPartial(message)) {
            response(network, message, sender, conversation, position, found);
        }
        Key place = Key.of(network, conversation);
        Long began = conversations.get(place);
        conversations.put(place, began == null ? watermark : began, watermark);
        boolean everybody = message.targetAgents().size() > AUDIENCE;
        List<String> targets = everybody
                ? List.of()
                : message.targetAgents().stream().map(AgentId::value).toList();
        if (everybody) {
            addressed.put(new Key(network, conversation, EVERYBODY, ""), true, watermark);
        }
        for (String target : targets) {
            addressed.put(new Key(network, conversation, target, ""), true, watermark);
        }
        messages.put(
                id,
                new Spoken(
                        message.type() == MessageType.REQUEST,
                        sender,
                        targets,
                        everybody,
                        conversation,
                        position,
                        new ArrayList<>(0)),
                watermark);
        return found;
    }

    /** A piece of an answer that is still being given. */
    private static boolean isPartial(Message message) {
        JsonText partial = message.metadata().get("partial");
        JsonText last = message.metadata().get("final");
        return (partial != null && partial.value().equals("true"))
                || (last != null && last.value().equals("false"));
    }

    private void response(
            String network, Message message, String sender, String conversation, long position, List<Finding> found) {
        String cause =
                message.causationId() == null ? "" : message.causationId().value();
        Unexplained response = new Unexplained(
                message.messageId().value(),
                position,
                sender,
                cause,
                conversation,
                Fields.said(message),
                message.targetAgents().stream()
                        .limit(AUDIENCE)
                        .map(AgentId::value)
                        .toList());
        if (cause.isEmpty() || cause.equals(response.message())) {
            if (!isAddressed(network, conversation, sender)) {
                // Its request may come a little later; whom it was for is told by the conversation.
                unexplained.put(Key.of(network, response.message()), response, watermark);
            }
            return;
        }
        Spoken spoken = messages.get(Key.of(network, cause));
        if (spoken == null) {
            unexplained.put(Key.of(network, response.message()), response, watermark);
            return;
        }
        resolution(network).known++;
        judge(network, response, spoken, position, found);
    }

    private void judge(String network, Unexplained response, Spoken cause, long position, List<Finding> found) {
        if (cause.agent().equals(response.agent())) {
            // It goes on after its own word.
            return;
        }
        if (!cause.reaches(response.agent())) {
            if (!isAddressed(network, response.conversation(), response.agent())
                    && !isAddressed(network, cause.conversation(), response.agent())) {
                speak(
                        network,
                        new Key(network, "not asked", response.conversation(), response.agent()),
                        response,
                        cause.position(),
                        Grade.FACT,
                        response.agent() + " answered a message that went to "
                                + (cause.targets().isEmpty()
                                        ? "nobody"
                                        : String.join(
                                                ", ",
                                                cause.targets()
                                                        .subList(
                                                                0,
                                                                Math.min(
                                                                        3,
                                                                        cause.targets()
                                                                                .size()))))
                                + "; nobody had said anything to it in this conversation",
                        List.of(response.agent(), cause.agent()),
                        position,
                        found);
            }
            return;
        }
        if (!cause.request() || !response.targets().contains(cause.agent())) {
            return;
        }
        for (Answer before : cause.answers()) {
            if (before.agent().equals(response.agent())) {
                if (!before.digest().equals(response.digest())) {
                    occurrences
                            .seen(new Key(network, "second", response.conversation(), response.agent()), watermark)
                            .add(before.message(), before.position());
                    speak(
                            network,
                            new Key(network, "second", response.conversation(), response.agent()),
                            response,
                            cause.position(),
                            Grade.FACT,
                            response.agent() + " answered the same request of " + cause.agent()
                                    + " twice, and not the same",
                            List.of(response.agent(), cause.agent()),
                            position,
                            found);
                }
                return;
            }
        }
        if (cause.answers().size() < ANSWERS) {
            cause.answers()
                    .add(new Answer(response.agent(), response.message(), response.position(), response.digest()));
        }
    }

    /** The reorder window of a response without a known cause is over. */
    private void explain(String network, Unexplained response, long position, List<Finding> found) {
        if (!response.cause().isEmpty()) {
            Spoken cause = messages.get(Key.of(network, response.cause()));
            Resolution resolution = resolution(network);
            if (cause != null) {
                resolution.known++;
                judge(network, response, cause, position, found);
                return;
            }
            boolean usual = resolution.known >= RESOLVED
                    && resolution.known >= policy.resolvedShare() * (resolution.known + resolution.unknown);
            resolution.unknown++;
            if (!usual || isAddressed(network, response.conversation(), response.agent())) {
                return;
            }
        } else if (isAddressed(network, response.conversation(), response.agent())) {
            return;
        }
        speak(
                network,
                new Key(network, "no request", response.conversation(), response.agent()),
                response,
                0,
                Grade.SUSPICION,
                response.agent() + " gave an answer though no question to it was seen",
                List.of(response.agent()),
                position,
                found);
    }

    /** Whether somebody may have said something to the agent in the conversation: it was seen, or is too long ago to know. */
    private boolean isAddressed(String network, String conversation, String agent) {
        Long began = conversations.get(Key.of(network, conversation));
        return (began != null && began + (1_000L * policy.windowSeconds()) <= watermark)
                || addressed.overflowed()
                || messages.overflowed()
                || addressed.get(new Key(network, conversation, agent, "")) != null
                || addressed.get(new Key(network, conversation, EVERYBODY, "")) != null;
    }

    private void speak(
            String network,
            Key occasion,
            Unexplained response,
            long causePosition,
            Grade grade,
            String description,
            List<String> agents,
            long position,
            List<Finding> found) {
        Occurrence occurrence = occurrences.seen(occasion, watermark);
        if (causePosition > 0) {
            occurrence.add(response.cause(), causePosition);
        }
        occurrence.add(response.message(), response.position());
        long times = occurrence.grow();
        if (occurrence.tell()) {
            found.add(occurrence.finding(
                    identity(),
                    Pattern.PROTOCOL_VIOLATION,
                    grade == Grade.FACT ? Severity.WARNING : Severity.INFO,
                    grade,
                    network,
                    List.of(occasion.first(), occasion.second(), occasion.third()),
                    agents,
                    description + (times == 1 ? "." : " (" + times + " times)."),
                    "",
                    position));
        }
    }

    private Resolution resolution(String network) {
        Key key = Key.of(network, "");
        Resolution resolution = resolutions.get(key);
        if (resolution == null) {
            resolution = new Resolution();
            resolutions.put(key, resolution, watermark);
        }
        return resolution;
    }

    @Override
    public void save(DataOutput out) throws IOException {
        out.writeLong(watermark);
        messages.save(out, Key::write, (to, spoken) -> {
            to.writeBoolean(spoken.request());
            to.writeUTF(spoken.agent());
            Codec.strings(to, spoken.targets());
            to.writeBoolean(spoken.open());
            to.writeUTF(spoken.conversation());
            to.writeLong(spoken.position());
            Codec.list(to, spoken.answers(), (o, answer) -> {
                o.writeUTF(answer.agent());
                o.writeUTF(answer.message());
                o.writeLong(answer.position());
                Digest.write(o, answer.digest());
            });
        });
        addressed.save(out, Key::write, DataOutput::writeBoolean);
        conversations.save(out, Key::write, DataOutput::writeLong);
        unexplained.save(out, Key::write, (to, response) -> {
            to.writeUTF(response.message());
            to.writeLong(response.position());
            to.writeUTF(response.agent());
            to.writeUTF(response.cause());
            to.writeUTF(response.conversation());
            Digest.write(to, response.digest());
            Codec.strings(to, response.targets());
        });
        occurrences.save(out, Key::write);
        resolutions.save(out, Key::write, (to, resolution) -> {
            to.writeLong(resolution.known);
            to.writeLong(resolution.unknown);
        });
    }

    @Override
    public void restore(DataInput in) throws IOException {
        watermark = in.readLong();
        messages.restore(
                in,
                Key::read,
                from -> new Spoken(
                        from.readBoolean(),
                        from.readUTF(),
                        Codec.strings(from),
                        from.readBoolean(),
                        from.readUTF(),
                        from.readLong(),
                        Codec.list(from, i -> new Answer(i.readUTF(), i.readUTF(), i.readLong(), Digest.read(i)))));
        addressed.restore(in, Key::read, DataInput::readBoolean);
        conversations.restore(in, Key::read, DataInput::readLong);
        unexplained.restore(
                in,
                Key::read,
                from -> new Unexplained(
                        from.readUTF(),
                        from.readLong(),
                        from.readUTF(),
                        from.readUTF(),
                        from.readUTF(),
                        Digest.read(from),
                        Codec.strings(from)));
        occurrences.restore(in, Key::read);
        resolutions.restore(in, Key::read, from -> {
            Resolution resolution = new Resolution();
            resolution.known = from.readLong();
            resolution.unknown = from.readLong();
            return resolution;
        });
    }

    @Override
    public int size() {
        return messages.size()
                + addressed.size()
                + conversations.size()
                + unexplained.size()
                + occurrences.size()
                + resolutions.size();
    }

    @Override
    public long overBudget() {
        return messages.evicted() + addressed.evicted();
    }
}
