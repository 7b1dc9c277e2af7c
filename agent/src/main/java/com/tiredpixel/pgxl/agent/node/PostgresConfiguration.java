package com.tiredpixel.pgxl.agent.node;

import com.tiredpixel.pgxl.agent.os.BoundedFiles;
import com.tiredpixel.pgxl.agent.os.FileRead;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What matters of {@code postgresql.conf} and {@code postgresql.auto.conf}, which beats it. Files that they
 * include are not read.
 *
 * @param port 5432 where none is set; empty where the value is no port
 * @param nodeName {@code pgxc_node_name}
 * @param loggingCollector whether the server writes its log to files of its own rather than to its pipe
 * @param hotStandby {@code hot_standby}; where it is not set off, as in 9.5, not on, as in 10
 * @param logDirectory {@code log_directory}, relative to the data directory unless absolute
 * @param socketDirectories {@code unix_socket_directories}, not split yet
 * @param commentedRoles the roles in {@code pgxc_ctl}'s comments
 *     {@code # Added to all the coordinator postgresql.conf}
 * @param problems which file could not be read, and a phrase that says why
 */
public record PostgresConfiguration(
        OptionalInt port,
        Optional<String> nodeName,
        boolean loggingCollector,
        boolean hotStandby,
        Optional<String> logDirectory,
        Optional<String> socketDirectories,
        Set<Role> commentedRoles,
        Map<String, String> problems) {
    /** {@code DEF_PGPORT}. */
    public static final int DEFAULT_PORT = 5432;

    private static final Pattern COMMENT =
            Pattern.compile("(?m)^# Added to all the (coordinator|datanode) postgresql\\.conf[ \\t\\r]*$");

    /** Copies set and map. */
    public PostgresConfiguration {
        commentedRoles = Set.copyOf(commentedRoles);
        problems = Map.copyOf(problems);
    }

    /**
     * Reads both files; one that is not there or cannot be read counts as empty.
     *
     * @param directory the data directory
     */
    public static PostgresConfiguration read(Path directory) {
        Map<String, String> problems = new LinkedHashMap<>();
        return parse(
                text(directory, "postgresql.conf", problems), text(directory, "postgresql.auto.conf", problems), problems);
    }

    /**
     * @param text of {@code postgresql.conf}
     * @param automatic text of {@code postgresql.auto.conf}, which {@code ALTER SYSTEM} writes
     */
    public static PostgresConfiguration parse(String text, String automatic) {
        return parse(text, automatic, Map.of());
    }

    private static PostgresConfiguration parse(String text, String automatic, Map<String, String> problems) {
        ConfigurationText configuration = ConfigurationText.parse(text);
        configuration.override(automatic);
        Set<Role> roles = new LinkedHashSet<>();
        Matcher comments = COMMENT.matcher(text);
        while (comments.find()) {
            Role.labelled(comments.group(1)).ifPresent(roles::add);
        }
        return new PostgresConfiguration(
                configuration.value("port").isEmpty()
                        ? OptionalInt.of(DEFAULT_PORT)
                        : configuration.port("port"),
                configuration.value("pgxc_node_name"),
                configuration.isOn("logging_collector"),
                configuration.isOn("hot_standby"),
                configuration.value("log_directory"),
                configuration.value("unix_socket_directories"),
                roles,
                problems);
    }

    private static String text(Path directory, String file, Map<String, String> problems) {
        FileRead read = BoundedFiles.system().read(directory.resolve(file), FileContent.CONFIGURATION);
        if (!(read instanceof FileRead.Content || read instanceof FileRead.Absent)) {
            problems.put(file, read.problem("").strip() + ": not taken into account");
        }
        return read instanceof FileRead.Content all ? new String(all.bytes(), StandardCharsets.UTF_8) : "";
    }
}
