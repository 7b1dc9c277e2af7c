package com.tiredpixel.pgxl.it.docker;

import com.tiredpixel.pgxl.it.Await;
import com.tiredpixel.pgxl.it.Places;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;

/**
 * One class at a time uses the engine: those of other lanes would have the same names of images and networks, and a
 * machine has one Swarm. A lock of a file, which the kernel takes back from a JVM that dies.
 */
final class EngineTurn implements AutoCloseable {
    private static final Path FILE = Places.MODULE.resolve("target/docker-turn");
    private static final Duration LONGEST = Duration.ofMinutes(60);

    private final FileChannel channel;

    private EngineTurn(FileChannel channel) {
        this.channel = channel;
    }

    /** Waits for it. */
    static EngineTurn take() throws IOException {
        FileChannel channel = FileChannel.open(FILE, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        Await.until(LONGEST, "turn at the Docker engine", () -> {
            try {
                FileLock lock = channel.tryLock();
                return lock != null;
            } catch (IOException e) {
                throw new IllegalStateException("cannot lock " + FILE, e);
            }
        });
        return new EngineTurn(channel);
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
