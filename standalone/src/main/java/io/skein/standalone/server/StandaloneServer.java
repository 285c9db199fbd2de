package io.skein.standalone.server;

import io.skein.db.Schema;
import io.skein.embedded.EmbeddedKafkaServer;
import io.skein.embedded.EmbeddedPostgresServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.postgresql.ds.PGSimpleDataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.bridge.SLF4JBridgeHandler;
import org.springframework.boot.Banner;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.PropertiesPropertySource;
import org.springframework.core.env.PropertySource;
import org.springframework.core.io.FileSystemResource;
import org.springframework.core.io.support.PropertiesLoaderUtils;
import org.springframework.web.context.support.StandardServletEnvironment;

/** All of Skein, running. Closing stops it in order: doors, processors, Kafka, PostgreSQL. */
public final class StandaloneServer implements AutoCloseable {
    private static final String DATABASE = "skein";

    private record Part(String name, AutoCloseable part) {}

    private final Stages stages;
    private final Deque<Part> running = new ArrayDeque<>();
    private @Nullable DataFolder data;
    private @Nullable URI url;
    private String kafka = "";
    private String database = "";

    private StandaloneServer(Stages stages) {
        this.stages = stages;
    }

    /**
     * Starts everything; whatever started is stopped again if a later step fails.
     *
     * @throws StartException with what to do about it, if it is something that can be told
     */
    public static StandaloneServer start(ServerOptions options, Stages stages) {
        ConfigurableEnvironment environment = environment(options);
        KnownKeys.ofTheClassPath().check(environment);
        Binder.get(environment)
                .bind("skein.otlp.grpc-bind", String.class)
                .ifBound(address -> ServerOptions.requireLoopback(address, options.insecureBind()));
        StandaloneServer server = new StandaloneServer(stages);
        try {
            server.startParts(options, environment);
            return server;
        } catch (RuntimeException | Error failure) {
            server.close();
            throw failure;
        }
    }

    /** Sends the logs of this process into the folder; to be called before anything logs. */
    public static void logInto(Path data) {
        System.setProperty(
                "skein.logs", data.toAbsolutePath().normalize().resolve("logs").toString());
        System.setProperty("logback.configurationFile", "skein-logback.xml");
        System.setProperty("org.springframework.boot.logging.LoggingSystem", "none");
        SLF4JBridgeHandler.removeHandlersForRootLogger();
        SLF4JBridgeHandler.install();
    }

    /** Where the dashboard and the HTTP doors are. */
    public URI url() {
        URI known = url;
        if (known == null) {
            throw new IllegalStateException("the server has no address before it has started");
        }
        return known;
    }

    /** Bootstrap servers of the Kafka in use. */
    public String kafka() {
        return kafka;
    }

    /** JDBC address of the database in use. */
    public String database() {
        return database;
    }

    @Override
    public synchronized void close() {
        while (!running.isEmpty()) {
            Part part = running.pop();
            try {
                stages.run("Stopping " + part.name, () -> {
                    part.part.close();
                    return part;
                });
            } catch (RuntimeException failure) {
                log().warn("event=part_not_stopped part=\"{}\"", part.name, failure);
            }
        }
        DataFolder held = data;
        if (held != null) {
            data = null;
            held.close();
        }
    }

    private void startParts(ServerOptions options, ConfigurableEnvironment environment) {
        DataFolder data = DataFolder.take(options.data());
        this.data = data;
        requireFree(options);
        Map<String, Object> derived = new HashMap<>();

        String bootstrap = Binder.get(environment)
                .bind("skein.kafka.bootstrap-servers", String.class)
                .orElse("");
        // The two servers need nothing of one another: the broker comes up while the database does.
        CompletableFuture<EmbeddedKafkaServer> broker = bootstrap.isBlank()
                ? CompletableFuture.supplyAsync(
                        () -> stages.run(
                                "Kafka", () -> EmbeddedKafkaServer.start(data.kafka(), free(options.kafkaPort()))),
                        work -> Thread.ofPlatform().name("kafka-start").start(work))
                : null;
        try {
            derived.putAll(startDatabase(data, environment));
        } finally {
            if (broker != null) {
                EmbeddedKafkaServer embedded = join(broker);
                running.push(new Part("Kafka", embedded));
                bootstrap = embedded.bootstrapServers();
                derived.put("skein.kafka.bootstrap-servers", bootstrap);
            }
        }
        kafka = bootstrap;

        String evidence = data.evidence().toString();
        for (String key : List.of("skein.checkpoints.folder", "skein.self-check.trusted-folder")) {
            if (environment.getProperty(key, "").isBlank()) {
                derived.put(key, evidence);
            }
        }
        if (environment.getProperty("skein.checkpoints.create-key", "").isBlank()) {
            derived.put("skein.checkpoints.create-key", "true");
        }
        derived.put("server.port", options.port());
        derived.put("server.address", options.bind());
        environment.getPropertySources().addFirst(new MapPropertySource("skein standalone", derived));
        ConfigurableApplicationContext context =
                stages.run("Command side, projections, query side", () -> context(environment));
        running.push(new Part("doors and processors", context));
        int port = Integer.parseInt(environment.getProperty("local.server.port", Integer.toString(options.port())));
        String host = options.bind().contains(":") ? "[" + options.bind() + "]" : options.bind();
        URI address = URI.create("http://" + host + ":" + port);
        this.url = address;
        data.announce(address, bootstrap);
        log().info("event=server_started url={} seconds={}", address, Math.round(stages.elapsedSeconds()));
    }

    /** @return the keys that let the sides log in */
    private Map<String, Object> startDatabase(DataFolder data, ConfigurableEnvironment environment) {
        StandaloneDatabase external = Binder.get(environment).bindOrCreate("skein.database", StandaloneDatabase.class);
        String url = external.url();
        DataSource owner;
        if (url == null) {
            EmbeddedPostgresServer postgres =
                    stages.run("PostgreSQL", () -> EmbeddedPostgresServer.start(data.postgres(), 0));
            running.push(new Part("PostgreSQL", postgres));
            url = postgres.url(DATABASE);
            createDatabase(postgres.owner());
            owner = postgres.owner(DATABASE);
        } else {
            owner = externalOwner(external, url);
        }
        database = url;
        String sidesUrl = url;
        return stages.run("Schema and roles", () -> {
            Schema.migrate(owner);
            return LoginRoles.ensure(owner, sidesUrl, data.secrets());
        });
    }

    private static <T> T join(CompletableFuture<T> started) {
        try {
            return started.join();
        } catch (CompletionException failed) {
            throw failed.getCause() instanceof RuntimeException cause ? cause : failed;
        }
    }

    private static ConfigurableApplicationContext context(ConfigurableEnvironment environment) {
        SpringApplication application = new SpringApplication(StandaloneApplication.class);
        application.setEnvironment(environment);
        application.setWebApplicationType(WebApplicationType.SERVLET);
        application.setBannerMode(Banner.Mode.OFF);
        application.setRegisterShutdownHook(false);
        application.setLogStartupInfo(false);
        return application.run();
    }

    private static ConfigurableEnvironment environment(ServerOptions options) {
        StandardServletEnvironment environment = new StandardServletEnvironment();
        Path file = options.configFile();
        if (file != null) {
            read(file).forEach(environment.getPropertySources()::addFirst);
        }
        environment
                .getPropertySources()
                .addFirst(new MapPropertySource("command line", new LinkedHashMap<>(options.settings())));
        environment
                .getPropertySources()
                .addLast(new MapPropertySource("defaults of the standalone server", defaults()));
        return environment;
    }

    private static Map<String, Object> defaults() {
        return Map.of(
                "spring.threads.virtual.enabled", "true",
                "spring.main.banner-mode", "off",
                "spring.output.ansi.enabled", "never",
                "spring.jmx.enabled", "false",
                "spring.lifecycle.timeout-per-shutdown-phase", "5s",
                "server.shutdown", "graceful",
                "server.compression.enabled", "true",
                "server.server-header", "");
    }

    private static List<PropertySource<?>> read(Path file) {
        String name = String.valueOf(file.getFileName());
        try {
            FileSystemResource resource = new FileSystemResource(file);
            if (name.endsWith(".yaml") || name.endsWith(".yml")) {
                return new YamlPropertySourceLoader().load(name, resource);
            }
            Properties properties = PropertiesLoaderUtils.loadProperties(resource);
            return List.of(new PropertiesPropertySource(name, properties));
        } catch (IOException failure) {
            throw new StartException(
                    "configuration file " + file + " cannot be read: " + failure.getMessage(), failure);
        }
    }

    private static DataSource externalOwner(StandaloneDatabase external, String url) {
        PGSimpleDataSource owner = new PGSimpleDataSource();
        owner.setUrl(url);
        owner.setUser(external.username());
        owner.setPassword(external.password());
        try (Connection connection = owner.getConnection()) {
            log().info(
                            "event=external_database product=\"{}\"",
                            connection.getMetaData().getDatabaseProductVersion());
        } catch (SQLException failure) {
            throw new StartException(
                    "database " + url + " (skein.database.url) cannot be reached as " + external.username() + ": "
                            + failure.getMessage(),
                    failure);
        }
        return owner;
    }

    private static void createDatabase(DataSource server) {
        try (Connection connection = server.getConnection();
                Statement statement = connection.createStatement()) {
            if (!statement
                    .executeQuery("select from pg_database where datname = '" + DATABASE + "'")
                    .next()) {
                statement.execute("create database " + DATABASE);
            }
        } catch (SQLException failure) {
            throw new StartException("database " + DATABASE + " cannot be made: " + failure.getMessage(), failure);
        }
    }

    private static void requireFree(ServerOptions options) {
        if (options.port() == 0) {
            return;
        }
        try (ServerSocket socket = new ServerSocket()) {
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(InetAddress.getByName(options.bind()), options.port()));
        } catch (IOException taken) {
            throw new StartException(
                    "port " + options.port() + " on " + options.bind() + " is taken (" + taken.getMessage()
                            + "); name another one with --port",
                    taken);
        }
    }

    private static int free(int wish) {
        if (wish == 0) {
            return 0;
        }
        try (ServerSocket socket = new ServerSocket()) {
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), wish));
            return wish;
        } catch (IOException taken) {
            log().info("event=kafka_port_taken port={} action=using_any_free_one", wish);
            return 0;
        }
    }

    /** Not a constant: the logs' folder has to be known before the first logger is made. */
    private static Logger log() {
        return LoggerFactory.getLogger(StandaloneServer.class);
    }
}
