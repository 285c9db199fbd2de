package io.skein.query.live;

import io.skein.kernel.id.NetworkId;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.messaging.Message;
import org.springframework.messaging.MessageChannel;
import org.springframework.messaging.simp.stomp.StompCommand;
import org.springframework.messaging.simp.stomp.StompHeaderAccessor;
import org.springframework.messaging.support.ChannelInterceptor;
import org.springframework.messaging.support.MessageHeaderAccessor;
import org.springframework.transaction.TransactionException;

/**
 * Knows who watches what. Sees every frame of a client before the broker does, in the order sent: takes on subscriptions to the streams, and refuses
 * everything else, so that no client can speak to others or listen by wildcard.
 */
final class Subscriptions implements ChannelInterceptor {
    private static final Logger LOG = LoggerFactory.getLogger(Subscriptions.class);

    private final Map<String, LiveStream> streams;
    private final Refusals refusals;
    private final int maxSubscriptions;
    private final Map<String, Session> sessions = new ConcurrentHashMap<>();

    Subscriptions(Map<String, LiveStream> streams, Refusals refusals, int maxSubscriptions) {
        this.streams = streams;
        this.refusals = refusals;
        this.maxSubscriptions = maxSubscriptions;
    }

    /** What one connection is subscribed to, by the client's names for its subscriptions. */
    private static final class Session {
        private final Map<String, Watch> watches = new HashMap<>();
        private volatile boolean connected;
        private boolean closed;
    }

    private record Watch(LiveStream stream, NetworkId network) {}

    @Override
    public @Nullable Message<?> preSend(Message<?> message, MessageChannel channel) {
        @Nullable StompHeaderAccessor frame = MessageHeaderAccessor.getAccessor(message, StompHeaderAccessor.class);
        @Nullable StompCommand command = frame == null ? null : frame.getCommand();
        @Nullable String session = frame == null ? null : frame.getSessionId();
        if (frame == null || command == null || session == null) {
            return message;
        }
        return switch (command) {
            case CONNECT, STOMP -> {
                @Nullable Session opened = sessions.get(session);
                if (opened != null) {
                    opened.connected = true;
                }
                yield message;
            }
            case SUBSCRIBE -> subscribe(session, frame) ? message : null;
            case UNSUBSCRIBE -> {
                unsubscribe(session, String.valueOf(frame.getSubscriptionId()));
                yield message;
            }
            case DISCONNECT -> message;
            default -> {
                refusals.refuse(
                        session, command + " is refused; expected CONNECT, SUBSCRIBE, UNSUBSCRIBE or DISCONNECT");
                yield null;
            }
        };
    }

    /** A connection stands; called before any of its frames. */
    void opened(String sessionId) {
        sessions.put(sessionId, new Session());
    }

    /** A connection has ended, for whatever reason; frames of it that are still under way change nothing. */
    void closed(String sessionId) {
        @Nullable Session session = sessions.remove(sessionId);
        if (session != null) {
            synchronized (session) {
                session.closed = true;
                session.watches.values().forEach(watch -> watch.stream().unsubscribe(watch.network()));
                session.watches.clear();
            }
        }
    }

    /** How many connections there are. */
    int connections() {
        return sessions.size();
    }

    private boolean subscribe(String sessionId, StompHeaderAccessor frame) {
        String destination = String.valueOf(frame.getDestination());
        boolean isTopic = destination.startsWith(LiveAddress.TOPIC);
        String prefix = isTopic ? LiveAddress.TOPIC : LiveAddress.APPLICATION;
        Optional<LiveAddress> address = destination.startsWith(prefix)
                ? LiveAddress.parse(destination.substring(prefix.length()))
                : Optional.empty();
        @Nullable
        LiveStream stream = address.map(named -> streams.get(named.stream())).orElse(null);
        @Nullable Session session = sessions.get(sessionId);
        if (address.isEmpty() || stream == null) {
            refusals.refuse(
                    sessionId,
                    "destination is no stream; expected /topic/live.{network}.{stream} or /app/live.{network}.{stream}, the"
                            + " network percent-encoded, the stream one of " + String.join(", ", streams.keySet()));
            return false;
        }
        if (session == null || !session.connected || frame.getSubscriptionId() == null) {
            refusals.refuse(sessionId, "SUBSCRIBE has no id or came before CONNECT; expected both");
            return false;
        }
        frame.setDestination(prefix + address.get().text());
        return !isTopic
                || watch(
                        sessionId,
                        session,
                        frame.getSubscriptionId(),
                        new Watch(stream, address.get().networkId()));
    }

    private boolean watch(String sessionId, Session session, String subscription, Watch watch) {
        synchronized (session) {
            if (session.closed) {
                return false;
            }
            if (session.watches.size() >= maxSubscriptions || session.watches.containsKey(subscription)) {
                refusals.refuse(
                        sessionId,
                        "subscription is one too many or its id is in use; expected at most " + maxSubscriptions);
                return false;
            }
            try {
                watch.stream().subscribe(watch.network());
                session.watches.put(subscription, watch);
                return true;
            } catch (DataAccessException | TransactionException failure) {
                LOG.warn("event=live_subscription_failed stream={}", watch.stream().source().stream(), failure);
                refusals.refuse(sessionId, "the read tables cannot be read now; connect again later");
                return false;
            }
        }
    }

    private void unsubscribe(String sessionId, String subscription) {
        @Nullable Session session = sessions.get(sessionId);
        if (session != null) {
            synchronized (session) {
                @Nullable Watch watch = session.watches.remove(subscription);
                if (watch != null) {
                    watch.stream().unsubscribe(watch.network());
                }
            }
        }
    }
}
