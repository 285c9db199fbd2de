package io.skein.command.ingest.otlp;

import io.grpc.Server;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/** Listens for OTLP over gRPC while the application runs. */
public final class OtlpGrpcServer implements SmartLifecycle {
    private static final Logger LOG = LoggerFactory.getLogger(OtlpGrpcServer.class);
    private static final int OFF = -1;
    private static final long STOP_SECONDS = 10;

    private final OtlpSettings settings;
    private final TracesGrpc traces;
    private final int maxMessageBytes;
    private @Nullable Server server;
    private @Nullable ExecutorService workers;

    OtlpGrpcServer(OtlpSettings settings, TracesGrpc traces, int maxMessageBytes) {
        this.settings = settings;
        this.traces = traces;
        this.maxMessageBytes = maxMessageBytes;
    }

    /** Where it listens; -1 if it does not. */
    public synchronized int port() {
        Server running = server;
        return running == null ? OFF : running.getPort();
    }

    @Override
    public synchronized void start() {
        Integer wanted = settings.grpcPort();
        int port = wanted == null ? OtlpSettings.STANDARD_GRPC_PORT : wanted;
        if (port == OFF) {
            return;
        }
        ExecutorService started = Executors.newThreadPerTaskExecutor(
                Thread.ofVirtual().name("skein-otlp-", 0).factory());
        try {
            server = NettyServerBuilder.forAddress(new InetSocketAddress(settings.grpcBind(), port))
                    .executor(started)
                    .maxInboundMessageSize(maxMessageBytes)
                    .permitKeepAliveTime(10, TimeUnit.SECONDS)
                    .permitKeepAliveWithoutCalls(true)
                    .addService(traces)
                    .build()
                    .start();
            workers = started;
            LOG.info("event=otlp_grpc_listening address={} port={}", settings.grpcBind(), port());
        } catch (IOException failure) {
            started.close();
            if (wanted != null) {
                throw new UncheckedIOException(
                        "skein.otlp.grpc-port: " + settings.grpcBind() + ":" + port
                                + " cannot be listened on; expected a free port, 0 for any, -1 for none",
                        failure);
            }
            // Nobody asked for it by name, so a collector on the same machine does not keep us from starting.
            LOG.warn("event=otlp_grpc_off port={} reason=port_taken configure=skein.otlp.grpc-port", port);
        }
    }

    @Override
    public synchronized void stop() {
        Server stopped = server;
        ExecutorService idle = workers;
        server = null;
        workers = null;
        if (stopped == null) {
            return;
        }
        stopped.shutdown();
        try {
            if (!stopped.awaitTermination(STOP_SECONDS, TimeUnit.SECONDS)) {
                stopped.shutdownNow();
            }
        } catch (InterruptedException interrupted) {
            stopped.shutdownNow();
            Thread.currentThread().interrupt();
        }
        if (idle != null) {
            idle.shutdown();
        }
    }

    @Override
    public synchronized boolean isRunning() {
        return server != null;
    }
}
