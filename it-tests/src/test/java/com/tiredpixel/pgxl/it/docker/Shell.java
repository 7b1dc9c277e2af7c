package com.tiredpixel.pgxl.it.docker;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Programs of the host, each with a deadline, and with their output in a file: no pipe can stall them. */
final class Shell {

    /** Long enough for anything that is not broken, on a machine that is busy. */
    static final Duration LONG = Duration.ofMinutes(3);

    private static final Duration STEP = Duration.ofMillis(250);

    private Shell() {
    }

    /**
     * How a program ended.
     *
     * @param code its exit code
     * @param output what it wrote to standard output and standard error
     */
    record Result(List<String> command, int code, String output) {

        /** @return the output without white space at its ends, of a program that succeeded */
        String orFail() {
            if (code != 0) {
                throw new AssertionError(this);
            }
            return output.strip();
        }

        @Override
        public String toString() {
            return String.join(" ", command) + "\nexit " + code + "\n" + output;
        }
    }

    static Result run(String... command) {
        return run(LONG, Map.of(), List.of(command));
    }

    /** @throws AssertionError if it still runs at the deadline; it is killed then */
    static Result run(Duration deadline, Map<String, String> environment, List<String> command) {
        try {
            Path output = Files.createTempFile("pgxl-docker-", ".out");
            try {
                ProcessBuilder builder = new ProcessBuilder(command)
                        .redirectInput(Path.of("/dev/null").toFile())
                        .redirectErrorStream(true)
                        .redirectOutput(output.toFile());
                builder.environment().putAll(environment);
                Process process = builder.start();
                if (!process.waitFor(deadline.toMillis(), TimeUnit.MILLISECONDS)) {
                    process.descendants().forEach(ProcessHandle::destroyForcibly);
                    process.destroyForcibly();
                    throw new AssertionError("still running after " + deadline.toSeconds() + " s: "
                            + String.join(" ", command) + "\n" + Files.readString(output));
                }
                return new Result(command, process.exitValue(), Files.readString(output));
            } finally {
                Files.deleteIfExists(output);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted while waiting for " + command, e);
        }
    }

    /** @param what completes the sentence "not … within 180 s" */
    static void await(String what, BooleanSupplier condition) {
        long end = System.nanoTime() + LONG.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - end > 0) {
                throw new AssertionError("not " + what + " within " + LONG.toSeconds() + " s");
            }
            LockSupport.parkNanos(STEP.toNanos());
        }
    }
}
