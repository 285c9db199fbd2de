package io.skein.query.live;

import io.skein.query.RunningQuerySide;
import jakarta.websocket.ContainerProvider;
import jakarta.websocket.WebSocketContainer;
import java.lang.reflect.Type;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.springframework.messaging.simp.stomp.StompCommand;
import org.springframework.messaging.simp.stomp.StompFrameHandler;
import org.springframework.messaging.simp.stomp.StompHeaders;
import org.springframework.messaging.simp.stomp.StompSession;
import org.springframework.messaging.simp.stomp.StompSessionHandlerAdapter;
import org.springframework.web.socket.client.standard.StandardWebSocketClient;
import org.springframework.web.socket.messaging.WebSocketStompClient;
import tools.jackson.databind.JsonNode;

/** A dashboard at its plainest: one stream, the four rules, nothing else. */
final class LiveClient implements AutoCloseable {
    private static final StandardWebSocketClient WEB_SOCKETS = new StandardWebSocketClient(container());

    private static WebSocketContainer container() {
        WebSocketContainer container = ContainerProvider.getWebSocketContainer();
        container.setDefaultMaxTextMessageBufferSize(16 * 1024 * 1024);
        return container;
    }

    private final RunningQuerySide side;
    private final String network;
    private final String stream;
    private final Map<String, JsonNode> rows = new TreeMap<>();
    private final List<JsonNode> held = new ArrayList<>();
    private final List<String> complaints = new ArrayList<>();
    private @Nullable StompSession session;
    private long position = -1;
    private long lastTo = -1;
    private long counted = -1;
    private int snapshots;
    private int deltas;
    private boolean waiting;
    private int gaps;
    private volatile int connection;

    LiveClient(RunningQuerySide side, String network, String stream) {
        this.side = side;
        this.network = network;
        this.stream = stream;
    }

    /** Connects, or connects again with what it has. */
    LiveClient connect() {
        WebSocketStompClient stomp = new WebSocketStompClient(WEB_SOCKETS);
        int mine = ++connection;
        stomp.setInboundMessageSizeLimit(16 * 1024 * 1024);
        try {
            StompSession connected = stomp.connectAsync(
                            "ws://127.0.0.1:" + side.port() + "/live", new StompSessionHandlerAdapter() {
                                @Override
                                public void handleFrame(StompHeaders headers, @Nullable Object payload) {
                                    complain(mine, "ERROR " + headers.getFirst("message"));
                                }

                                @Override
                                public void handleTransportError(StompSession lost, Throwable exception) {
                                    complain(mine, exception.toString());
                                }

                                @Override
                                public void handleException(
                                        StompSession failed,
                                        @Nullable StompCommand command,
                                        StompHeaders headers,
                                        byte[] payload,
                                        Throwable exception) {
                                    complain(mine, exception.toString());
                                }
                            })
                    .get(10, TimeUnit.SECONDS);
            synchronized (this) {
                session = connected;
                lastTo = -1;
                waiting = true;
                held.clear();
            }
            connected.subscribe("/topic/" + address(), frames(this::onDelta));
            ask(connected);
            return this;
        } catch (Exception failure) {
            throw new AssertionError("no connection", failure);
        }
    }

    private String address() {
        return "live." + URLEncoder.encode(network, StandardCharsets.UTF_8).replace("+", "%20") + "." + stream;
    }

    private void ask(StompSession connected) {
        connected.subscribe("/app/" + address(), frames(this::onSnapshot));
    }

    /** What an earlier connection still brings is not looked at. */
    private StompFrameHandler frames(Consumer<JsonNode> take) {
        int mine = connection;
        return new StompFrameHandler() {
            @Override
            public Type getPayloadType(StompHeaders headers) {
                return byte[].class;
            }

            @Override
            public void handleFrame(StompHeaders headers, @Nullable Object payload) {
                if (payload instanceof byte[] bytes && mine == connection) {
                    take.accept(RunningQuerySide.parse(new String(bytes, StandardCharsets.UTF_8)));
                }
            }
        };
    }

    private synchronized void onSnapshot(JsonNode snapshot) {
        snapshots++;
        waiting = false;
        position = snapshot.get("position").asLong();
        rows.clear();
        put(snapshot.get("state"));
        List<JsonNode> arrived = List.copyOf(held);
        held.clear();
        arrived.forEach(this::apply);
        notifyAll();
    }

    private synchronized void onDelta(JsonNode delta) {
        deltas++;
        long from = delta.get("from").asLong();
        long to = delta.get("to").asLong();
        if (lastTo >= 0 && from != lastTo && from != to && to > position) {
            complain(connection, "delta begins at " + from + "; the one before ended at " + lastTo);
        }
        lastTo = to;
        if (waiting) {
            held.add(delta);
        } else {
            apply(delta);
        }
        notifyAll();
    }

    private void apply(JsonNode delta) {
        long from = delta.get("from").asLong();
        long to = delta.get("to").asLong();
        if (from <= position && position < to) {
            put(delta.get("changes"));
            position = to;
        } else if (from > position) {
            waiting = true;
            gaps++;
            StompSession connected = session;
            if (connected != null) {
                ask(connected);
            }
        }
    }

    private void put(JsonNode state) {
        switch (stream) {
            case "graph" -> {
                put(state.get("nodes"), "agentId");
                put(state.get("edges"), "source", "target", "relationship");
                counted = state.get("messageCount").asLong();
            }
            case "agents" -> put(state.get("items"), "agentId");
            case "alerts" -> put(state.get("items"), "alertId");
            default -> put(state.get("items"), "windowSeconds", "start");
        }
    }

    private void put(JsonNode items, String... key) {
        items.forEach(item -> {
            List<String> parts = new ArrayList<>();
            for (String part : key) {
                parts.add(item.get(part).asString());
            }
            rows.put(String.join("|", parts), item);
        });
    }

    private synchronized void complain(int of, String complaint) {
        if (of == connection) {
            complaints.add(complaint);
        }
        notifyAll();
    }

    synchronized void awaitPosition(long reached) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        try {
            while (position < reached && complaints.isEmpty()) {
                long rest = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
                if (rest <= 0) {
                    throw new AssertionError(
                            stream + " of " + network + " is at " + position + "; expected " + reached + " by now");
                }
                wait(rest);
            }
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", stop);
        }
        if (position < reached) {
            throw new AssertionError(stream + " of " + network + ": " + complaints);
        }
    }

    synchronized Map<String, JsonNode> rows() {
        return new TreeMap<>(rows);
    }

    synchronized List<String> complaints() {
        return List.copyOf(complaints);
    }

    /** How often a delta began after what the client had. */
    synchronized int gaps() {
        return gaps;
    }

    synchronized int snapshots() {
        return snapshots;
    }

    synchronized int deltas() {
        return deltas;
    }

    synchronized long counted() {
        return counted;
    }

    synchronized long position() {
        return position;
    }

    String stream() {
        return stream;
    }

    void disconnect() {
        StompSession connected = session;
        connection++;
        if (connected != null && connected.isConnected()) {
            connected.disconnect();
        }
    }

    @Override
    public void close() {
        disconnect();
    }
}
