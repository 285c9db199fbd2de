package io.skein.standalone;

import io.skein.standalone.client.ServerClient;
import io.skein.standalone.client.UnreachableException;
import io.skein.standalone.server.DataFolder;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which server a command speaks to: the one named, else the one on the data folder, else whoever answers at the usual address. */
final class ServerChoice {
    private static final URI USUAL = URI.create("http://127.0.0.1:8080");

    @Option(
            names = "--server",
            paramLabel = "URL",
            description = "the server to speak to; else the one running on the data folder, else http://127.0.0.1:8080")
    private @Nullable URI server;

    @Option(
            names = "--data",
            paramLabel = "DIR",
            description = "data folder (default: $SKEIN_DATA, else data in Skein's folder)")
    private @Nullable Path data;

    boolean isNamed() {
        return server != null;
    }

    Path data() {
        return data == null ? Defaults.data() : data;
    }

    /**
     * A client of a server that answers.
     *
     * @return empty if none is running and none was named
     * @throws UnreachableException if the one that was named does not answer
     */
    Optional<ServerClient> running(Duration patience) {
        URI named = server;
        if (named != null) {
            ServerClient client = new ServerClient(named, patience);
            client.status();
            return Optional.of(client);
        }
        for (URI candidate : new URI[] {DataFolder.runningServer(data()).orElse(USUAL), USUAL}) {
            ServerClient client = new ServerClient(candidate, patience);
            if (client.isUp()) {
                return Optional.of(client);
            }
            client.close();
        }
        return Optional.empty();
    }
}
