package com.tiredpixel.pgxl.agent.status.http;

/**
 * The other end of a connection, as far as answers depend on it.
 *
 * @param local whether it is in this container
 * @param reached the address and port that it connected to, such as {@code 127.0.0.1:9432}
 * @param challenge what the answer before this request challenged it with; empty at its first request
 */
public record Peer(boolean local, String reached, String challenge) {

    Peer challengedWith(String words) {
        return new Peer(local, reached, words);
    }

    /** @return whether its request answers a challenge */
    public boolean isChallenged() {
        return !challenge.isEmpty();
    }
}
