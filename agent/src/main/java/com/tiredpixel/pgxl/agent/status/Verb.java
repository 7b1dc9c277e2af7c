package com.tiredpixel.pgxl.agent.status;

import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * A verb of {@code pgxl}: one row, which parser, help and completion follow.
 *
 * @param name as it is typed
 * @param who may use it
 * @param arguments for the help
 * @param help lines; none for a verb that only scripts know
 * @param handler does it
 */
record Verb(String name, Who who, String arguments, List<String> help, Handler handler) {

    /** Who may. */
    enum Who {
        /** Everybody in the container: what it tells is told over HTTP too. */
        ANYBODY,
        /** Whoever has proved that he can read the token: the user of the servers, and root. */
        OWNER
    }

    /** Does what a verb says. */
    interface Handler {
        CompletableFuture<Reply> answer(Call call);
    }

    /**
     * One command line.
     *
     * @param verb its first word
     * @param words the others
     * @param screen where the answer will be read
     */
    record Call(String verb, List<String> words, StatusText.Screen screen) {
    }

    static Verb open(String name, String arguments, String help, Handler handler) {
        return new Verb(name, Who.ANYBODY, arguments, help.lines().toList(), handler);
    }

    static Verb owners(String name, String arguments, String help, Handler handler) {
        return new Verb(name, Who.OWNER, arguments, help.lines().toList(), handler);
    }

    boolean isListed() {
        return !help.isEmpty();
    }
}
