package com.tiredpixel.pgxl.it;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/**
 * Keeps, until it is closed, what the processes of some sandboxes have on their command lines and in their
 * environments, as root sees them. It looks again and again: what lives shorter than a look takes may be missed.
 */
final class ProcessList implements AutoCloseable {

    private static final Duration PAUSE = Duration.ofMillis(10);

    private final Supplier<? extends Collection<Sandbox>> sandboxes;
    private final Set<String> seen = ConcurrentHashMap.newKeySet();
    private final Thread watcher = new Thread(this::watch, "process list");
    private volatile boolean closed;
    private volatile int looks;

    /** @param sandboxes asked before each look, for whatever runs by then */
    ProcessList(Supplier<? extends Collection<Sandbox>> sandboxes) {
        this.sandboxes = sandboxes;
        watcher.setDaemon(true);
        watcher.start();
    }

    /** @return whether the word was on any command line or in any environment so far */
    boolean showed(String word) {
        return seen.stream().anyMatch(text -> text.contains(word));
    }

    /** @return how often it has looked, and what it has found */
    @Override
    public String toString() {
        return seen.size() + " different command lines and environments in " + looks + " looks";
    }

    private void watch() {
        while (!closed) {
            look();
            looks++;
            LockSupport.parkNanos(PAUSE.toNanos());
        }
    }

    private void look() {
        var namespaces = new HashSet<String>();
        sandboxes.get().forEach(sandbox -> namespaces.add(namespace(Path.of("/proc", Integer.toString(sandbox.pid())))));
        namespaces.remove("");
        try (DirectoryStream<Path> processes = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
            for (Path process : processes) {
                if (namespaces.contains(namespace(process))) {
                    keep(process.resolve("cmdline"));
                    keep(process.resolve("environ"));
                }
            }
        } catch (IOException | java.nio.file.DirectoryIteratorException e) {
            throw new AssertionError("cannot read /proc", e);
        }
    }

    private static String namespace(Path process) {
        try {
            return Files.readSymbolicLink(process.resolve("ns/pid")).toString();
        } catch (IOException e) {
            return "";
        }
    }

    private void keep(Path file) {
        try {
            seen.add(new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1).replace('\0', ' '));
        } catch (IOException e) {
            // It has ended, or has no memory of its own any more.
        }
    }

    @Override
    public void close() {
        closed = true;
        try {
            watcher.join(10_000);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
