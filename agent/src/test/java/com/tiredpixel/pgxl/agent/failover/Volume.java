package com.tiredpixel.pgxl.agent.failover;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;

/** Directories as the servers leave them, as far as is looked at here. */
final class Volume {
    private Volume() {
    }

    static Path database(Path directory, long identifier, int timeline) throws IOException {
        Files.createDirectories(directory.resolve("global"));
        Files.createDirectories(directory.resolve("pg_wal"));
        ByteBuffer control = ByteBuffer.allocate(8192).order(ByteOrder.nativeOrder());
        control.putLong(0, identifier).putInt(8, 1002).putInt(16, 6).putInt(56, timeline).putInt(72, 700);
        Files.write(directory.resolve("global/pg_control"), control.array());
        return directory;
    }

    static String self(String name, boolean inRecovery, int timeline, long identifier, String begun) {
        return "SELF|" + hex(name) + "|" + (inRecovery ? "t" : "f") + "|" + begun + "|"
                + (inRecovery ? "" : String.format("%08X0000000000000001", timeline)) + "|" + identifier + "\n";
    }

    static String node(char type, String name, String host) {
        return "NODE|" + type + "|1|5432|" + hex(name) + "|" + hex(host) + "\n";
    }

    static String hex(String text) {
        return java.util.HexFormat.of().formatHex(text.getBytes(java.nio.charset.StandardCharsets.UTF_8));
    }
}
