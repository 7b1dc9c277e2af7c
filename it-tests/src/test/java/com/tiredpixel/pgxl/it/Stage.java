package com.tiredpixel.pgxl.it;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** What one test plays on: a directory, a network, volumes, sandboxes. Cleared away whatever happens. */
public final class Stage implements AutoCloseable {

    private final Path directory;
    private final AtomicInteger directories = new AtomicInteger();
    private final Deque<AutoCloseable> open = new ArrayDeque<>();
    private final List<Sandbox> sandboxes = new ArrayList<>();
    private final Path key;
    private Wire wire;

    /** @param directory everything this test writes; it must not exist */
    public Stage(Path directory) {
        try {
            this.directory = Files.createDirectories(directory);
            key = directory.resolve("key");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Program.run(Await.LONG, List.of("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key.toString()))
                .orFail();
    }

    public Path directory() {
        return directory;
    }

    /** @return the private key that opens every volume of this stage */
    public Path key() {
        return key;
    }

    public synchronized Wire wire() {
        if (wire == null) {
            wire = new Wire(newDirectory("wire"));
            open.push(wire);
        }
        return wire;
    }

    public Path newDirectory(String name) {
        try {
            return Files.createDirectory(directory.resolve(name + "-" + directories.incrementAndGet()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** @return a volume as Docker makes it from the image: empty, of the user {@code postgres} */
    public Path bareVolume() {
        Path volume = newDirectory("volume");
        Kernel.giveToPostgres(volume);
        return volume;
    }

    /** @return a volume that holds nothing but our public key in {@code .ssh} */
    public Path volume() {
        Path volume = bareVolume();
        try {
            Path ssh = Files.createDirectory(
                    volume.resolve(".ssh"),
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            Path keys = Files.copy(Path.of(key + ".pub"), ssh.resolve("authorized_keys"));
            Files.setPosixFilePermissions(keys, PosixFilePermissions.fromString("rw-------"));
            Kernel.giveToPostgres(ssh);
            Kernel.giveToPostgres(keys);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return volume;
    }

    /** @return a sandbox to be started, on a volume of its own */
    public Sandbox.Plan sandbox(String hostname) {
        return sandbox(hostname, volume());
    }

    /** @return a sandbox to be started */
    public Sandbox.Plan sandbox(String hostname, Path volume) {
        return new Sandbox.Plan(this, hostname, volume);
    }

    synchronized Sandbox register(Sandbox sandbox) {
        open.push(sandbox);
        sandboxes.add(sandbox);
        return sandbox;
    }

    /** Has something closed with the stage. */
    public synchronized <T extends AutoCloseable> T keep(T closeable) {
        open.push(closeable);
        return closeable;
    }

    /** @return the logs of all sandboxes, for a report of a failure */
    public String logs() {
        var text = new StringBuilder();
        for (Sandbox sandbox : sandboxes) {
            text.append("---- log of ").append(sandbox.hostname()).append(" at ").append(sandbox.address())
                    .append('\n').append(sandbox.log().text());
        }
        return text.toString();
    }

    @Override
    public void close() {
        var failures = new AssertionError("not all could be cleared away");
        while (!open.isEmpty()) {
            try {
                open.pop().close();
            } catch (Exception | AssertionError e) {
                failures.addSuppressed(e);
            }
        }
        if (failures.getSuppressed().length > 0) {
            throw failures;
        }
    }

    /** Deletes a directory with all that is in it; one that is not there is none. */
    public static void deleteTree(Path tree) {
        if (!Files.exists(tree)) {
            return;
        }
        try (var paths = Files.walk(tree)) {
            for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Ends what an earlier run, killed half-way, left running. */
    public static void sweep() {
        Program.run(Duration.ofSeconds(30), List.of(Places.SANDBOX, "sweep", Places.WORK.toString())).orFail();
    }
}
