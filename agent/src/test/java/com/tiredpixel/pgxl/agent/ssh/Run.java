package com.tiredpixel.pgxl.agent.ssh;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Runs a program of the machine to its end, or to a deadline. */
final class Run {
    static final Duration DEADLINE = Duration.ofSeconds(60);

    private Run() {
    }

    /** What came of it. */
    record Result(int code, byte[] output, byte[] error) {
        String out() {
            return new String(output, StandardCharsets.UTF_8);
        }

        String err() {
            return new String(error, StandardCharsets.UTF_8);
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Result result
                    && code == result.code
                    && Arrays.equals(output, result.output)
                    && Arrays.equals(error, result.error);
        }

        @Override
        public int hashCode() {
            return code;
        }

        @Override
        public String toString() {
            return "exit " + code + ", output «" + cut(out()) + "», error «" + cut(err()) + "»";
        }

        private static String cut(String text) {
            return text.length() <= 2000 ? text : text.substring(0, 2000) + "… " + text.length();
        }
    }

    static Result run(Map<String, String> environment, Path directory, byte[] input, List<String> command) {
        return run(environment, directory, input, DEADLINE, command);
    }

    static Result run(
            Map<String, String> environment, Path directory, byte[] input, Duration deadline, List<String> command) {
        try {
            Process process = start(environment, directory, command);
            var output = read(process.getInputStream());
            var error = read(process.getErrorStream());
            CompletableFuture.runAsync(() -> write(process.getOutputStream(), input), Run::thread);
            if (!process.waitFor(deadline.toMillis(), TimeUnit.MILLISECONDS)) {
                process.descendants().forEach(ProcessHandle::destroyForcibly);
                process.destroyForcibly();
                throw new AssertionError("no end within " + deadline + ": " + command + ": "
                        + new Result(-1, output.get(5, TimeUnit.SECONDS), error.get(5, TimeUnit.SECONDS)));
            }
            return new Result(
                    process.exitValue(), output.get(30, TimeUnit.SECONDS), error.get(30, TimeUnit.SECONDS));
        } catch (Exception e) {
            throw new AssertionError(command.toString(), e);
        }
    }

    static Process start(Map<String, String> environment, Path directory, List<String> command) throws IOException {
        var builder = new ProcessBuilder(command).directory(directory.toFile());
        builder.environment().clear();
        builder.environment().putAll(environment);
        return builder.start();
    }

    /** Waits for the end of a process that was asked to end, and insists. */
    static void awaitEnd(Process process) {
        process.onExit()
                .completeOnTimeout(null, 20, TimeUnit.SECONDS)
                .thenAccept(ended -> {
                    if (ended == null) {
                        process.destroyForcibly();
                    }
                })
                .join();
    }

    static CompletableFuture<byte[]> read(InputStream stream) {
        return CompletableFuture.supplyAsync(
                () -> {
                    try {
                        return stream.readAllBytes();
                    } catch (IOException e) {
                        return ("unreadable: " + e).getBytes(StandardCharsets.UTF_8);
                    }
                },
                Run::thread);
    }

    private static void write(OutputStream stream, byte[] input) {
        try (stream) {
            stream.write(input);
        } catch (IOException e) {
            // It ended before it had read all.
        }
    }

    private static void thread(Runnable task) {
        var thread = new Thread(task, "pipe");
        thread.setDaemon(true);
        thread.start();
    }
}
