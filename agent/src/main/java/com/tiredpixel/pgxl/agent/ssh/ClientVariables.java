package com.tiredpixel.pgxl.agent.ssh;

import java.util.LinkedHashMap;
import java.util.Map;

/** {@code LANG} and {@code LC_*} as a client sent them for one channel, which are all that it may set. */
final class ClientVariables {
    private static final int MOST = 16;
    /** Characters of all names and values. */
    private static final int MOST_LENGTH = 768;

    private final Map<String, String> variables = new LinkedHashMap<>();
    private int length;

    /** @return whether it is set */
    boolean set(String name, String value) {
        boolean isWanted = name.equals("LANG") || name.matches("LC_[A-Za-z0-9_]{0,32}");
        int more = name.length() + value.length();
        if (!isWanted || value.indexOf('\0') >= 0 || variables.size() >= MOST || length + more > MOST_LENGTH) {
            return false;
        }
        length += more;
        variables.put(name, value);
        return true;
    }

    Map<String, String> all() {
        return Map.copyOf(variables);
    }
}
