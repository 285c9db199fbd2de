package io.skein.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import org.junit.jupiter.api.Test;

/** Skein speaks to the servers it is configured with and to nobody else. */
class NothingElseIsContactedTest {
    @Test
    void a_running_server_asks_for_no_host_but_its_own() throws Exception {
        RunningSkein skein = RunningSkein.shared();
        skein.get("/v1/status");
        Thread.sleep(3_000);

        assertThat(Lookups.ASKED)
                .as("the lookups are watched")
                .contains(
                        "127.0.0.1".equals(skein.server.url().getHost())
                                ? "localhost"
                                : skein.server.url().getHost());
        assertThat(Lookups.ASKED.stream().filter(host -> !isOurs(host))).isEmpty();
    }

    private static boolean isOurs(String host) {
        try {
            return host.equals("localhost")
                    || host.equals(InetAddress.getLocalHost().getHostName())
                    || InetAddress.ofLiteral(host).isLoopbackAddress();
        } catch (IllegalArgumentException | java.net.UnknownHostException otherName) {
            return false;
        }
    }
}
