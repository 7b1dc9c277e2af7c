package com.tiredpixel.pgxl.agent.ssh;

import com.tiredpixel.pgxl.agent.base.EventLog;
import java.net.SocketAddress;

/** Counts and tells of connections that the server ends, not the client. */
final class Endings {
    private final StrangerLines lines;
    private final Counters counters;

    Endings(StrangerLines lines, Counters counters) {
        this.lines = lines;
        this.counters = counters;
    }

    void ended(SocketAddress client, String reason) {
        counters.connectionEnded();
        lines.say(
                EventLog.Level.WARN,
                "ssh",
                client,
                "ended the connection from " + Text.endpoint(client) + ": " + reason);
    }
}
