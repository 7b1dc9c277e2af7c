package com.tiredpixel.pgxl.agent.os;

import com.sun.jna.Function;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;

/** What may lie in the place of a file that the agent reads. */
public enum OddFile {
    FIFO("a FIFO"),
    SOCKET("a socket"),
    DIRECTORY("a directory"),
    DEVICE("a character device"),
    LINK_TO_NOTHING("a symbolic link"),
    LOOP("symbolic link"),
    LINK_TO_THE_KERNELS_LOG(""),
    A_TERABYTE_OF_NOTHING(""),
    GROWING(""),
    EXCHANGED_WITH_A_FIFO("");

    private final String said;

    OddFile(String said) {
        this.said = said;
    }

    /** What comes to an end with the test. */
    private interface Made {
        void end() throws IOException;
    }

    /** What is tried while it lies there. */
    public interface Trial {
        void run() throws IOException;
    }

    /** @return what is to be said of it, or "" for what may be taken for the file itself */
    public String said() {
        return said;
    }

    /** Puts it there, in the place of what was, for as long as the trial takes. */
    public void inThePlaceOf(Path path, Trial trial) throws IOException {
        Made made = make(path);
        try {
            trial.run();
        } finally {
            made.end();
        }
    }

    private Made make(Path path) throws IOException {
        String text = Files.isRegularFile(path) ? Files.readString(path, java.nio.charset.StandardCharsets.ISO_8859_1) : "";
        Files.createDirectories(path.getParent());
        Files.deleteIfExists(path);
        return switch (this) {
            case FIFO -> fifo(path);
            case SOCKET -> socket(path);
            case DIRECTORY -> {
                Files.createDirectory(path);
                yield () -> { };
            }
            case DEVICE -> link(path, "/dev/zero");
            case LINK_TO_NOTHING -> link(path, "/nothing/there");
            case LOOP -> link(path, path.getFileName().toString());
            case LINK_TO_THE_KERNELS_LOG -> link(path, "/proc/kmsg");
            case A_TERABYTE_OF_NOTHING -> {
                try (var sparse = new RandomAccessFile(path.toFile(), "rw")) {
                    sparse.setLength(1L << 40);
                }
                yield () -> { };
            }
            case GROWING -> growing(path, text);
            case EXCHANGED_WITH_A_FIFO -> exchanged(path, text);
        };
    }

    /** Those of which something is to be said. */
    public static List<OddFile> unlikeAFile() {
        return List.of(values()).stream().filter(kind -> !kind.said.isEmpty()).toList();
    }

    private static Made fifo(Path path) throws IOException {
        if (Function.getFunction("c", "mkfifo").invokeInt(new Object[] {path.toString(), 0600}) != 0) {
            throw new IOException("mkfifo " + path);
        }
        return () -> { };
    }

    private static Made socket(Path path) throws IOException {
        var socket = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        socket.bind(UnixDomainSocketAddress.of(path));
        return socket::close;
    }

    /** Deleted at the end, for JUnit warns of links that lead away. */
    private static Made link(Path path, String target) throws IOException {
        Files.createSymbolicLink(path, Path.of(target));
        return () -> Files.deleteIfExists(path);
    }

    private static Made growing(Path path, String text) throws IOException {
        Files.writeString(path, text);
        Thread writer = new Thread(() -> {
            String more = "x".repeat(65_536);
            try {
                for (int i = 0; i < 2000 && !Thread.interrupted(); i++) {
                    Files.writeString(path, more, StandardOpenOption.WRITE, StandardOpenOption.APPEND);
                }
            } catch (NoSuchFileException | java.nio.channels.ClosedByInterruptException over) {
                return;
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        }, "growing");
        writer.setDaemon(true);
        writer.start();
        return () -> {
            writer.interrupt();
            try {
                writer.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        };
    }

    private static Made exchanged(Path path, String text) throws IOException {
        Files.writeString(path, text);
        Path other = path.resolveSibling(path.getFileName() + ".other");
        fifo(other);
        return new Exchange(path, other)::close;
    }
}
