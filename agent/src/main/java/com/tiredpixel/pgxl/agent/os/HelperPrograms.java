package com.tiredpixel.pgxl.agent.os;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.commons.exec.CommandLine;
import org.apache.commons.exec.DefaultExecutor;

/**
 * Runs short programs with fixed arguments, such as {@code postgres --version}, to their end. Commons Exec
 * drives it; the process itself is a {@link Child}, so the reaper owns it.
 */
public final class HelperPrograms {
    private final ProcessStarter starter;

    /** @param starter where the processes come from; its reaper must run */
    public HelperPrograms(ProcessStarter starter) {
        this.starter = starter;
    }

    /** What came of a run. Output and errors are one text, at most 64 KiB of it. */
    public sealed interface Result {

        /**
         * It ended by itself.
         *
         * @param status how
         * @param text the first 64 KiB that it printed, read as UTF-8
         */
        record Finished(ExitStatus status, String text) implements Result {

            /** @return whether the status is exit 0 */
            public boolean succeeded() {
                return status instanceof ExitStatus.Exited exited && exited.code() == 0;
            }
        }

        /**
         * It was killed, group and all, because its time was over or the caller was interrupted.
         *
         * @param text what it had printed
         */
        record TimedOut(String text) implements Result {
        }

        /**
         * There was no process.
         *
         * @param reason a lower-case sentence with the path and the errno
         */
        record NotStarted(String reason) implements Result {
        }
    }

    /** As the other, with {@code /dev/null} to read. */
    public Result run(
            Path program,
            List<String> arguments,
            Map<String, String> environment,
            Path directory,
            Duration deadline) {
        return run(program, arguments, environment, directory, "", deadline);
    }

    /**
     * Runs a program and waits for its end. A background process that it leaves behind is not waited for.
     *
     * @param program absolute path
     * @param arguments argv without argv[0]
     * @param environment the whole environment
     * @param directory the working directory
     * @param input what it reads from its standard input
     * @param deadline after that, SIGTERM to its process group, and SIGKILL half a second later
     */
    public Result run(
            Path program,
            List<String> arguments,
            Map<String, String> environment,
            Path directory,
            String input,
            Duration deadline) {
        var output = new BoundedOutput(input.getBytes(StandardCharsets.UTF_8));
        Command command = Command.of(program, arguments, environment, directory);
        var executor = new ChildExecutor(input.isEmpty() ? command : command.withInput(new Stdio.Pipe()), deadline);
        executor.setStreamHandler(output);
        // Without this every exit but 0 is an exception.
        executor.setExitValues(null);
        try {
            executor.execute(new CommandLine(program.toFile()), environment);
        } catch (IOException e) {
            if (executor.process == null) {
                return new Result.NotStarted(e.getMessage());
            }
            // Only the output was lost on the way.
        } finally {
            executor.end();
        }
        return executor.process
                .statusUnlessKilled()
                .<Result>map(status -> new Result.Finished(status, output.text()))
                .orElseGet(() -> new Result.TimedOut(output.text()));
    }

    /** Commons Exec's command line is not used: it mangles quotes and escapes. */
    private final class ChildExecutor extends DefaultExecutor {
        private final Command command;
        private final Duration deadline;
        private ChildProcess process;

        @SuppressWarnings("deprecation") // The builder makes no subclasses.
        ChildExecutor(Command command, Duration deadline) {
            this.command = command;
            this.deadline = deadline;
        }

        /** Without memory for a thread Commons Exec leaves the process running. */
        void end() {
            if (process != null) {
                process.destroy();
                if (process.wasInterrupted()) {
                    Thread.currentThread().interrupt();
                }
            }
        }

        @Override
        protected Process launch(CommandLine line, Map<String, String> environment, Path directory)
                throws IOException {
            process = new ChildProcess(starter.start(command), deadline);
            return process;
        }

        @Override
        protected Process launch(CommandLine line, Map<String, String> environment, File directory)
                throws IOException {
            return launch(line, environment, directory.toPath());
        }
    }
}
