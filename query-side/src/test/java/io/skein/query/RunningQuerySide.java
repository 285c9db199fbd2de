package io.skein.query;

import io.skein.db.Schema;
import io.skein.embedded.TestDatabase;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The side as it runs alone, over a real database, for all tests of the process; and one over a database of its own where a test asks for it. */
public final class RunningQuerySide implements AutoCloseable {
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final HttpClient CLIENT = HttpClient.newHttpClient();
    private static @Nullable RunningQuerySide shared;

    private final ConfigurableApplicationContext context;
    private final Projected projected;
    private final int port;

    private RunningQuerySide(TestDatabase database, Map<String, Object> configuration) {
        JdbcClient owner = JdbcClient.create(database.owner());
        owner.sql("""
                do $$ begin
                    if not exists (select 1 from pg_roles where rolname = 'query_login') then
                        create role query_login login in role skein_query;
                    end if;
                end $$""").update();
        projected = new Projected(database.owner());
        context = new SpringApplicationBuilder(QuerySideApplication.class)
                .properties(Map.of(
                        "server.port", "0",
                        "server.address", "127.0.0.1",
                        "spring.main.banner-mode", "off",
                        "logging.level.root", "WARN",
                        "management.endpoint.health.show-details", "always",
                        "skein.query.database.url", database.url(),
                        "skein.query.database.username", "query_login"))
                .properties(configuration)
                .run();
        port = Integer.parseInt(String.valueOf(context.getEnvironment().getProperty("local.server.port")));
    }

    public static synchronized RunningQuerySide shared() {
        RunningQuerySide running = shared;
        if (running == null) {
            running = new RunningQuerySide(TestDatabase.fresh(Schema::migrate), Map.of());
            shared = running;
        }
        return running;
    }

    public static RunningQuerySide configured(Map<String, Object> configuration) {
        return new RunningQuerySide(TestDatabase.fresh(Schema::migrate), configuration);
    }

    /** What the projections would have written. */
    public Projected projected() {
        return projected;
    }

    public ConfigurableApplicationContext context() {
        return context;
    }

    public int port() {
        return port;
    }

    public HttpResponse<String> get(String pathAndQuery) {
        return send(request(pathAndQuery).GET().build());
    }

    /** The answer's JSON; fails where it is not 200. */
    public JsonNode json(String pathAndQuery) {
        HttpResponse<String> answer = get(pathAndQuery);
        if (answer.statusCode() != 200) {
            throw new AssertionError(pathAndQuery + " answered " + answer.statusCode() + ": " + answer.body());
        }
        return parse(answer.body());
    }

    public static JsonNode parse(String json) {
        return JSON.readTree(json);
    }

    public HttpRequest.Builder request(String pathAndQuery) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + pathAndQuery))
                .timeout(Duration.ofSeconds(20));
    }

    public HttpResponse<String> send(HttpRequest request) {
        try {
            return CLIENT.send(request, HttpResponse.BodyHandlers.ofString());
        } catch (IOException failure) {
            throw new AssertionError("no answer to " + request, failure);
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", stop);
        }
    }

    @Override
    public void close() {
        context.close();
    }
}
