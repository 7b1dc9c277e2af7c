package com.tiredpixel.pgxl.agent.ssh;

/** A server to log in to, on loopback. */
interface TestServer extends AutoCloseable {
    int port();

    String name();

    @Override
    void close();
}
