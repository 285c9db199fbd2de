package io.skein.embedded;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/** A main class of this class path in a process of its own: something that can be killed. Its output goes to a file. */
public final class ChildJvm implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(120);
    private static final Duration STOPPING = Duration.ofSeconds(30);

    private static final Set<ChildJvm> STARTED = ConcurrentHashMap.newKeySet();

    static {
        // None outlives the process that started it, unless that one is killed itself.
        Runtime.getRuntime().addShutdownHook(new Thread(() -> STARTED.forEach(ChildJvm::killWithChildren)));
    }

    private final Process process;
    private final Path output;

    private ChildJvm(Process process, Path output) {
        this.process = process;
        this.output = output;
        STARTED.add(this);
        process.onExit().thenRun(() -> STARTED.remove(this));
    }

    /**
     * Starts it with the same Java and class path, also from an executable jar.
     *
     * @param output is written anew
     * @param arguments those that begin with {@code -X} or {@code -D} are the JVM's, the others the main class's
     */
    public static ChildJvm start(String main, Path output, String... arguments) {
        String classPath = System.getProperty("java.class.path");
        List<String> command = new ArrayList<>(List.of(
                ProcessHandle.current().info().command().orElse("java"),
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow"));
        for (String argument : arguments) {
            if (isOfTheJvm(argument)) {
                command.add(argument);
            }
        }
        command.addAll(List.of("-cp", classPath));
        if (isExecutableJar(classPath)) {
            // The classes are inside the jar's jars; its own launcher finds them.
            command.add(command.size() - 2, "-Dloader.main=" + main);
            command.add("org.springframework.boot.loader.launch.PropertiesLauncher");
        } else {
            command.add(main);
        }
        for (String argument : arguments) {
            if (!isOfTheJvm(argument)) {
                command.add(argument);
            }
        }
        try {
            return new ChildJvm(
                    new ProcessBuilder(command)
                            .redirectErrorStream(true)
                            .redirectOutput(output.toFile())
                            .start(),
                    output);
        } catch (IOException failure) {
            throw new UncheckedIOException(main + " cannot be started", failure);
        }
    }

    private static boolean isOfTheJvm(String argument) {
        return argument.startsWith("-X") || argument.startsWith("-D");
    }

    private static boolean isExecutableJar(String classPath) {
        return !classPath.contains(File.pathSeparator)
                && ChildJvm.class
                                .getClassLoader()
                                .getResource("org/springframework/boot/loader/launch/PropertiesLauncher.class")
                        != null
                && classPath.endsWith(".jar");
    }

    /** Waits until a line of the output holds the text. */
    public void awaitLine(String text) {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!output().contains(text)) {
            if (!process.isAlive() || System.nanoTime() > deadline) {
                throw new IllegalStateException("process " + process.pid() + " did not say \"" + text
                        + "\"; what it said is in " + output + ": " + output());
            }
            pause();
        }
    }

    /** What it has said so far. */
    public String output() {
        try {
            return Files.readString(output);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    public long pid() {
        return process.pid();
    }

    /** SIGKILL; what it started lives on. */
    public void kill() {
        process.destroyForcibly();
        await();
    }

    /** SIGKILL for it and for all that it started. */
    public void killWithChildren() {
        List<ProcessHandle> children = process.descendants().toList();
        kill();
        children.forEach(ProcessHandle::destroyForcibly);
        for (ProcessHandle child : children) {
            long deadline = System.nanoTime() + STOPPING.toNanos();
            while (child.isAlive() && System.nanoTime() < deadline) {
                pause();
            }
        }
    }

    /** SIGTERM, and SIGKILL if it does not go. */
    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(STOPPING.toMillis(), TimeUnit.MILLISECONDS)) {
                killWithChildren();
            }
        } catch (InterruptedException interrupted) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }

    private void await() {
        try {
            process.waitFor(STOPPING.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private static void pause() {
        try {
            Thread.sleep(20);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while waiting for a process", interrupted);
        }
    }
}
