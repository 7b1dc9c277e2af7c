package com.tiredpixel.pgxl.agent.node;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Where a postmaster puts its Unix sockets, and their lock files beside them. */
public final class SocketDirectories {
    /** {@code DEFAULT_PGSOCKET_DIR}. */
    private static final Path STANDARD = Path.of("/tmp");
    /** {@code MAXLISTEN}: a postmaster has no more sockets. */
    private static final int MOST = 64;

    private SocketDirectories() {
    }

    /**
     * Every directory that the last start may have used, and that the next one may: those of both configuration files, of
     * the command line of the last start, the first one of the pid file, and the standard one. The pooler's socket lies
     * in the first of them.
     *
     * @param directory the data directory
     * @param pidFile what the last server left
     */
    public static Set<Path> of(Path directory, PidFile pidFile) {
        List<String> names = new ArrayList<>();
        if (pidFile instanceof PidFile.Postmaster postmaster) {
            postmaster.socketDirectory().ifPresent(names::add);
        }
        PostgresConfiguration.read(directory).socketDirectories().ifPresent(value -> names.addAll(split(value)));
        if (OptionsFile.read(directory, Program.POSTGRES) instanceof OptionsFile.CommandLine last) {
            last.socketDirectories().forEach(value -> names.addAll(split(value)));
        }
        Set<Path> found = new LinkedHashSet<>();
        for (String name : names) {
            if (found.size() < MOST) {
                add(found, directory, name);
            }
        }
        found.add(STANDARD);
        return found;
    }

    /** A postmaster works in its data directory, so a relative name begins there. */
    private static void add(Set<Path> found, Path directory, String name) {
        try {
            if (!name.isEmpty()) {
                found.add(directory.resolve(name).normalize());
            }
        } catch (InvalidPathException e) {
            // Then no server has a socket there.
        }
    }

    /** {@code SplitDirectoriesString}: commas between names, blanks around them, double quotes around what has either. */
    static List<String> split(String value) {
        List<String> names = new ArrayList<>();
        StringBuilder name = new StringBuilder();
        boolean quoted = false;
        boolean wasQuoted = false;
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            boolean blankName = name.toString().isBlank();
            if (c == '"' && (quoted || blankName)) {
                boolean doubled = quoted && i + 1 < value.length() && value.charAt(i + 1) == '"';
                if (doubled) {
                    name.append(value.charAt(++i));
                } else {
                    name = quoted ? name : new StringBuilder();
                    quoted = !quoted;
                    wasQuoted = true;
                }
            } else if (c == ',' && !quoted) {
                names.add(wasQuoted ? name.toString() : name.toString().strip());
                name = new StringBuilder();
                wasQuoted = false;
            } else if (quoted || !wasQuoted) {
                name.append(c);
            }
        }
        names.add(wasQuoted ? name.toString() : name.toString().strip());
        names.removeIf(String::isEmpty);
        return names;
    }
}
