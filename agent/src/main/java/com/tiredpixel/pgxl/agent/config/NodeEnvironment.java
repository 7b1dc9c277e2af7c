package com.tiredpixel.pgxl.agent.config;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * The environment of servers and SSH sessions. Programs of {@code pgxc_ctl} run in non-interactive sessions,
 * which read no profile, so everything that they need is here; nothing else of the container's is passed on.
 */
public final class NodeEnvironment {
    private static final List<String> USUAL_PATH =
            List.of("/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin");
    private static final List<String> PASSED_ON =
            List.of("TZ", "PGPASSFILE", "PGCONNECT_TIMEOUT", "LANG", "LANGUAGE");

    private NodeEnvironment() {
    }

    /**
     * @param settings the home directory, the user and the prefix
     * @param container the environment of PID 1
     * @return variable to value, sorted
     */
    public static Map<String, String> of(Settings settings, Map<String, String> container) {
        Map<String, String> environment = new TreeMap<>();
        container.forEach((name, value) -> {
            boolean ours = PASSED_ON.contains(name) || name.startsWith("LC_") || name.startsWith("PGXL_");
            if (ours && !value.isEmpty()) {
                environment.put(name, value);
            }
        });
        boolean noLocale = !environment.containsKey("LANG")
                && environment.keySet().stream().noneMatch(name -> name.startsWith("LC_"));
        if (noLocale) {
            environment.put("LANG", "C.UTF-8");
        }
        // The pooler of each server connects one session after the other: without a limit one frozen node holds up all.
        environment.putIfAbsent("PGCONNECT_TIMEOUT", "3");
        environment.put("HOME", settings.home().toString());
        environment.put("USER", settings.user());
        environment.put("LOGNAME", settings.user());
        environment.put("SHELL", "/bin/bash");
        environment.put("PATH", path(settings, container.getOrDefault("PATH", "")));
        return new LinkedHashMap<>(environment);
    }

    /** A relative or empty entry of PATH would name a program in whatever directory a server works in. */
    private static String path(Settings settings, String ofContainer) {
        Set<String> entries = new LinkedHashSet<>();
        entries.add(settings.prefix().resolve("bin").toString());
        List<String> others = new ArrayList<>(List.of(ofContainer.split(":")));
        others.addAll(USUAL_PATH);
        for (String entry : others) {
            if (entry.startsWith("/")) {
                entries.add(entry);
            }
        }
        return String.join(":", entries);
    }
}
