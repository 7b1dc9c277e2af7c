package com.tiredpixel.pgxl.agent.ssh;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Initializes the classes of which a first login runs the static initializers, before there is one. An initializer that fails
 * for lack of heap has failed for ever (JLS, section 12.4.2), and with it every login that needs its class: so those run while
 * there is heap, and nobody is let in before. Which these are says a list, and {@code FirstLoginTest} that none is missing.
 */
final class FirstLogin {
    /** Free heap to begin with, and before each class: many times what any of them takes. */
    static final int ROOM = 256 * 1024;

    private static final String LIST = "first-login.txt";
    private static final Pattern POST_QUANTUM = Pattern.compile("org\\.bouncycastle\\..*|.*KEM.*");
    private static final int ATTEMPTS = 3;

    private FirstLogin() {
    }

    /**
     * @param room to wait for before each of them
     * @param postQuantum whether a key exchange is offered that needs BouncyCastle
     * @return classes that were spoilt all the same
     */
    static List<String> prepare(HeapRoom room, boolean postQuantum) throws IOException {
        var spoilt = new ArrayList<String>();
        ClassLoader loader = FirstLogin.class.getClassLoader();
        try (InputStream list = FirstLogin.class.getResourceAsStream(LIST);
                var lines = new BufferedReader(new InputStreamReader(list, StandardCharsets.US_ASCII))) {
            for (String name = lines.readLine(); name != null; name = lines.readLine()) {
                boolean isWanted = postQuantum || !POST_QUANTUM.matcher(name).matches();
                if (!name.startsWith("#") && isWanted && !isInitialized(name, loader, room)) {
                    spoilt.add(name);
                }
            }
        }
        return spoilt;
    }

    private static boolean isInitialized(String name, ClassLoader loader, HeapRoom room) {
        for (int i = 0; i < ATTEMPTS; i++) {
            room.await(ROOM);
            try {
                Class.forName(name, true, loader);
                return true;
            } catch (ClassNotFoundException e) {
                return true; // Another Java names its inner classes otherwise.
            } catch (LinkageError e) {
                return false;
            } catch (OutOfMemoryError e) {
                // If it was the initializer that had no heap, the next attempt is told so.
            }
        }
        return false;
    }
}
