package com.tiredpixel.pgxl.agent.ssh;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/**
 * Initializes the classes of which a first login runs the static initializers, before there is one. An initializer that fails
 * for lack of heap has failed for ever (JLS, section 12.4.2), and with it every login that needs its class: so those run while
 * there is heap. Which these are says a list, and {@code FirstLoginTest} that none is missing.
 */
final class FirstLogin {
    private static final String LIST = "first-login.txt";
    private static final Pattern POST_QUANTUM = Pattern.compile("org\\.bouncycastle\\..*|.*KEM.*");

    private FirstLogin() {
    }

    /**
     * @param room to wait for between two of them
     * @param postQuantum whether a key exchange is offered that needs BouncyCastle
     */
    static void prepare(HeapRoom room, boolean postQuantum) throws IOException {
        ClassLoader loader = FirstLogin.class.getClassLoader();
        try (InputStream list = FirstLogin.class.getResourceAsStream(LIST);
                var lines = new BufferedReader(new InputStreamReader(list, StandardCharsets.US_ASCII))) {
            for (String name = lines.readLine(); name != null; name = lines.readLine()) {
                boolean isWanted = postQuantum || !POST_QUANTUM.matcher(name).matches();
                if (!name.startsWith("#") && isWanted) {
                    room.await();
                    initialize(name, loader);
                }
            }
        }
    }

    private static void initialize(String name, ClassLoader loader) {
        try {
            Class.forName(name, true, loader);
        } catch (ClassNotFoundException | LinkageError e) {
            // Another Java names its inner classes otherwise, and a class that cannot be had now fails when it is used.
        }
    }
}
