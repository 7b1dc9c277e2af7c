package com.tiredpixel.pgxl.it;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A program of the host, run to its end or left running, with its output in files: no pipe can stall it. */
public final class Program implements AutoCloseable {

    /**
     * How a program ended.
     *
     * @param code its exit code, 128 + N for signal N
     * @param output what it wrote to standard output
     * @param error what it wrote to standard error
     */
    public record Result(int code, byte[] output, String error) {

        /** @return standard output without the line break at its end */
        public String text() {
            return new String(output, StandardCharsets.UTF_8).stripTrailing();
        }

        /** @throws AssertionError if the exit code is not 0 */
        public Result orFail() {
            if (code != 0) {
                throw new AssertionError(this);
            }
            return this;
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Result that
                    && code == that.code
                    && error.equals(that.error)
                    && Arrays.equals(output, that.output);
        }

        @Override
        public int hashCode() {
            return code + 31 * error.hashCode() + 31 * 31 * Arrays.hashCode(output);
        }

        @Override
        public String toString() {
            return "exit " + code + ", output \"" + text() + "\", error \"" + error.stripTrailing() + "\"";
        }
    }

    private final List<String> command;
    private final Process process;
    private final Path output;
    private final Path error;

    private Program(List<String> command, Process process, Path output, Path error) {
        this.command = command;
        this.process = process;
        this.output = output;
        this.error = error;
    }

    /**
     * Starts a program.
     *
     * @param input the file it reads, {@code /dev/null} for none
     */
    public static Program start(Path input, List<String> command) {
        try {
            Path output = Files.createTempFile("pgxl-it-", ".out");
            Path error = Files.createTempFile("pgxl-it-", ".err");
            Process process = new ProcessBuilder(command)
                    .redirectInput(input.toFile())
                    .redirectOutput(output.toFile())
                    .redirectError(error.toFile())
                    .start();
            return new Program(command, process, output, error);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Runs a program to its end. */
    public static Result run(Duration deadline, List<String> command) {
        return run(deadline, Path.of("/dev/null"), command);
    }

    /** As {@link #run(Duration, List)}, with a file as its standard input. */
    public static Result run(Duration deadline, Path input, List<String> command) {
        try (Program program = start(input, command)) {
            return program.await(deadline);
        }
    }

    /** @return its pid on the host */
    public long pid() {
        return process.pid();
    }

    /** @return whether it still runs */
    public boolean isRunning() {
        return process.isAlive();
    }

    /** @return what it has written to standard output so far */
    public String outputSoFar() {
        try {
            return Files.readString(output, StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** @throws AssertionError if it still runs at the deadline */
    public Result await(Duration deadline) {
        try {
            if (!process.waitFor(deadline.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new AssertionError("still running after " + deadline.toMillis() + " ms: " + command
                        + ", output \"" + outputSoFar() + "\", error \"" + Files.readString(error) + "\"");
            }
            return new Result(process.exitValue(), Files.readAllBytes(output), Files.readString(error));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted while waiting for " + command, e);
        }
    }

    /** Kills it if it still runs, with SIGKILL. */
    @Override
    public void close() {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
        try {
            Files.deleteIfExists(output);
            Files.deleteIfExists(error);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
