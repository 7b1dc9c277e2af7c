package com.tiredpixel.pgxl.agent.cluster.configuration;

import com.tiredpixel.pgxl.agent.cluster.ask.LimitedProgram;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** {@code pgxc_ctl.conf} is a script of bash, to which {@code pgxc_ctl} appends: only bash can say what it means. */
public final class ConfigurationFile {
    private static final Duration LIMIT = Duration.ofSeconds(1);
    private static final String END = "the end of pgxc_ctl.conf";

    private static final Pattern ASSIGNED = Pattern.compile("\\b(?:(?:gtm|coord|datanode)(?:Master|Slave)Server|gtmProxyServer)s?"
            + "(?:\\[\\d+])?\\+?=(\\([^)]*\\)|\"[^\"]*\"|'[^']*'|[^\\s;]*)");

    private static final String SCRIPT = """
            bash -n "$1" || exit 3
            exec 4>&1 >/dev/null
            . "$1" </dev/null
            for _pgxl_name in "${@:2}"; do
                declare -n _pgxl_value=$_pgxl_name
                printf '%s\\0' "$_pgxl_name" "${#_pgxl_value[@]}" "${_pgxl_value[@]}" >&4
            done
            printf '%s\\0' '""" + END + "' >&4\n";

    private ConfigurationFile() {
    }

    /**
     * @param environment for bash
     * @throws IllegalArgumentException a lower-case sentence with the path
     */
    public static ClusterConfiguration read(Path file, Map<String, String> environment) {
        List<String> words = new ArrayList<>(
                List.of("bash", "--noprofile", "--norc", "-c", SCRIPT, "bash", file.toString()));
        words.addAll(ClusterConfiguration.VARIABLES);
        LimitedProgram.Result result = LimitedProgram.run(words, environment, "", LIMIT);
        if (result.isLate()) {
            throw new IllegalArgumentException(file + " does not end within " + LIMIT.toSeconds()
                    + " s: allowed are assignments of bash");
        }
        List<String> parts = List.of(result.text().split("\0", -1));
        if (parts.size() < 2 || !parts.get(parts.size() - 2).equals(END)) {
            throw new IllegalArgumentException(file + " cannot be read by bash: "
                    + result.reason() + ": allowed are assignments, as pgxc_ctl writes them");
        }
        try {
            return ClusterConfiguration.of(values(parts.subList(0, parts.size() - 2)));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(file + ": " + e.getMessage(), e);
        }
    }

    /**
     * A failover appends other values, and the old master's host is in an earlier line alone. Only what stands there as it
     * is: a value that bash makes of others is not found.
     *
     * @param environment for the program that reads it
     * @return hosts that any line has assigned to a variable of hosts
     * @throws IllegalStateException if it cannot be read
     */
    public static Set<String> everyHost(Path file, Map<String, String> environment) {
        LimitedProgram.Result result = LimitedProgram.run(List.of("cat", "--", file.toString()), environment, "", LIMIT);
        if (result.code() != 0) {
            throw new IllegalStateException(file + " cannot be read: " + result.reason());
        }
        return everyHost(result.text());
    }

    static Set<String> everyHost(String text) {
        Set<String> hosts = new TreeSet<>();
        ASSIGNED.matcher(text.replaceAll("(?m)(^|[ \\t;])#.*$", "")).results()
                .flatMap(found -> Stream.of(found.group(1).split("[\\s()\"']+")))
                .filter(ClusterConfiguration::isHost)
                .forEach(hosts::add);
        return hosts;
    }

    static Map<String, List<String>> values(List<String> parts) {
        Map<String, List<String>> values = new HashMap<>();
        for (int i = 0; i + 1 < parts.size();) {
            int count = Integer.parseInt(parts.get(i + 1));
            String[] elements = parts.subList(i + 2, i + 2 + count).toArray(String[]::new);
            values.put(parts.get(i), Arrays.asList(elements));
            i += 2 + count;
        }
        return values;
    }
}
