package com.tiredpixel.pgxl.agent.node;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Makes data directories out of the samples, as if they had been started where they now lie. */
final class Samples {
    private static final List<String> FILES = List.of(
            "PG_VERSION", "postmaster.opts", "postmaster.pid", "recovery.conf", "recovery.done", "gtm.control",
            "gtm.opts", "gtm.pid");
    private static final String OLD_HOME = "/var/lib/postgres/data/";

    private Samples() {
    }

    static String text(String sample, String file) {
        try (InputStream input = Samples.class.getResourceAsStream("/samples/" + sample + "/" + file)) {
            return input == null ? null : new String(input.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /** The files of a sample, with the paths in them changed to this directory, which is made. */
    static Path make(String sample, Path directory) throws IOException {
        Files.createDirectories(directory);
        for (String file : FILES) {
            copy(sample, file, file, directory);
        }
        copy(sample, "postgresql.conf.tail", "postgresql.conf", directory);
        copy(sample, "gtm.conf.settings", "gtm.conf", directory);
        if (Files.exists(directory.resolve("PG_VERSION"))) {
            Files.createDirectories(directory.resolve("base"));
            Files.createDirectories(directory.resolve("pg_wal"));
            control(directory, 6_600_000_000_000_000_000L + sample.hashCode());
        }
        return directory;
    }

    /** No proxy is among the samples: its files by the source of the program and the transcripts. */
    static Path makeProxy(Path directory) throws IOException {
        Files.createDirectories(directory);
        write(directory, "gtm_proxy.conf", "nodename = 'one'\nport = 6666\nnodename = 'proxy_1'\nport = 6667\n");
        write(directory, "gtm_proxy.opts", " \"-D\" \"" + directory + "\"\n");
        write(directory, "gtm_proxy.pid", "77\n" + directory + "\n");
        return directory;
    }

    static void control(Path directory, long systemIdentifier) throws IOException {
        Files.createDirectories(directory.resolve("global"));
        Files.write(
                directory.resolve("global/pg_control"),
                ByteBuffer.allocate(8192).order(ByteOrder.LITTLE_ENDIAN).putLong(systemIdentifier).array());
    }

    static void write(Path directory, String file, String text) throws IOException {
        Files.writeString(directory.resolve(file), text);
    }

    static void append(Path directory, String file, String text) throws IOException {
        Files.writeString(directory.resolve(file), Files.readString(directory.resolve(file)) + text);
    }

    /** As {@code cp -a} does it. */
    static Path copyAll(Path from, Path to) throws IOException {
        try (var paths = Files.walk(from)) {
            for (Path path : paths.toList()) {
                Path target = to.resolve(from.relativize(path).toString());
                Files.createDirectories(target.getParent());
                Files.copy(path, target);
            }
        }
        return to;
    }

    static void fifo(Path path) throws IOException {
        try {
            Process mkfifo = new ProcessBuilder("mkfifo", path.toString()).inheritIO().start();
            if (mkfifo.waitFor() != 0) {
                throw new IOException("mkfifo " + path);
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new IOException(stopped);
        }
    }

    private static void copy(String sample, String from, String to, Path directory) throws IOException {
        String text = text(sample, from);
        if (text != null) {
            String old = OLD_HOME + (sample.startsWith("coord") ? "coord" : sample.startsWith("gtm") ? "gtm" : "data");
            write(directory, to, text.replace(old, directory.toString()));
        }
    }
}
