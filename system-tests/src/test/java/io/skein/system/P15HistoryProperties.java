package io.skein.system;

import static org.assertj.core.api.Assertions.assertThat;

import io.skein.eventlog.KernelJson;
import java.io.IOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.lifecycle.BeforeContainer;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * 15: A history query returns exactly the events that a naive filter of the log returns, for any agent, counterpart, type, time range, conversation, order
 * and page size.
 */
@SuppressWarnings("NullAway.Init") // jqwik calls a_busy_network before anything else
class P15HistoryProperties {
    private static final String NETWORK = "history";
    private static final List<String> AGENTS =
            List.of("planner", "buyer", "team/odd %;x", "auditor", "prüfer", "Planner");
    private static final List<String> TALKS = List.of("talk-1", "talk-2", "Order 17");
    private static final int MESSAGES = 700;

    private static RunningSkein skein;
    private static List<Logged> log;

    /** An event as the stored bytes tell it, without any of the code that is tested. */
    private record Logged(
            long position,
            Instant recordedAt,
            String type,
            Set<String> speaking,
            Set<String> addressed,
            @Nullable String conversation,
            @Nullable String messageType,
            @Nullable String outcome,
            @Nullable String severity,
            @Nullable String messageId,
            @Nullable String causationId,
            String texts) {}

    @BeforeContainer
    static void a_busy_network() throws Exception {
        skein = RunningSkein.shared();
        Random random = new Random(15);
        for (int batch = 0; batch < MESSAGES / 50; batch++) {
            List<Map<String, Object>> messages = new ArrayList<>();
            for (int i = 0; i < 50; i++) {
                messages.add(message(random, batch * 50 + i));
            }
            assertThat(skein.post(
                                    "/v1/messages",
                                    "application/json",
                                    KernelJson.mapper().writeValueAsString(messages))
                            .body())
                    .contains("\"refused\":0");
        }
        for (String agent : List.of("buyer", "auditor")) {
            skein.post(
                    "/v1/agents/" + agent + "/trust?network=" + NETWORK,
                    "application/json",
                    "{\"good\":1,\"bad\":2,\"reason\":\"seen\"}");
        }
        for (String[] hop :
                new String[][] {{"x-1", "a", "b", null}, {"x-2", "b", "c", "x-1"}, {"x-3", "c", "a", "x-2"}}) {
            Map<String, Object> request = new LinkedHashMap<>(Map.of(
                    "messageId", hop[0], "networkId", NETWORK, "agentId", hop[1], "targetAgents", List.of(hop[2])));
            request.put("type", "request");
            request.put("timestamp", "2026-11-23T10:00:00Z");
            request.put("causationId", hop[3]);
            skein.post("/v1/messages", "application/json", KernelJson.mapper().writeValueAsString(request));
        }
        skein.awaitCaughtUp();
        // Of what is found in the talk, the later part may still come; what is compared ends here.
        log = read();
        assertThat(log).hasSizeGreaterThan(MESSAGES);
        long last = log.getLast().position();
        long deadline = System.nanoTime() + 30_000_000_000L;
        while (skein.get("/v1/history?limit=1&network=" + NETWORK)
                        .path("position")
                        .asLong()
                < last) {
            assertThat(System.nanoTime())
                    .as("the audit projection gets to " + last)
                    .isLessThan(deadline);
            Thread.sleep(50);
        }
    }

    private static Map<String, Object> message(Random random, int number) {
        Map<String, Object> message = new LinkedHashMap<>();
        message.put("messageId", "m-" + number);
        message.put("networkId", NETWORK);
        message.put("agentId", AGENTS.get(random.nextInt(AGENTS.size())));
        message.put("timestamp", "2026-11-23T10:00:00Z");
        message.put("type", List.of("request", "response", "broadcast").get(random.nextInt(3)));
        Set<String> targets = new HashSet<>();
        for (int i = random.nextInt(4); i > 0; i--) {
            targets.add(AGENTS.get(random.nextInt(AGENTS.size())));
        }
        message.put("targetAgents", targets);
        if (random.nextInt(3) > 0) {
            message.put("conversationId", TALKS.get(random.nextInt(TALKS.size())));
        }
        if (random.nextInt(4) == 0) {
            message.put("outcome", List.of("ok", "error", "timeout", "refused").get(random.nextInt(4)));
        }
        if (number > 0 && random.nextInt(2) == 0) {
            message.put(
                    "causationId", random.nextInt(12) == 0 ? "never-sent-" + number : "m-" + random.nextInt(number));
        }
        return message;
    }

    private static List<Logged> read() throws Exception {
        List<Logged> events = new ArrayList<>();
        try (Connection database = DriverManager.getConnection(skein.server.database(), "postgres", "");
                PreparedStatement select = database.prepareStatement("""
                        select e.position, e.recorded_at, n.name, convert_from(e.payload, 'UTF8')
                        from event_log e join log_name n on n.id = e.payload_type order by e.position""");
                ResultSet rows = select.executeQuery()) {
            while (rows.next()) {
                JsonNode event = KernelJson.mapper().readTree(rows.getString(4));
                if (network(event).equals(NETWORK)) {
                    events.add(logged(
                            rows.getLong(1),
                            rows.getObject(2, OffsetDateTime.class).toInstant(),
                            rows.getString(3),
                            event));
                }
            }
        }
        return events;
    }

    private static String network(JsonNode event) {
        return event.path("message").isObject()
                ? event.path("message").path("networkId").asString("default")
                : event.path("networkId").asString("");
    }

    private static Logged logged(long position, Instant recordedAt, String type, JsonNode event) {
        JsonNode message = event.path("message");
        Set<String> speaking = new HashSet<>();
        Set<String> addressed = new HashSet<>();
        String agent = message.isObject() ? text(message, "agentId") : text(event, "agentId");
        if (agent != null) {
            speaking.add(agent);
        }
        if (type.equals("AlertRaised") || type.equals("AlertUpdated")) {
            event.path("agents").forEach(one -> speaking.add(one.asString()));
        }
        message.path("targetAgents").forEach(one -> addressed.add(one.asString()));
        List<String> texts = new ArrayList<>();
        for (String name : List.of("messageId", "conversationId", "causationId")) {
            String value = text(message, name);
            if (value != null) {
                texts.add(value);
            }
        }
        for (String name : List.of("agentId", "alertId", "by")) {
            String value = text(message.isObject() && name.equals("agentId") ? message : event, name);
            if (value != null) {
                texts.add(value);
            }
        }
        String detector = text(event.path("detector"), "name");
        if (detector != null) {
            texts.add(detector);
        }
        return new Logged(
                position,
                recordedAt,
                type,
                speaking,
                addressed,
                text(message, "conversationId"),
                text(message, "type"),
                text(message, "outcome"),
                type.equals("AlertRaised") || type.equals("AlertUpdated") ? text(event, "severity") : null,
                text(message, "messageId"),
                text(message, "causationId"),
                String.join("\n", texts).toLowerCase(Locale.ROOT));
    }

    private static @Nullable String text(JsonNode node, String name) {
        return node.path(name).isString() ? node.path(name).asString() : null;
    }

    /** What is asked, as parameters of the call. */
    record Asked(Map<String, String> filters, boolean newestFirst, int limit) {
        String path(String call) {
            StringBuilder path = new StringBuilder(call + "?network=" + NETWORK);
            filters.forEach(
                    (name, value) -> path.append('&').append(name).append('=').append(RunningSkein.encode(value)));
            return path.toString();
        }
    }

    @Provide
    Arbitrary<Asked> questions() {
        Arbitrary<Map<String, String>> filters = Combinators.combine(
                        maybe("agent", Arbitraries.of(AGENTS), 0.5),
                        maybe("counterpart", Arbitraries.of(AGENTS), 0.4),
                        maybe(
                                "type",
                                Arbitraries.of(
                                        "MessageRecorded",
                                        "AlertRaised",
                                        "TrustAdjusted,AgentRegistered",
                                        "AlertRaised,MessageRecorded"),
                                0.3),
                        maybe("conversation", Arbitraries.of(TALKS), 0.3),
                        maybe(
                                "text",
                                Arbitraries.of("m-1", "plan", "ORDER", "never", "ü", "%", "skein", "_", "7"),
                                0.3),
                        Combinators.combine(
                                        maybe("messageType", Arbitraries.of("request", "response", "broadcast"), 0.2),
                                        maybe("outcome", Arbitraries.of("ok", "error", "timeout", "refused"), 0.15),
                                        maybe("severity", Arbitraries.of("critical", "warning"), 0.1),
                                        instants("from"),
                                        instants("to"),
                                        positions())
                                .as((messageType, outcome, severity, from, to, positions) ->
                                        all(messageType, outcome, severity, from, to, positions)))
                .as((agent, counterpart, type, conversation, text, others) ->
                        all(agent, agent.isEmpty() ? Map.of() : counterpart, type, conversation, text, others));
        return Combinators.combine(filters, Arbitraries.of(true, false), Arbitraries.of(1, 3, 17, 100, 1_000))
                .as(Asked::new);
    }

    private static Arbitrary<Map<String, String>> maybe(String name, Arbitrary<String> values, double probability) {
        return values.injectNull(1 - probability).map(value -> value == null ? Map.of() : Map.of(name, value));
    }

    private static Arbitrary<Map<String, String>> instants(String name) {
        return Arbitraries.integers()
                .between(0, 10_000)
                .injectNull(0.7)
                .map(index -> index == null
                        ? Map.of()
                        : Map.of(name, log.get(index % log.size()).recordedAt().toString()));
    }

    private static Arbitrary<Map<String, String>> positions() {
        return Arbitraries.integers().between(0, 10_000).list().ofMaxSize(2).map(chosen -> {
            Map<String, String> positions = new LinkedHashMap<>();
            for (int i = 0; i < chosen.size(); i++) {
                positions.put(
                        i == 0 ? "firstPosition" : "lastPosition",
                        Long.toString(log.get(chosen.get(i) % log.size()).position()));
            }
            return positions;
        });
    }

    @SafeVarargs
    private static Map<String, String> all(Map<String, String>... parts) {
        Map<String, String> all = new TreeMap<>();
        for (Map<String, String> part : parts) {
            all.putAll(part);
        }
        return all;
    }

    private static List<Long> naive(Asked asked) {
        List<Long> positions = new ArrayList<>();
        for (Logged event : log) {
            if (holds(event, asked.filters())) {
                positions.add(event.position());
            }
        }
        return asked.newestFirst() ? positions.reversed() : positions;
    }

    private static boolean holds(Logged event, Map<String, String> filters) {
        String agent = filters.get("agent");
        String other = filters.get("counterpart");
        if (agent != null && !takesPart(event, agent)) {
            return false;
        }
        if (agent != null
                && other != null
                && !(takesPart(event, other)
                        && (event.speaking().contains(agent) || event.speaking().contains(other)))) {
            return false;
        }
        String types = filters.get("type");
        return (types == null || List.of(types.split(",", -1)).contains(event.type()))
                && same(filters.get("conversation"), event.conversation())
                && same(filters.get("messageType"), event.messageType())
                && same(filters.get("outcome"), event.outcome())
                && same(filters.get("severity"), event.severity())
                && (!filters.containsKey("from") || !event.recordedAt().isBefore(Instant.parse(filters.get("from"))))
                && (!filters.containsKey("to") || event.recordedAt().isBefore(Instant.parse(filters.get("to"))))
                && (!filters.containsKey("firstPosition")
                        || event.position() >= Long.parseLong(filters.get("firstPosition")))
                && (!filters.containsKey("lastPosition")
                        || event.position() <= Long.parseLong(filters.get("lastPosition")))
                && (!filters.containsKey("text")
                        || event.texts().contains(filters.get("text").toLowerCase(Locale.ROOT)));
    }

    private static boolean takesPart(Logged event, String agent) {
        return event.speaking().contains(agent) || event.addressed().contains(agent);
    }

    private static boolean same(@Nullable String wanted, @Nullable String found) {
        return wanted == null || wanted.equals(found);
    }

    private static Asked upToTheEndOfWhatIsCompared(Asked asked) {
        Map<String, String> filters = new TreeMap<>(asked.filters());
        filters.putIfAbsent("lastPosition", Long.toString(log.getLast().position()));
        return new Asked(filters, asked.newestFirst(), asked.limit());
    }

    @Property(tries = 150)
    void pages_to_the_end_and_back_are_what_a_naive_filter_of_the_log_gives(@ForAll("questions") Asked question)
            throws Exception {
        Asked asked = upToTheEndOfWhatIsCompared(question);
        List<Long> expected = naive(asked);
        int limit = expected.size() > 60 ? Math.max(asked.limit(), 17) : asked.limit();
        String path =
                asked.path("/v1/history") + "&limit=" + limit + "&order=" + (asked.newestFirst() ? "newest" : "oldest");

        List<Long> forth = new ArrayList<>();
        JsonNode page = skein.get(path);
        assertThat(page.has("previous")).isFalse();
        forth.addAll(positionsOf(page));
        while (page.has("next")) {
            page = skein.get(path + "&cursor=" + page.path("next").asString());
            forth.addAll(positionsOf(page));
        }
        assertThat(forth).isEqualTo(expected);

        List<Long> back = new ArrayList<>(positionsOf(page));
        while (page.has("previous")) {
            page = skein.get(path + "&cursor=" + page.path("previous").asString());
            back.addAll(0, positionsOf(page));
        }
        assertThat(back).isEqualTo(expected);
    }

    @Property(tries = 100)
    void counts_and_bars_are_those_of_a_naive_filter(@ForAll("questions") Asked question) throws Exception {
        Asked asked = upToTheEndOfWhatIsCompared(question);
        List<Long> expected = naive(asked);

        assertThat(skein.get(asked.path("/v1/history/count")).path("count").asInt())
                .isEqualTo(expected.size());

        Map<String, Integer> bars = new TreeMap<>();
        for (JsonNode bar :
                skein.get(asked.path("/v1/history/bars") + "&bucketSeconds=2").path("items")) {
            int sum = 0;
            for (JsonNode count : bar.path("events")) {
                sum += count.asInt();
            }
            assertThat(bar.path("count").asInt()).isEqualTo(sum);
            bars.put(bar.path("start").asString(), sum);
        }
        Map<String, Integer> naiveBars = new TreeMap<>();
        Set<Long> wanted = new HashSet<>(expected);
        for (Logged event : log) {
            if (wanted.contains(event.position())) {
                long second = event.recordedAt().getEpochSecond();
                naiveBars.merge(Instant.ofEpochSecond(second - second % 2).toString(), 1, Integer::sum);
            }
        }
        assertThat(bars).isEqualTo(naiveBars);
    }

    @Property(tries = 100)
    void the_chain_of_a_message_is_the_naive_walk_along_causes(@ForAll("messageIds") String messageId)
            throws Exception {
        Map<String, Logged> byId = new LinkedHashMap<>();
        log.forEach(event -> {
            if (event.messageId() != null) {
                byId.put(event.messageId(), event);
            }
        });
        List<String> causes = new ArrayList<>();
        String cause = messageId;
        while (cause != null && byId.containsKey(cause)) {
            causes.add(cause);
            cause = byId.get(cause).causationId();
        }
        Map<String, Integer> effects = new TreeMap<>();
        for (Logged event : byId.values()) {
            int depth = 0;
            for (Logged up = event; up != null && !messageId.equals(up.messageId()); depth++) {
                up = up.causationId() == null ? null : byId.get(up.causationId());
                if (up != null && messageId.equals(up.messageId())) {
                    effects.put(String.valueOf(event.messageId()), depth + 1);
                }
            }
        }

        JsonNode chain = skein.get("/v1/history/chain?network=" + NETWORK + "&message=" + messageId);

        assertThat(strings(chain.path("causes"))).isEqualTo(causes);
        assertThat(chain.path("missingCause").asString("")).isEqualTo(cause == null ? "" : cause);
        Map<String, Integer> found = new TreeMap<>();
        chain.path("effects")
                .forEach(effect -> found.put(
                        effect.path("event").path("messageId").asString(),
                        effect.path("depth").asInt()));
        assertThat(found).isEqualTo(effects);
        assertThat(chain.path("truncated").asBoolean()).isFalse();
    }

    @Provide
    Arbitrary<String> messageIds() {
        return Arbitraries.integers().between(0, MESSAGES - 1).map(number -> "m-" + number);
    }

    private static List<Long> positionsOf(JsonNode page) {
        List<Long> positions = new ArrayList<>();
        page.path("items").forEach(item -> positions.add(item.path("position").asLong()));
        return positions;
    }

    private static List<String> strings(JsonNode events) throws IOException {
        List<String> ids = new ArrayList<>();
        events.forEach(event -> ids.add(event.path("messageId").asString()));
        return ids;
    }
}
