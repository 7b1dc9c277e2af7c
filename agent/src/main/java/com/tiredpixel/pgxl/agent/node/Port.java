package com.tiredpixel.pgxl.agent.node;

import java.util.OptionalInt;

/** The one rule for a port that somebody wrote into a file or onto a command line. */
final class Port {
    private static final int HIGHEST = 65_535;

    private Port() {
    }

    /** @return 1 to 65,535; nothing if the text is anything else, on which a server would not start */
    static OptionalInt parse(String text) {
        int port = text.matches("[0-9]{1,5}") ? Integer.parseInt(text) : 0;
        return port >= 1 && port <= HIGHEST ? OptionalInt.of(port) : OptionalInt.empty();
    }
}
