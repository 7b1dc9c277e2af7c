package com.tiredpixel.pgxl.it.faults;

import com.tiredpixel.pgxl.it.Node;
import com.tiredpixel.pgxl.it.Sandbox;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** The host's own view of who serves a directory, independent of the agent and of pid files. */
final class Postmasters {
    private Postmasters() {
    }

    /** @return how many children of the sandboxes' PID 1 work in the node's directory and run its program */
    static int on(List<Sandbox> sandboxes, Node node) {
        Set<String> inits = sandboxes.stream().map(sandbox -> Integer.toString(sandbox.pid())).collect(Collectors.toSet());
        int count = 0;
        try (var processes = Files.newDirectoryStream(Path.of("/proc"), "[1-9]*")) {
            for (Path process : processes) {
                count += isServer(process, inits, node) ? 1 : 0;
            }
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
        return count;
    }

    private static boolean isServer(Path process, Set<String> inits, Node node) {
        try {
            String stat = Files.readString(process.resolve("stat"));
            String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
            return inits.contains(fields[1])
                    && !fields[0].equals("Z")
                    && Files.readSymbolicLink(process.resolve("exe")).endsWith(node.role().program().executable())
                    && Files.readSymbolicLink(process.resolve("cwd")).endsWith(node.directory())
                    && !Files.readString(process.resolve("cmdline")).startsWith("postgres: ");
        } catch (IOException gone) {
            return false;
        }
    }
}
