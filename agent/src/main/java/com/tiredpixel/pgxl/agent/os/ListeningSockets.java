package com.tiredpixel.pgxl.agent.os;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** The ports on which a process listens: the socket table of its network namespace against its descriptors. */
final class ListeningSockets {
    private static final String LISTEN = "0A";
    private static final int LOCAL_ADDRESS = 1;
    private static final int STATE = 3;
    private static final int INODE = 9;

    private ListeningSockets() {
    }

    /**
     * @param process such as {@code /proc/7}
     * @return empty if its descriptors may not be read
     */
    static Set<Integer> of(Path process) {
        Map<String, Integer> portByLink = new HashMap<>();
        addListeners(process.resolve("net/tcp"), portByLink);
        addListeners(process.resolve("net/tcp6"), portByLink);
        Set<Integer> ports = new HashSet<>();
        if (portByLink.isEmpty()) {
            return ports;
        }
        try (DirectoryStream<Path> descriptors = Files.newDirectoryStream(process.resolve("fd"))) {
            for (Path descriptor : descriptors) {
                Integer port = portByLink.get(target(descriptor));
                if (port != null) {
                    ports.add(port);
                }
            }
        } catch (IOException | DirectoryIteratorException gone) {
            return ports;
        }
        return ports;
    }

    private static String target(Path descriptor) {
        try {
            return Files.readSymbolicLink(descriptor).toString();
        } catch (IOException closed) {
            return "";
        }
    }

    /** Lines such as {@code 0: 0100007F:1538 00000000:0000 0A … uid timeout inode …}, all but the port opaque. */
    private static void addListeners(Path table, Map<String, Integer> portByLink) {
        try {
            for (String line : Files.readAllLines(table, StandardCharsets.ISO_8859_1)) {
                String[] fields = line.trim().split("\\s+");
                if (fields.length > INODE && fields[STATE].equals(LISTEN)) {
                    String port = fields[LOCAL_ADDRESS].substring(fields[LOCAL_ADDRESS].lastIndexOf(':') + 1);
                    portByLink.put("socket:[" + fields[INODE] + "]", Integer.parseInt(port, 16));
                }
            }
        } catch (IOException | NumberFormatException noSuchTable) {
            // Without IPv6 there is no tcp6.
            return;
        }
    }
}
