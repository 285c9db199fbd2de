package io.skein.embedded;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/** A bad network on loopback: passes bytes on to a server, and cuts, refuses, delays or withholds them when told to. */
public final class FaultyProxy implements AutoCloseable {
    private final ServerSocket door;
    private final int target;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final AtomicLong bytesLeft = new AtomicLong(Long.MAX_VALUE);
    private final AtomicLong passed = new AtomicLong();
    private volatile Duration delay = Duration.ZERO;
    private volatile boolean refusing;
    private volatile boolean stalling;
    private volatile boolean stallingAnswers;
    private volatile boolean closed;

    private FaultyProxy(ServerSocket door, int target) {
        this.door = door;
        this.target = target;
    }

    /** On any free port, before the server on port {@code target}, which need not be up. */
    public static FaultyProxy before(int target) {
        try {
            FaultyProxy proxy = new FaultyProxy(new ServerSocket(0, 200, InetAddress.getLoopbackAddress()), target);
            Thread.ofPlatform().daemon().name("faulty-proxy").start(proxy::accept);
            return proxy;
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** A port before which a proxy can be put, for a server that has to know its own address first. */
    public static int freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    public int port() {
        return door.getLocalPort();
    }

    /** Bytes passed on so far, both ways. */
    public long passed() {
        return passed.get();
    }

    /** Breaks every connection that is open; new ones are taken. */
    public void cut() {
        open.forEach(FaultyProxy::abort);
    }

    /** Breaks every connection once so many more bytes have been passed on; somewhere in the middle of something. */
    public void cutAfter(long bytes) {
        bytesLeft.set(bytes);
    }

    /** Breaks what is open and takes nothing new. */
    public void refuse() {
        refusing = true;
        cut();
    }

    /** Keeps every connection open and passes nothing on: a machine that is gone without a word. */
    public void stall() {
        stalling = true;
    }

    /** The same for what the server says; what it is told still arrives. */
    public void stallAnswers() {
        stallingAnswers = true;
    }

    /** Holds every portion of bytes back for so long. */
    public void delay(Duration delay) {
        this.delay = delay;
    }

    /** Everything goes through again; what was withheld too. */
    public void heal() {
        refusing = false;
        stalling = false;
        stallingAnswers = false;
        delay = Duration.ZERO;
        bytesLeft.set(Long.MAX_VALUE);
    }

    @Override
    public void close() {
        closed = true;
        try {
            door.close();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        } finally {
            cut();
        }
    }

    private void accept() {
        while (!closed) {
            try {
                Socket client = door.accept();
                if (refusing) {
                    abort(client);
                    continue;
                }
                open.add(client);
                Thread.ofVirtual().start(() -> connect(client));
            } catch (IOException gone) {
                if (!closed) {
                    throw new UncheckedIOException(gone);
                }
            }
        }
    }

    private void connect(Socket client) {
        try {
            Socket server = new Socket();
            server.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), target), 5_000);
            client.setTcpNoDelay(true);
            server.setTcpNoDelay(true);
            open.add(server);
            Thread.ofVirtual().start(() -> pass(client, server, false));
            pass(server, client, true);
        } catch (IOException nobodyThere) {
            abort(client);
            open.remove(client);
        }
    }

    private void pass(Socket from, Socket to, boolean answers) {
        byte[] portion = new byte[16 << 10];
        try {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            for (int read = in.read(portion); read >= 0; read = in.read(portion)) {
                hold(answers);
                long left = bytesLeft.addAndGet(-read);
                int through = (int) Math.max(0, left < 0 ? read + left : read);
                out.write(portion, 0, through);
                passed.addAndGet(through);
                if (left < 0) {
                    bytesLeft.set(Long.MAX_VALUE);
                    cut();
                }
            }
        } catch (IOException broken) {
            // One way is enough to break both.
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        } finally {
            abort(from);
            abort(to);
            open.remove(from);
            open.remove(to);
        }
    }

    private void hold(boolean answers) throws InterruptedException {
        if (!delay.isZero()) {
            Thread.sleep(delay);
        }
        while ((stalling || answers && stallingAnswers) && !closed) {
            Thread.sleep(5);
        }
    }

    /** With a reset, as a broken network does it. */
    private static void abort(Socket socket) {
        try {
            socket.setSoLinger(true, 0);
            socket.close();
        } catch (IOException already) {
            // Closed is what it should be.
        }
    }
}
