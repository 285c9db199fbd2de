package io.skein.standalone.server;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a person chose for this start.
 *
 * @param port of the dashboard and the HTTP doors; 0 for any free one
 * @param kafkaPort of the embedded broker; taken by somebody else, any free one is used
 * @param insecureBind whether an address that others can reach is meant
 * @param settings configuration keys from the command line; they win over the file and the environment
 * @param configFile properties or YAML
 */
public record ServerOptions(
        Path data,
        int port,
        int kafkaPort,
        String bind,
        boolean insecureBind,
        Map<String, String> settings,
        @Nullable Path configFile) {
    public ServerOptions {
        settings = Map.copyOf(settings);
        requireLoopback(bind, insecureBind);
    }

    static void requireLoopback(String bind, boolean insecureBind) {
        InetAddress address;
        try {
            address = InetAddress.getByName(bind);
        } catch (UnknownHostException unknown) {
            throw new StartException("bind address '" + bind + "' is no address of this machine", unknown);
        }
        if (!address.isLoopbackAddress() && !insecureBind) {
            throw new StartException("bind address " + bind
                    + " can be reached by others, and there is no sign-in yet: whoever reaches it could read and write everything."
                    + " Use 127.0.0.1 and a tunnel, or say --insecure-bind if the network itself is trusted");
        }
    }
}
