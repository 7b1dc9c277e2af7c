package com.tiredpixel.pgxl.agent.node;

import com.tiredpixel.pgxl.agent.log.ServerLogs;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Where a server logs. PostgreSQL's collector names its files in {@code current_logfiles} (10 and later).
 * Without the collector, and with GTM always, it is whatever descriptor 2 leads to: {@code gtm} and
 * {@code gtm_proxy} open their log over it, and {@code pg_ctl -l} and a redirection put a file there. The
 * link in {@code /proc} still opens a file that {@code pgxc_ctl} has deleted.
 */
public final class ServerLogFiles implements ServerLogs.Files {
    private static final String DEFAULT_LOG_DIRECTORY = "log";

    private final Path directory;
    private final Role role;
    private final Path standardError;

    /**
     * @param directory the data directory
     * @param role what the server is
     * @param pid of the server
     */
    public ServerLogFiles(Path directory, Role role, int pid) {
        this.directory = directory;
        this.role = role;
        this.standardError = Path.of("/proc/" + pid + "/fd/2");
    }

    @Override
    public List<Path> current() {
        List<Path> current = new ArrayList<>();
        if (role.isPostgres()) {
            collected().ifPresent(current::add);
        }
        if (Files.isRegularFile(standardError)) {
            current.add(standardError);
        }
        return current;
    }

    @Override
    public List<Path> directories() {
        if (!role.isPostgres()) {
            return List.of();
        }
        String name = PostgresConfiguration.read(directory).logDirectory().orElse(DEFAULT_LOG_DIRECTORY);
        return List.of(directory.resolve(name));
    }

    /** Lines such as {@code stderr pg_log/postgresql-2026-11-23_050000.log}; the other format says the same. */
    private Optional<Path> collected() {
        Path list = directory.resolve("current_logfiles");
        // Most servers have none, and this is asked every other second: an exception costs more than the question.
        if (!list.toFile().exists()) {
            return Optional.empty();
        }
        FileContent content = FileContent.read(list, FileContent.SMALL);
        if (!(content instanceof FileContent.Content given)) {
            return Optional.empty();
        }
        return given.text().lines()
                .filter(line -> line.startsWith("stderr ") || line.startsWith("csvlog "))
                .sorted(Comparator.reverseOrder())
                .map(line -> directory.resolve(line.substring(line.indexOf(' ') + 1)))
                .findFirst();
    }
}
