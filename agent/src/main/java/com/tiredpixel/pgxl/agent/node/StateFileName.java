package com.tiredpixel.pgxl.agent.node;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** Under which name the agent's state directory keeps what belongs to a data directory. */
public final class StateFileName {
    private StateFileName() {
    }

    /**
     * One name for each path: what is not plain becomes its code.
     *
     * @param home the volume
     * @param node a data directory, maybe outside of it
     */
    public static String of(Path home, Path node) {
        String path = (node.startsWith(home) && !node.equals(home) ? home.relativize(node) : node).toString();
        var name = new StringBuilder();
        for (byte b : path.getBytes(StandardCharsets.UTF_8)) {
            boolean plain = b >= '0' && b <= '9' || b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z' || b == '_' || b == '-';
            name.append(plain ? Character.toString((char) b) : String.format("%%%02x", b));
        }
        // A file name has at most 255 bytes, and something may be put behind it.
        return name.length() <= 200 ? name.toString()
                : name.substring(0, 180) + "%" + Integer.toHexString(path.hashCode());
    }
}
