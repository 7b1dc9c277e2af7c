package com.tiredpixel.pgxl.agent.supervisor.server;

import com.tiredpixel.pgxl.agent.os.ProcessIdentity;
import com.tiredpixel.pgxl.agent.supervisor.directory.NodeName;
import java.io.IOException;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * What a server that an operator started had in its environment beyond what the agent gives: bash reads {@code ~/.bashrc}
 * for a command over SSH, so {@code LD_LIBRARY_PATH}, {@code ORACLE_HOME} or {@code AWS_*} of an archive command may stand
 * there. A start by the agent needs the same.
 */
final class KeptEnvironment {
    /** Together; a kernel gives 128 KiB to one variable, and no operator types so much. */
    private static final int MOST_CHARACTERS = 64 * 1024;

    /** Whose the user is says the agent; the rest is of the session, or of the one start. */
    private static final Set<String> NOT_KEPT = Set.of(
            "HOME", "USER", "LOGNAME", "SHELL", "MAIL", "PWD", "OLDPWD", "SHLVL", "_", "HOSTNAME",
            "TERM", "COLUMNS", "LINES", "PS1", "PS2", "PROMPT_COMMAND", "DISPLAY", "TMUX", "STY", "WINDOWID",
            "BASH_ENV", "ENV", "IFS", "HISTFILE", "LESSOPEN", "LS_COLORS",
            "NOTIFY_SOCKET", "INVOCATION_ID", "JOURNAL_STREAM",
            // pg_ctl's own: its parent's number, which a later start would take for its own; where data and programs lie.
            "PG_GRANDPARENT_PID", "PGDATA", "PGLOCALEDIR", "PGSYSCONFDIR", "GTMDATA", "PGXC_CTL_SILENT");
    private static final List<String> NOT_KEPT_PREFIXES = List.of("SSH_", "SUDO_", "XDG_", "DBUS_", "LISTEN_");

    private final ServerContext context;
    private final NodeName name;
    private Optional<Map<String, String>> kept = Optional.empty();

    KeptEnvironment(ServerContext context, NodeName name) {
        this.context = context;
        this.name = name;
    }

    /** Keeps what this server has, here and in the state directory. */
    void keep(ProcessIdentity server) {
        Optional<Map<String, String>> its = context.processes().environment(server)
                .map(all -> of(all, context.environment()));
        if (its.isEmpty() || its.equals(kept)) {
            return;
        }
        if (!its.get().isEmpty()) {
            context.log().info(name.subject(), "keeps for later starts what its environment has besides the agent's: "
                    + String.join(", ", its.get().keySet()));
        }
        try {
            context.environments().write(name.directory(), its.get());
        } catch (IOException e) {
            context.log().warn(name.subject(), "cannot keep its environment in "
                    + context.environments().file(name.directory()) + ", so the next container will not know it: " + e);
        }
        kept = its;
    }

    /** @return the environment of the next start */
    Map<String, String> next() {
        if (kept.isEmpty()) {
            try {
                kept = Optional.of(context.environments().read(name.directory()));
            } catch (IOException e) {
                kept = Optional.of(Map.of());
                context.log().warn(name.subject(), "starts without what its environment had besides the agent's: " + e);
            }
        }
        return merged(context.environment(), kept.get());
    }

    /** The directory is no more. */
    void forget() {
        kept = Optional.empty();
        try {
            context.environments().remove(name.directory());
        } catch (IOException e) {
            context.log().warn(name.subject(), "cannot remove " + context.environments().file(name.directory()) + ": " + e);
        }
    }

    /**
     * @param server the environment of a server that somebody else started
     * @param agents what the agent gives to servers and sessions
     * @return what is to be kept, sorted; nothing if it is too much
     */
    static Map<String, String> of(Map<String, String> server, Map<String, String> agents) {
        Map<String, String> kept = new TreeMap<>();
        int characters = 0;
        for (Map.Entry<String, String> variable : server.entrySet()) {
            if (isKept(variable.getKey(), variable.getValue())
                    && !variable.getValue().equals(agents.get(variable.getKey()))) {
                kept.put(variable.getKey(), variable.getValue());
                characters += variable.getKey().length() + variable.getValue().length() + 2;
            }
        }
        return characters > MOST_CHARACTERS ? Map.of() : kept;
    }

    /** A function that bash exports has no such name; and what is no UTF-8 could not be given back as it was. */
    private static boolean isKept(String name, String value) {
        return name.matches("[A-Za-z_][A-Za-z0-9_]*")
                && !NOT_KEPT.contains(name)
                && NOT_KEPT_PREFIXES.stream().noneMatch(name::startsWith)
                && value.indexOf('\uFFFD') < 0;
    }

    /**
     * @param agents what the agent gives
     * @param kept wins over it; of {@code PATH} the agent's entries follow behind, but its first comes first: the programs
     *     of this Postgres-XL
     * @return the environment of a start
     */
    static Map<String, String> merged(Map<String, String> agents, Map<String, String> kept) {
        Map<String, String> all = new TreeMap<>(agents);
        of(kept, Map.of()).forEach((name, value) -> all.put(
                name, name.equals("PATH") ? path(agents.getOrDefault("PATH", ""), value) : value));
        return all;
    }

    private static String path(String agents, String kept) {
        Set<String> entries = new LinkedHashSet<>();
        List<String> own = Arrays.asList(agents.split(":"));
        entries.add(own.get(0));
        entries.addAll(Arrays.asList(kept.split(":")));
        entries.addAll(own);
        // A relative or empty entry would name a program in whatever directory a server works in.
        entries.removeIf(entry -> !entry.startsWith("/"));
        return String.join(":", entries);
    }
}
