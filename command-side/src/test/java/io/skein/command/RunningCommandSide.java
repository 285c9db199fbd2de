package io.skein.command;

import io.skein.db.Schema;
import io.skein.embedded.TestDatabase;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.LinkedHashMap;
import java.util.Map;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The whole command side on a fresh database, with its doors open on a free port. */
public final class RunningCommandSide implements AutoCloseable {
    private static final JsonMapper JSON = new JsonMapper();

    private final TestDatabase database;
    private final ConfigurableApplicationContext context;
    private final HttpClient http = HttpClient.newHttpClient();

    private RunningCommandSide(TestDatabase database, Map<String, Object> settings) {
        this.database = database;
        Map<String, Object> properties = new LinkedHashMap<>();
        properties.put("server.port", "0");
        properties.put("server.address", "127.0.0.1");
        properties.put("skein.command.database.url", database.url());
        properties.put("skein.command.database.username", "postgres");
        properties.put("spring.main.banner-mode", "off");
        properties.put("spring.threads.virtual.enabled", "true");
        properties.put("logging.level.root", "warn");
        // Several run in one process.
        properties.put("skein.otlp.grpc-port", "0");
        properties.putAll(settings);
        SpringApplication application = new SpringApplication(CommandSideApplication.class);
        application.setDefaultProperties(properties);
        this.context = application.run();
    }

    public static RunningCommandSide start(Map<String, Object> settings) {
        return on(TestDatabase.fresh(Schema::migrate), settings);
    }

    public static RunningCommandSide on(TestDatabase database, Map<String, Object> settings) {
        return new RunningCommandSide(database, settings);
    }

    /** Where the HTTP doors are. */
    public String address() {
        return "http://127.0.0.1:" + context.getEnvironment().getProperty("local.server.port");
    }

    public TestDatabase database() {
        return database;
    }

    public <T> T bean(Class<T> type) {
        return context.getBean(type);
    }

    /** Status and JSON of an answer. */
    public record Answer(int status, JsonNode body, HttpResponse<byte[]> response) {}

    public Answer post(String path, String contentType, byte[] body, String... headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(uri(path))
                .header("Content-Type", contentType)
                .POST(HttpRequest.BodyPublishers.ofByteArray(body));
        if (headers.length > 0) {
            request.headers(headers);
        }
        return send(request.build());
    }

    public Answer post(String path, String json) {
        return post(path, "application/json", json.getBytes(java.nio.charset.StandardCharsets.UTF_8));
    }

    public Answer get(String path) {
        return send(HttpRequest.newBuilder(uri(path)).GET().build());
    }

    public long number(String sql) {
        try (Connection connection = database.owner().getConnection();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            rows.next();
            return rows.getLong(1);
        } catch (SQLException failure) {
            throw new IllegalStateException(sql, failure);
        }
    }

    public void execute(String sql) {
        try (Connection connection = database.owner().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException failure) {
            throw new IllegalStateException(sql, failure);
        }
    }

    private URI uri(String path) {
        return URI.create("http://127.0.0.1:" + context.getEnvironment().getProperty("local.server.port") + path);
    }

    private Answer send(HttpRequest request) {
        try {
            HttpResponse<byte[]> response = http.send(request, HttpResponse.BodyHandlers.ofByteArray());
            byte[] body = response.body();
            boolean json =
                    response.headers().firstValue("Content-Type").orElse("").contains("json");
            return new Answer(
                    response.statusCode(),
                    JSON.readTree(body.length == 0 || !json ? new byte[] {'{', '}'} : body),
                    response);
        } catch (IOException failure) {
            throw new IllegalStateException(request.uri().toString(), failure);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(interrupted);
        }
    }

    @Override
    public void close() {
        context.close();
        http.close();
    }
}
