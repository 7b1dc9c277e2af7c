package com.tiredpixel.pgxl.agent.cluster.ask;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.commons.exec.CommandLine;
import org.apache.commons.exec.DefaultExecutor;
import org.apache.commons.exec.PumpStreamHandler;

/**
 * Runs a program to its end, at most for so long. PID 1 has {@code os.HelperPrograms} for that, which needs its reaper: a
 * thread that takes every process of the container. This JVM is not PID 1 and lives for one answer; Java may wait for its
 * children itself, and nothing of libc need be loaded.
 */
public final class LimitedProgram {
    private static final int MOST = 1 << 20;

    private LimitedProgram() {
    }

    /**
     * What came of it.
     *
     * @param code its exit code; 124 or 137 if its time was over, 127 if it could not be started
     * @param text at most 1 MiB of its standard output
     * @param error at most 1 MiB of its standard error
     */
    public record Result(int code, String text, String error) {

        /** @return whether its time was over */
        public boolean isLate() {
            return code == 124 || code == 137;
        }

        /** @return the first line that it printed as an error, or its exit code */
        public String reason() {
            return error.lines().map(String::strip).filter(line -> !line.isEmpty()).findFirst()
                    .orElse("exit code " + code);
        }
    }

    /**
     * @param words the program, found by PATH, and its arguments
     * @param environment all of it
     * @param input for its standard input
     * @param limit then it is killed with its process group
     */
    public static Result run(List<String> words, Map<String, String> environment, String input, Duration limit) {
        // timeout(1) makes a process group and ends all of it; Java would end the first process alone.
        CommandLine line = new CommandLine("timeout");
        line.addArgument("--signal=KILL", false);
        line.addArgument(limit.toMillis() / 1000.0 + "s", false);
        words.forEach(word -> line.addArgument(word, false));
        var text = new Bounded();
        var error = new Bounded();
        DefaultExecutor executor = DefaultExecutor.builder().get();
        executor.setExitValues(null);
        var streams = new PumpStreamHandler(
                text, error, new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)));
        // A process that has left the group may hold the pipes open.
        streams.setStopTimeout(Duration.ofMillis(200));
        executor.setStreamHandler(streams);
        int code;
        try {
            code = executor.execute(line, environment);
        } catch (IOException e) {
            return new Result(127, text.text(), e.getMessage() == null ? e.toString() : e.getMessage());
        }
        return new Result(code, text.text(), error.text());
    }

    private static final class Bounded extends OutputStream {
        private final ByteArrayOutputStream kept = new ByteArrayOutputStream();

        @Override
        public synchronized void write(int one) {
            if (kept.size() < MOST) {
                kept.write(one);
            }
        }

        @Override
        public synchronized void write(byte[] bytes, int offset, int length) {
            kept.write(bytes, offset, Math.min(length, MOST - kept.size()));
        }

        synchronized String text() {
            return kept.toString(StandardCharsets.UTF_8);
        }
    }
}
