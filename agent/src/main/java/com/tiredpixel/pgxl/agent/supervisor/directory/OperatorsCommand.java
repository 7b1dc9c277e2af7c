package com.tiredpixel.pgxl.agent.supervisor.directory;

import com.tiredpixel.pgxl.agent.os.ProcessIdentity;
import com.tiredpixel.pgxl.agent.os.ProcessView;
import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A {@code pg_ctl} or {@code gtm_ctl} at work on a directory. Whatever it does there, a start by the agent in the same
 * moment would make it fail: {@code pg_ctl start -w} exits 1 when the server that answers is not the one it started.
 */
public final class OperatorsCommand {
    /** The programs by which an operator starts and stops servers. */
    public static final Set<String> PROGRAMS = Set.of("pg_ctl", "gtm_ctl");

    /** {@code pg_ctl -w} gives up after 60 s by default: one that is still there then is stuck, or stopped. */
    private static final Duration PATIENCE = Duration.ofSeconds(75);

    private final DirectoryContext context;
    private final Path directory;
    private Optional<ProcessIdentity> seen = Optional.empty();
    private Duration seenAt = Duration.ZERO;

    OperatorsCommand(DirectoryContext context, Path directory) {
        this.context = context;
        this.directory = directory;
    }

    /** @return the command that is to be waited for */
    Optional<ProcessView> atWork() {
        Optional<ProcessView> command = context.processes().processes().stream()
                .filter(process -> PROGRAMS.contains(process.program()))
                .filter(this::isAboutDirectory)
                .findFirst();
        Duration now = context.clock().now();
        if (!command.map(ProcessView::identity).equals(seen)) {
            seen = command.map(ProcessView::identity);
            seenAt = now;
        }
        return command.filter(process -> now.minus(seenAt).compareTo(PATIENCE) < 0);
    }

    private boolean isAboutDirectory(ProcessView process) {
        List<String> words = process.commandLine();
        for (int i = 1; i < words.size(); i++) {
            String word = words.get(i);
            boolean alone = word.equals("-D") || word.equals("--pgdata");
            if (alone && i + 1 < words.size() && isDirectory(process, words.get(i + 1))
                    || word.startsWith("-D") && isDirectory(process, word.substring(2))
                    || word.startsWith("--pgdata=") && isDirectory(process, word.substring("--pgdata=".length()))) {
                return true;
            }
        }
        return false;
    }

    private boolean isDirectory(ProcessView process, String name) {
        try {
            return !name.isEmpty()
                    && process.directory().orElse(Path.of("/")).resolve(name).toRealPath().equals(directory);
        } catch (IOException | InvalidPathException e) {
            return false;
        }
    }
}
