package io.skein.standalone;

import io.skein.standalone.demo.DemoFleet;
import io.skein.standalone.demo.DemoSender;
import io.skein.standalone.server.ServerOptions;
import io.skein.standalone.server.Stages;
import io.skein.standalone.server.StandaloneServer;
import java.io.PrintWriter;
import java.net.URI;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

@Command(
        name = "run",
        mixinStandardHelpOptions = true,
        description = {
            "Start PostgreSQL, Kafka, all sides and the dashboard in one process; Ctrl-C stops them.",
            "Everything is kept in the data folder and is there again at the next start."
        })
final class RunCommand implements Callable<Integer> {
    @Option(names = "--demo", description = "add a simulated fleet of about 40 agents in which things go wrong")
    private boolean demo;

    @Option(
            names = "--demo-rate",
            paramLabel = "N",
            defaultValue = "10",
            description = "messages a second of the demo fleet's healthy work (default: ${DEFAULT-VALUE})")
    private double demoRate = 10;

    @Option(
            names = "--demo-seed",
            paramLabel = "N",
            defaultValue = "1",
            description = "another number, another course of events (default: ${DEFAULT-VALUE})")
    private long demoSeed = 1;

    @Option(
            names = "--port",
            paramLabel = "N",
            defaultValue = "${env:SKEIN_PORT:-8080}",
            description = "of the dashboard and the HTTP doors; 0 for any free one (default: 8080, or $SKEIN_PORT)")
    private int port = 8080;

    @Option(
            names = "--kafka-port",
            paramLabel = "N",
            defaultValue = "9092",
            description = "of the embedded broker; any free one if it is taken (default: ${DEFAULT-VALUE})")
    private int kafkaPort = 9092;

    @Option(
            names = "--data",
            paramLabel = "DIR",
            description = "data folder (default: $SKEIN_DATA, else data in Skein's folder)")
    private @Nullable Path data;

    @Option(
            names = "--bind",
            paramLabel = "ADDRESS",
            defaultValue = "127.0.0.1",
            description = "address to listen on (default: ${DEFAULT-VALUE})")
    private String bind = "127.0.0.1";

    @Option(
            names = "--insecure-bind",
            description = "allow --bind to an address that others can reach, although there is no sign-in yet")
    private boolean insecureBind;

    @Option(names = "--config", paramLabel = "FILE", description = "configuration, as properties or YAML")
    private @Nullable Path config;

    @Option(
            names = "--set",
            paramLabel = "KEY=VALUE",
            description = "one configuration key, such as skein.kafka.bootstrap-servers=kafka:9092; may be repeated")
    private Map<String, String> settings = new LinkedHashMap<>();

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before anything else
    private CommandSpec spec;

    @Override
    public Integer call() throws InterruptedException {
        PrintWriter out = spec.commandLine().getOut();
        if (!(demoRate > 0) || demoRate > 10_000) {
            throw new ParameterException(
                    spec.commandLine(), "--demo-rate is " + demoRate + "; expected more than 0 and at most 10000");
        }
        if (port < 0 || port > 65_535) {
            throw new ParameterException(spec.commandLine(), "--port is " + port + "; expected 0 to 65535");
        }
        Path folder = data == null ? Defaults.data() : data;
        StandaloneServer.logInto(folder);
        ServerOptions options = new ServerOptions(folder, port, kafkaPort, bind, insecureBind, settings, config);
        Stages stages = new Stages(out);
        out.println("Starting Skein");
        out.flush();
        StandaloneServer server = StandaloneServer.start(options, stages);
        Running running = new Running(server);
        CleanStop.whenSignalled(running, out);
        greet(server, folder, out);
        if (demo) {
            running.demo = DemoSender.start(new DemoFleet(demoSeed, demoRate, Instant.now()), server.url());
        }
        new CountDownLatch(1).await();
        return ExitCodes.DONE;
    }

    private void greet(StandaloneServer server, Path folder, PrintWriter out) {
        URI url = server.url();
        out.printf(
                """

                Skein is up.
                  dashboard   %s%s
                  API         %s/api.html
                  Kafka       %s, topic agent-messages-raw
                  data        %s (logs in %s)

                Send a message:
                  curl -s %s/v1/messages -H 'Content-Type: application/json' -d \\
                    '{"messageId":"m-1","agentId":"planner","targetAgents":["buyer"],"type":"request","timestamp":"%s","content":"Hello"}'

                Stop with Ctrl-C.%n%s""",
                url,
                demo ? "/?network=demo" : "",
                url,
                server.kafka(),
                folder.toAbsolutePath().normalize(),
                folder.resolve("logs/skein.log"),
                url,
                Instant.now().truncatedTo(java.time.temporal.ChronoUnit.SECONDS),
                demo
                        ? "The demo fleet is at work in network demo; its first fault, a routing loop, comes after 15 s.\n"
                        : "");
        out.flush();
    }

    /** The fleet first, so that nobody speaks to a closed door. */
    private static final class Running implements AutoCloseable {
        private final StandaloneServer server;
        private volatile @Nullable DemoSender demo;

        Running(StandaloneServer server) {
            this.server = server;
        }

        @Override
        public void close() throws InterruptedException {
            DemoSender sender = demo;
            if (sender != null) {
                sender.close();
            }
            server.close();
        }
    }
}
