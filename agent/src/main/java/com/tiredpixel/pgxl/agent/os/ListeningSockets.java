package com.tiredpixel.pgxl.agent.os;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** The ports on which a process listens: the socket table of its network namespace against its descriptors. */
final class ListeningSockets {
    /** The kernel lists those that listen first ({@code tcp_get_idx}): room for 1,700, however many clients there are. */
    private static final int MOST_BYTES = 256 * 1024;
    private static final int MOST_DESCRIPTORS = 100_000;
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
        BoundedFiles.system().list(process.resolve("fd"), MOST_DESCRIPTORS, descriptor -> {
            Integer port = portByLink.get(target(descriptor));
            if (port != null) {
                ports.add(port);
            }
            return true;
        });
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
        for (String line : text(BoundedFiles.system().read(table, MOST_BYTES)).split("\n")) {
            String[] fields = line.trim().split("\\s+", INODE + 2);
            if (fields.length > INODE && fields[STATE].equals(LISTEN)) {
                String port = fields[LOCAL_ADDRESS].substring(fields[LOCAL_ADDRESS].lastIndexOf(':') + 1);
                portByLink.put("socket:[" + fields[INODE] + "]", Integer.parseInt(port, 16));
            }
        }
    }

    /** Without IPv6 there is no tcp6. */
    private static String text(FileRead table) {
        byte[] bytes = table instanceof FileRead.Content all ? all.bytes()
                : table instanceof FileRead.TooLong part ? part.beginning()
                : new byte[0];
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }
}
