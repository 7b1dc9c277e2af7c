package com.tiredpixel.pgxl.agent.node;

import com.tiredpixel.pgxl.agent.log.ServerLogs;
import com.tiredpixel.pgxl.agent.os.BoundedFiles;
import com.tiredpixel.pgxl.agent.os.FileRead;
import com.tiredpixel.pgxl.agent.os.FileStatus;
import com.tiredpixel.pgxl.agent.os.OpenFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Where a server logs. PostgreSQL's collector names its files in {@code current_logfiles} (10 and later); of 9.5
 * it is the file that was written last in {@code log_directory}. Without the collector, and with GTM always, it is
 * whatever descriptor 2 leads to: {@code gtm} and {@code gtm_proxy} open their log over it, and {@code pg_ctl -l} and a
 * redirection put a file there. The link in {@code /proc} still opens a file that {@code pgxc_ctl} has deleted.
 *
 * <p>A superuser of the database may write {@code current_logfiles} and {@code log_directory} by {@code COPY} and
 * {@code ALTER SYSTEM}, and what is followed is printed where others read it. So these names lead to files of the server's
 * owner that look like logs and lie where its logs do, and never to what is kept secret.
 */
public final class ServerLogFiles implements ServerLogs.Files {
    private static final String DEFAULT_LOG_DIRECTORY = "log";
    private static final String DEFAULT_LOG_DIRECTORY_BEFORE_10 = "pg_log";
    private static final String SECRET = ".ssh";
    /** What the collector's files are called by default, and what its other format always is. */
    private static final List<String> ENDINGS = List.of(".log", ".csv");
    private static final int LONGEST_FDINFO = 4096;

    private final Path directory;
    private final Program program;
    private final Path standardError;
    private final Path accessOfStandardError;
    private final List<Path> secrets;
    private final NewestLog newest = new NewestLog(this::collectedBefore10, ServerLogFiles::isNamedAsLog);

    /**
     * @param directory the data directory, real path
     * @param program what the server is
     * @param pid of the server
     * @param secrets directories in which nothing is a log
     */
    public ServerLogFiles(Path directory, Program program, int pid, List<Path> secrets) {
        this(directory, program, Path.of("/proc/" + pid), secrets);
    }

    /** @param process such as {@code /proc/7} */
    ServerLogFiles(Path directory, Program program, Path process, List<Path> secrets) {
        this.directory = directory;
        this.program = program;
        this.standardError = process.resolve("fd/2");
        this.accessOfStandardError = process.resolve("fdinfo/2");
        this.secrets = List.copyOf(secrets);
    }

    @Override
    public List<Path> current(Consumer<String> problem) {
        List<Path> current = new ArrayList<>();
        if (program == Program.POSTGRES) {
            collected(problem).ifPresent(current::add);
        }
        // A pipe, a terminal or /dev/null is nobody's mistake.
        if (Files.isRegularFile(standardError)) {
            current.add(standardError);
        }
        return current;
    }

    @Override
    public List<Path> directories() {
        // GTM and its proxy append to gtm.log and gtm_proxy.log in their own.
        return List.of(program == Program.POSTGRES ? logDirectory() : directory);
    }

    private Path logDirectory() {
        String byDefault = isBefore10() ? DEFAULT_LOG_DIRECTORY_BEFORE_10 : DEFAULT_LOG_DIRECTORY;
        String name = PostgresConfiguration.read(directory).logDirectory().orElse(byDefault);
        try {
            return directory.resolve(name);
        } catch (InvalidPathException noPath) {
            return directory.resolve(byDefault);
        }
    }

    private boolean isBefore10() {
        return FileContent.read(directory.resolve("PG_VERSION"), FileContent.SMALL) instanceof FileContent.Content version
                && version.text().startsWith("9.");
    }

    private Optional<Path> collectedBefore10() {
        return isBefore10() && PostgresConfiguration.read(directory).loggingCollector()
                ? Optional.of(logDirectory())
                : Optional.empty();
    }

    /** Lines such as {@code stderr pg_log/postgresql-2026-11-23_050000.log}; the other format says the same. */
    private Optional<Path> collected(Consumer<String> problem) {
        Path list = directory.resolve("current_logfiles");
        FileContent content = FileContent.read(list, FileContent.SMALL);
        if (content instanceof FileContent.Unreadable unreadable) {
            problem.accept(unreadable.reason() + ": its log is not followed");
        }
        if (!(content instanceof FileContent.Content given)) {
            return newest.find();
        }
        try {
            return given.text().lines()
                    .filter(line -> line.startsWith("stderr ") || line.startsWith("csvlog "))
                    .sorted(Comparator.reverseOrder())
                    .map(line -> directory.resolve(line.substring(line.indexOf(' ') + 1)))
                    .findFirst();
        } catch (InvalidPathException noPath) {
            problem.accept(list + " names no path: its log is not followed");
            return Optional.empty();
        }
    }

    @Override
    public Optional<String> objection(Path path, OpenFile file) throws IOException {
        Path real = file.path();
        FileStatus status = file.statusAtFirst();
        Object owner = Files.getAttribute(directory, "unix:uid");
        if (!owner.equals(status.uid())) {
            return Optional.of("it belongs to uid " + status.uid() + ", the data directory to uid " + owner);
        }
        if (status.links() > 1) {
            return Optional.of("it has more than one name");
        }
        if (isSecret(real)) {
            return Optional.of(real + " is none of its logs");
        }
        return path.equals(standardError) ? objectionToStandardError() : objectionToCollected(real);
    }

    /** Who starts a server has its descriptor 2 lead where he likes; a log is open for writing. */
    private Optional<String> objectionToStandardError() {
        FileRead access = BoundedFiles.system().read(accessOfStandardError, LONGEST_FDINFO);
        boolean written = access instanceof FileRead.Content all
                && new String(all.bytes(), StandardCharsets.US_ASCII).lines()
                        .anyMatch(line -> line.matches("flags:\\s+[0-7]*[1-7]"));
        return written ? Optional.empty() : Optional.of("the server has it open for reading only");
    }

    private Optional<String> objectionToCollected(Path real) throws IOException {
        String name = real.getFileName().toString();
        if (!isNamedAsLog(name)) {
            return Optional.of(real + " does not end in .log or .csv");
        }
        boolean inside = real.startsWith(directory.toRealPath()) || isBelow(real, logDirectory());
        return inside
                ? Optional.empty()
                : Optional.of(real + " is neither in the data directory nor in log_directory");
    }

    private static boolean isNamedAsLog(String name) {
        return ENDINGS.stream().anyMatch(name::endsWith);
    }

    private boolean isSecret(Path real) {
        for (Path part : real) {
            if (part.toString().equals(SECRET)) {
                return true;
            }
        }
        return secrets.stream().anyMatch(secret -> real.startsWith(secret) || isBelow(real, secret));
    }

    private static boolean isBelow(Path real, Path folder) {
        try {
            return real.startsWith(folder.toRealPath());
        } catch (IOException notThere) {
            return false;
        }
    }
}
