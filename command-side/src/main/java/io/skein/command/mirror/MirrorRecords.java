package io.skein.command.mirror;

import io.skein.command.kafka.Topics;
import io.skein.eventlog.KernelJson;
import io.skein.eventlog.LogReader;
import io.skein.kernel.agent.AgentEvent;
import io.skein.kernel.agent.AgentQuarantined;
import io.skein.kernel.agent.AgentReleased;
import io.skein.kernel.agent.InterventionDecided;
import io.skein.kernel.agent.MessageBlocked;
import io.skein.kernel.agent.MessageRecorded;
import io.skein.kernel.alert.AlertEvent;
import io.skein.kernel.id.AgentId;
import io.skein.kernel.id.MessageId;
import io.skein.kernel.id.NetworkId;
import io.skein.kernel.message.Message;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Headers;
import org.axonframework.eventhandling.DomainEventMessage;
import org.axonframework.eventhandling.TrackedEventMessage;
import org.axonframework.extensions.kafka.eventhandling.DefaultKafkaMessageConverter;
import org.axonframework.serialization.Serializer;
import org.jspecify.annotations.Nullable;

/**
 * What an event becomes on the topics: itself on {@code agent-events}, byte for byte as it is stored; a decision for each message; alerts and quarantines for
 * who must know. All carry their position as a header, and are CloudEvents in binary mode.
 */
final class MirrorRecords {
    static final String POSITION = "skein-position";
    static final String EVENT_TYPE = "skein-event-type";
    private static final String TYPE = "io.skein.";

    private final DefaultKafkaMessageConverter converter;

    /** @param serializer the one that the events were read with; only then do stored bytes pass through unchanged */
    MirrorRecords(Serializer serializer) {
        this.converter =
                DefaultKafkaMessageConverter.builder().serializer(serializer).build();
    }

    List<ProducerRecord<String, byte[]>> of(TrackedEventMessage<?> event) {
        long position = LogReader.positionOf(event.trackingToken());
        List<ProducerRecord<String, byte[]>> records = new ArrayList<>(2);
        String type = TYPE + event.getPayloadType().getSimpleName();
        String source = source(event);
        ProducerRecord<String, byte[]> whole = converter.createKafkaMessage(event, Topics.EVENTS);
        records.add(stamped(whole, event, position, type, source, subject(event)));
        if (event.getPayload() instanceof AgentEvent fact) {
            switch (fact) {
                case MessageRecorded(Message message, var at) ->
                    records.add(decided(message, event, position, Verdict.APPROVED, null));
                case MessageBlocked(Message message, String reason, var at) ->
                    records.add(decided(message, event, position, Verdict.BLOCKED, reason));
                case AgentQuarantined quarantined ->
                    records.add(stamped(
                            alarm(quarantined.networkId(), quarantined),
                            event,
                            position,
                            type,
                            source,
                            subject(event)));
                case AgentReleased released ->
                    records.add(stamped(
                            alarm(released.networkId(), released), event, position, type, source, subject(event)));
                case InterventionDecided decided ->
                    records.add(stamped(
                            alarm(decided.networkId(), decided), event, position, type, source, subject(event)));
                default -> {}
            }
        } else if (event.getPayload() instanceof AlertEvent fact) {
            records.add(stamped(alarm(fact.networkId(), fact), event, position, type, source, subject(event)));
        }
        return records;
    }

    private static ProducerRecord<String, byte[]> decided(
            Message message, TrackedEventMessage<?> event, long position, Verdict verdict, @Nullable String reason) {
        return stamped(
                decision(message, position, verdict, reason),
                event,
                position,
                TYPE + "Decision",
                "/skein/decisions/" + EventHeaders.encoded(message.networkId().value()),
                message.messageId().value());
    }

    /** Whose fact it is: with the event's id it names the event once and for all. */
    private static String source(TrackedEventMessage<?> event) {
        return event instanceof DomainEventMessage<?> fact
                ? "/skein/" + EventHeaders.encoded(fact.getType()) + "/"
                        + EventHeaders.encoded(fact.getAggregateIdentifier())
                : "/skein";
    }

    private static String subject(TrackedEventMessage<?> event) {
        return event instanceof DomainEventMessage<?> fact ? fact.getAggregateIdentifier() : event.getIdentifier();
    }

    enum Verdict {
        APPROVED,
        BLOCKED
    }

    /** The cause that a message names; the message it names may not be known. */
    record CausalLink(MessageId causationId) {}

    /**
     * What was concluded about one message.
     *
     * @param position of the message in the log
     * @param risk 0 to 1; null where none was assessed
     */
    record Decision(
            MessageId messageId,
            NetworkId networkId,
            AgentId agentId,
            long position,
            Verdict verdict,
            @Nullable String reason,
            @Nullable Double risk,
            List<CausalLink> causalLinks) {}

    private static ProducerRecord<String, byte[]> decision(
            Message message, long position, Verdict verdict, @Nullable String reason) {
        MessageId cause = message.causationId();
        Decision decision = new Decision(
                message.messageId(),
                message.networkId(),
                message.agentId(),
                position,
                verdict,
                reason,
                null,
                cause == null ? List.of() : List.of(new CausalLink(cause)));
        return new ProducerRecord<>(
                Topics.DECISIONS, message.agentId().value(), KernelJson.mapper().writeValueAsBytes(decision));
    }

    private static ProducerRecord<String, byte[]> alarm(NetworkId networkId, Object fact) {
        return new ProducerRecord<>(
                Topics.ALERTS, networkId.value(), KernelJson.mapper().writeValueAsBytes(fact));
    }

    private static ProducerRecord<String, byte[]> stamped(
            ProducerRecord<String, byte[]> record,
            TrackedEventMessage<?> event,
            long position,
            String type,
            String source,
            String subject) {
        Headers headers = record.headers();
        headers.add(POSITION, Long.toString(position).getBytes(StandardCharsets.US_ASCII));
        headers.add(EVENT_TYPE, event.getPayloadType().getSimpleName().getBytes(StandardCharsets.UTF_8));
        EventHeaders.add(headers, event, type, source, subject);
        return record;
    }
}
