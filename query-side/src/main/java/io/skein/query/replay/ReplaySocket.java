package io.skein.query.replay;

import io.skein.eventlog.KernelJson;
import io.skein.query.replay.EventReplay.Told;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.web.socket.CloseStatus;
import org.springframework.web.socket.TextMessage;
import org.springframework.web.socket.WebSocketSession;
import org.springframework.web.socket.handler.TextWebSocketHandler;
import org.springframework.web.util.UriComponentsBuilder;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * A replay for each connection to {@code /replay?from&to&speed&network&agent&type&conversation}: one event a frame, then {@code {"end": position}}. The client may send
 * {@code {"speed": 4}}, {@code {"paused": true}} and {@code {"paused": false}} meanwhile.
 */
final class ReplaySocket extends TextWebSocketHandler {
    private static final Logger LOG = LoggerFactory.getLogger(ReplaySocket.class);
    private static final int MOST_AT_ONCE = 32;
    private static final int MAX_CHARACTERS = 256;

    private final EventReplay replay;
    private final ReplayAccess access;
    private final Map<String, Session> sessions = new ConcurrentHashMap<>();

    ReplaySocket(EventReplay replay, ReplayAccess access) {
        this.replay = replay;
        this.access = access;
    }

    private static final class Session implements EventReplay.Listener {
        private final WebSocketSession socket;
        private volatile double speed;
        private volatile boolean paused;
        private volatile @Nullable Thread thread;

        Session(WebSocketSession socket, double speed) {
            this.socket = socket;
            this.speed = speed;
        }

        @Override
        public void told(Told event) throws IOException {
            send(event);
        }

        void send(Object value) throws IOException {
            socket.sendMessage(new TextMessage(KernelJson.mapper().writeValueAsBytes(value)));
        }

        @Override
        public double speed() {
            return paused ? -1 : speed;
        }

        @Override
        public boolean goesOn() {
            return socket.isOpen();
        }
    }

    @Override
    public void afterConnectionEstablished(WebSocketSession socket) throws IOException {
        ReplayRequest request;
        try {
            Map<String, String> asked =
                    new LinkedHashMap<>(UriComponentsBuilder.fromUri(java.util.Objects.requireNonNull(socket.getUri()))
                            .build()
                            .getQueryParams()
                            .toSingleValueMap());
            asked.replaceAll(
                    (name, value) -> java.net.URLDecoder.decode(value, java.nio.charset.StandardCharsets.UTF_8));
            request = access.request(asked);
        } catch (io.skein.kernel.problem.RefusedException refused) {
            close(socket, refused.refusal().detail());
            return;
        }
        if (sessions.size() >= MOST_AT_ONCE) {
            close(socket, "there are " + MOST_AT_ONCE + " replays already; try later");
            return;
        }
        Session session = new Session(socket, request.speed());
        sessions.put(socket.getId(), session);
        access.record(request, socket.getPrincipal());
        session.thread = Thread.ofVirtual().name("query-replay").start(() -> run(session, request));
    }

    private void run(Session session, ReplayRequest request) {
        try {
            long end = replay.run(request, session);
            if (session.goesOn()) {
                session.send(Map.of("end", end));
                session.socket.close(CloseStatus.NORMAL);
            }
        } catch (IOException gone) {
            LOG.debug("event=replay_gone", gone);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException failure) {
            LOG.warn("event=replay_failed", failure);
            close(session.socket, "the log cannot be read now; try later");
        } finally {
            sessions.remove(session.socket.getId());
        }
    }

    @Override
    protected void handleTextMessage(WebSocketSession socket, TextMessage message) {
        Session session = sessions.get(socket.getId());
        if (session == null) {
            return;
        }
        try {
            JsonNode wish = KernelJson.mapper().readTree(message.getPayload());
            double speed = wish.path("speed").asDouble(-1);
            if (speed >= 0 && speed <= ReplayRequest.FASTEST) {
                session.speed = speed;
            }
            if (wish.path("paused").isBoolean()) {
                session.paused = wish.path("paused").asBoolean();
            }
        } catch (JacksonException broken) {
            close(socket, "a frame is no JSON; expected speed or paused");
        }
    }

    @Override
    public void afterConnectionClosed(WebSocketSession socket, CloseStatus status) {
        Session session = sessions.remove(socket.getId());
        Thread thread = session == null ? null : session.thread;
        if (thread != null) {
            thread.interrupt();
        }
    }

    private static void close(WebSocketSession socket, String why) {
        try {
            String reason = why.length() <= MAX_CHARACTERS / 3 ? why : why.substring(0, MAX_CHARACTERS / 3);
            socket.close(CloseStatus.POLICY_VIOLATION.withReason(reason));
        } catch (IOException gone) {
            LOG.debug("event=replay_gone", gone);
        }
    }
}
