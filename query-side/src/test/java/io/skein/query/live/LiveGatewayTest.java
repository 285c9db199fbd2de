package io.skein.query.live;

import static org.assertj.core.api.Assertions.assertThat;

import io.skein.query.Projected;
import io.skein.query.RunningQuerySide;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LiveGatewayTest {
    private static final RunningQuerySide SIDE = RunningQuerySide.shared();

    @Test
    void a_change_arrives_by_push_without_a_tick() {
        try (RunningQuerySide side = RunningQuerySide.configured(Map.of("skein.query.live.tick", "1h"));
                LiveClient client = new LiveClient(side, "push", "agents").connect()) {
            client.awaitPosition(0);
            for (int i = 0; i < 10; i++) {
                client.awaitPosition(agent(side, "push", "a-" + i));
            }
            assertThat(client.rows()).hasSize(10);
        }
    }

    @Test
    void a_change_whose_notification_was_lost_arrives_by_the_next_tick() {
        try (LiveClient client = new LiveClient(SIDE, "silent-change", "agents").connect()) {
            client.awaitPosition(0);
            Projected projected = SIDE.projected();
            long position = agent("silent-change", "a");
            client.awaitPosition(position);

            projected.agent("silent-change", "b", 9, 1, position + 1);
            projected.progress("agents", 0, position + 1);

            client.awaitPosition(position + 1);
            assertThat(client.rows()).containsKeys("a", "b");
        }
    }

    @Test
    void a_listener_whose_connection_was_cut_listens_again() throws InterruptedException {
        try (LiveClient client = new LiveClient(SIDE, "cut", "agents").connect()) {
            client.awaitPosition(agent("cut", "a"));
            assertThat(listeners("pg_terminate_backend(pid)")).isEqualTo(1);

            client.awaitPosition(agent("cut", "b"));
            for (int i = 0; i < 100 && listeners("true") == 0; i++) {
                Thread.sleep(100);
            }
            assertThat(listeners("true")).isEqualTo(1);
        }
    }

    @Test
    void clients_of_one_network_show_the_same_whenever_they_came() {
        List<LiveClient> clients = new ArrayList<>();
        try {
            long position = 0;
            for (int i = 0; i < 12; i++) {
                clients.add(new LiveClient(SIDE, "many", "agents").connect());
                for (int j = 0; j < 5; j++) {
                    position = agent("many", "a-" + j * i);
                }
            }
            Set<String> states = new HashSet<>();
            for (LiveClient client : clients) {
                client.awaitPosition(position);
                states.add(client.position() + client.rows().toString());
                assertThat(client.gaps()).isZero();
            }
            assertThat(states).hasSize(1);
        } finally {
            clients.forEach(LiveClient::close);
        }
    }

    @Test
    void a_crowd_that_comes_while_rows_change_joins_without_a_gap() throws InterruptedException {
        List<LiveClient> clients = new ArrayList<>();
        try {
            Thread writer = Thread.ofPlatform().start(() -> {
                for (int i = 0; i < 150; i++) {
                    agent("crowd", "a-" + i % 30);
                }
            });
            for (int i = 0; i < 60; i++) {
                clients.add(new LiveClient(SIDE, "crowd", "agents").connect());
            }
            writer.join();
            long end = agent("crowd", "last");
            Set<String> states = new HashSet<>();
            for (LiveClient client : clients) {
                client.awaitPosition(end);
                assertThat(client.gaps()).isZero();
                states.add(client.rows().toString());
            }
            assertThat(states).hasSize(1);
        } finally {
            clients.forEach(LiveClient::close);
        }
    }

    @Test
    void a_network_in_which_nothing_changes_still_hears_how_far_the_projection_is() {
        try (LiveClient client = new LiveClient(SIDE, "idle", "alerts").connect()) {
            long position = SIDE.projected()
                    .event("alerts", at -> SIDE.projected().alert("busy", "x", "cascade", "info", "raised", at));

            client.awaitPosition(position);
            assertThat(client.rows()).isEmpty();
        }
    }

    @Test
    void metrics_are_pushed_for_the_windows_that_the_snapshot_shows_and_no_others() {
        Projected projected = SIDE.projected();
        try (LiveClient client = new LiveClient(SIDE, "windows", "metrics").connect()) {
            long position = projected.event("metrics", at -> {
                projected.window("windows", 1, Projected.START, at);
                projected.window("windows", 10, Projected.START, at);
                projected.window("windows", 60, Projected.START, at);
                projected.window("windows", 3_600, Projected.START, at);
            });
            client.awaitPosition(position);
            assertThat(client.rows()).containsOnlyKeys("1|2026-11-23T10:00:00Z", "10|2026-11-23T10:00:00Z");
        }
    }

    @Test
    void where_more_changed_than_a_delta_holds_clients_are_told_to_ask_for_a_snapshot() {
        try (RunningQuerySide side = RunningQuerySide.configured(
                        Map.of("skein.query.live.max-changes", "10", "skein.query.live.recovery", "100ms"));
                LiveClient client = new LiveClient(side, "big", "graph").connect()) {
            Projected projected = side.projected();
            client.awaitPosition(0);
            long position = projected.batch("causal-graph", before -> {
                for (int i = 1; i <= 50; i++) {
                    projected.message("big", "a-" + i, "b-" + i, "request", before + i);
                }
                return before + 50;
            });

            client.awaitPosition(position);
            assertThat(client.rows()).hasSize(150);
            assertThat(client.snapshots()).isEqualTo(2);

            position = projected.event("causal-graph", at -> projected.message("big", "a-1", "b-1", "request", at));
            client.awaitPosition(position);
            assertThat(client.snapshots()).isEqualTo(2);
            assertThat(client.counted()).isEqualTo(51);
        }
    }

    @Test
    void a_projection_rebuilt_in_place_leads_every_client_to_what_the_tables_hold() {
        try (RunningQuerySide side = RunningQuerySide.configured(Map.of());
                LiveClient early = new LiveClient(side, "rebuilt", "agents").connect()) {
            Projected projected = side.projected();
            for (int i = 0; i < 20; i++) {
                agent(side, "rebuilt", "a-" + i % 4);
            }
            early.awaitPosition(20);
            projected.jdbc().sql("truncate agent").update();
            projected.progress("agents", 0, 0);
            for (int i = 0; i < 10; i++) {
                agent(side, "rebuilt", "a-" + i % 4);
            }
            try (LiveClient during = new LiveClient(side, "rebuilt", "agents").connect()) {
                during.awaitPosition(10);
                long end = 0;
                for (int i = 10; i < 25; i++) {
                    end = agent(side, "rebuilt", "a-" + i % 4);
                }
                during.awaitPosition(end);
                early.awaitPosition(end);
                assertThat(during.rows()).isEqualTo(early.rows()).hasSize(4);
            }
        }
    }

    @Test
    void rows_that_do_not_continue_those_of_before_make_every_client_ask_again() {
        try (RunningQuerySide side = RunningQuerySide.configured(Map.of());
                LiveClient client = new LiveClient(side, "exchanged", "agents").connect()) {
            Projected projected = side.projected();
            for (int i = 0; i < 8; i++) {
                agent(side, "exchanged", "a-" + i % 4);
            }
            client.awaitPosition(8);
            int snapshots = client.snapshots();
            // A cut-over: other rows at the same position, stamped as they were when they were made.
            projected
                    .jdbc()
                    .sql("update agent set sent = sent + 100 where network_id = 'exchanged'")
                    .update();
            projected
                    .jdbc()
                    .sql("insert into projection_generation (name, generation) values ('agents', 1)")
                    .update();
            long end = agent(side, "elsewhere", "b");
            client.awaitPosition(end);
            assertThat(client.rows().values())
                    .hasSize(4)
                    .allSatisfy(row -> assertThat(row.path("sent").asLong()).isGreaterThan(100));
            assertThat(client.snapshots()).isGreaterThan(snapshots);
            assertThat(client.complaints()).isEmpty();
        }
    }

    @Test
    void watchers_who_left_cost_nothing_any_more() throws InterruptedException {
        LiveStream agents = Objects.requireNonNull(
                SIDE.context().getBean(LiveStreams.class).byName().get("agents"));
        for (int i = 0; i < 5; i++) {
            LiveClient client = new LiveClient(SIDE, "leaving-" + i, "agents").connect();
            client.awaitPosition(0);
            client.disconnect();
        }
        for (int i = 0;
                i < 100
                        && agents.watchedNetworks().stream()
                                .anyMatch(id -> id.value().startsWith("leaving"));
                i++) {
            Thread.sleep(50);
        }
        assertThat(agents.watchedNetworks()).noneMatch(id -> id.value().startsWith("leaving"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SUBSCRIBE\nid:1\ndestination:/topic/live.*.agents\n\n",
                "SUBSCRIBE\nid:1\ndestination:/topic/**\n\n",
                "SUBSCRIBE\nid:1\ndestination:/topic/live.default.secrets\n\n",
                "SUBSCRIBE\nid:1\ndestination:/queue/any\n\n",
                "SUBSCRIBE\nid:1\ndestination:/app/live.agents\n\n",
                "SEND\ndestination:/topic/live.default.agents\n\n{}",
                "SEND\ndestination:/app/live.default.agents\n\n{}",
                "BEGIN\ntransaction:1\n\n",
            })
    void a_client_can_only_subscribe_to_a_stream_of_a_network(String frame) throws Exception {
        // A wildcard in a network's id stands for itself, so the first frame subscribes to the network named "*".
        if (frame.contains("live.*.agents")) {
            Frames heard = sent(frame);
            agent("anybody", "a");
            agent("*", "b");
            heard.await("MESSAGE");
            assertThat(heard.text()).contains("\"b\"").doesNotContain("\"a\"");
            return;
        }
        // The frame that says why may be lost when another is just being written; the closing never is.
        String said = "";
        for (int i = 0; i < 5 && !said.contains("ERROR"); i++) {
            Frames heard = sent(frame);
            heard.closed.get(10, TimeUnit.SECONDS);
            said = heard.text();
        }
        assertThat(said).contains("ERROR").contains("expected");
    }

    private static Frames sent(String frame) throws Exception {
        Frames heard = new Frames();
        WebSocket socket = open(SIDE.port(), "http://127.0.0.1:" + SIDE.port(), heard);
        socket.sendText("CONNECT\naccept-version:1.2\nhost:x\n\n\0", true).get(5, TimeUnit.SECONDS);
        heard.await("CONNECTED");
        socket.sendText(frame + "\0", true).get(5, TimeUnit.SECONDS);
        return heard;
    }

    @Test
    void subscriptions_of_a_connection_are_limited() throws Exception {
        Frames heard = new Frames();
        WebSocket socket = open(SIDE.port(), "http://127.0.0.1:" + SIDE.port(), heard);
        socket.sendText("CONNECT\naccept-version:1.2\nhost:x\n\n\0", true).get(5, TimeUnit.SECONDS);
        heard.await("CONNECTED");
        for (int i = 0; i <= 64; i++) {
            socket.sendText("SUBSCRIBE\nid:%d\ndestination:/topic/live.n-%d.agents\n\n\0".formatted(i, i), true)
                    .get(5, TimeUnit.SECONDS);
        }
        heard.await("ERROR");
        assertThat(heard.text()).contains("at most 64");
    }

    @Test
    void a_page_of_another_site_is_refused_unless_its_origin_is_configured() throws Exception {
        assertThat(handshake(SIDE.port(), "http://evil.example")).isEqualTo(403);
        assertThat(handshake(SIDE.port(), "http://127.0.0.1:" + SIDE.port())).isEqualTo(101);
        try (RunningQuerySide side =
                RunningQuerySide.configured(Map.of("skein.query.allowed-origins", "https://ops.example.com"))) {
            assertThat(handshake(side.port(), "https://ops.example.com")).isEqualTo(101);
            assertThat(handshake(side.port(), "http://127.0.0.1:" + side.port()))
                    .isEqualTo(101);
            assertThat(handshake(side.port(), "https://evil.example")).isEqualTo(403);
        }
    }

    @Test
    void a_client_that_reads_nothing_is_dropped_and_holds_up_nobody() throws Exception {
        try (RunningQuerySide side = RunningQuerySide.configured(Map.of(
                        "skein.query.live.send-time-limit", "1s",
                        "skein.query.live.send-buffer-limit", "512KB",
                        "skein.query.live.interval", "5ms"));
                LiveClient reader = new LiveClient(side, "flood", "alerts").connect();
                Socket sleeper = sleeper(side.port(), "/topic/live.flood.alerts")) {
            reader.awaitPosition(0);
            Subscriptions subscriptions = side.context().getBean(Subscriptions.class);
            awaitConnections(subscriptions, 2);
            Projected projected = side.projected();
            long slowest = 0;
            for (int i = 0; i < 400 && subscriptions.connections() > 1; i++) {
                long start = System.nanoTime();
                long position = projected.event("alerts", at -> {
                    projected.alert("flood", "big-" + at % 20, "cascade", "info", "raised", at);
                    projected
                            .jdbc()
                            .sql("update alert set description = repeat('x', 200000) where alert_id = :id")
                            .param("id", "big-" + at % 20)
                            .update();
                });
                reader.awaitPosition(position);
                slowest = Math.max(slowest, System.nanoTime() - start);
            }
            awaitConnections(subscriptions, 1);
            assertThat(Duration.ofNanos(slowest)).isLessThan(Duration.ofSeconds(5));
            assertThat(reader.gaps()).isZero();
            assertThat(sleeper.isConnected()).isTrue();
        }
    }

    private static void awaitConnections(Subscriptions subscriptions, int expected) throws InterruptedException {
        for (int i = 0; i < 200 && subscriptions.connections() != expected; i++) {
            Thread.sleep(50);
        }
        assertThat(subscriptions.connections()).isEqualTo(expected);
    }

    private static long agent(String network, String agent) {
        return agent(SIDE, network, agent);
    }

    private static long agent(RunningQuerySide side, String network, String agent) {
        return side.projected().event("agents", at -> side.projected().agent(network, agent, 9, 1, at));
    }

    private static int listeners(String act) {
        return SIDE.projected()
                .jdbc()
                .sql("select " + act
                        + " from pg_stat_activity where application_name = 'skein-query-live' and datname ="
                        + " current_database()")
                .query(Boolean.class)
                .list()
                .size();
    }

    /** What a raw client hears. */
    private static final class Frames implements WebSocket.Listener {
        private final StringBuilder heard = new StringBuilder();
        private final CompletableFuture<Integer> closed = new CompletableFuture<>();

        @Override
        public CompletionStage<?> onText(WebSocket socket, CharSequence data, boolean last) {
            synchronized (this) {
                heard.append(data);
                notifyAll();
            }
            socket.request(1);
            return CompletableFuture.completedStage(null);
        }

        @Override
        public CompletionStage<?> onClose(WebSocket socket, int status, String reason) {
            closed.complete(status);
            return CompletableFuture.completedStage(null);
        }

        synchronized String text() {
            return heard.toString();
        }

        synchronized void await(String frame) throws InterruptedException {
            long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
            while (!text().contains(frame) && System.nanoTime() < deadline) {
                wait(100);
            }
            assertThat(text()).contains(frame);
        }
    }

    private static WebSocket open(int port, String origin, WebSocket.Listener listener) {
        return HttpClient.newHttpClient()
                .newWebSocketBuilder()
                .header("Origin", origin)
                .buildAsync(URI.create("ws://127.0.0.1:" + port + "/live"), listener)
                .join();
    }

    private static int handshake(int port, String origin) {
        try {
            open(port, origin, new Frames()).abort();
            return 101;
        } catch (CompletionException refused) {
            if (refused.getCause() instanceof WebSocketHandshakeException answer) {
                return answer.getResponse().statusCode();
            }
            throw refused;
        }
    }

    /** Connects, subscribes, and never reads. */
    private static Socket sleeper(int port, String destination) throws IOException {
        Socket socket = new Socket();
        socket.setReceiveBufferSize(4_096);
        socket.connect(new java.net.InetSocketAddress("127.0.0.1", port));
        OutputStream out = socket.getOutputStream();
        out.write(("GET /live HTTP/1.1\r\nHost: 127.0.0.1:" + port
                        + "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                        + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII));
        byte[] head = new byte[12];
        assertThat(socket.getInputStream().readNBytes(head, 0, 12)).isEqualTo(12);
        assertThat(new String(head, StandardCharsets.US_ASCII)).isEqualTo("HTTP/1.1 101");
        frame(out, "CONNECT\naccept-version:1.2\nhost:x\nheart-beat:0,0\n\n\0");
        frame(out, "SUBSCRIBE\nid:1\ndestination:" + destination + "\n\n\0");
        return socket;
    }

    /** A masked text frame of fewer than 126 bytes; the mask is zero. */
    private static void frame(OutputStream out, String text) throws IOException {
        byte[] payload = text.getBytes(StandardCharsets.UTF_8);
        out.write(new byte[] {(byte) 0x81, (byte) (0x80 | payload.length), 0, 0, 0, 0});
        out.write(payload);
        out.flush();
    }
}
