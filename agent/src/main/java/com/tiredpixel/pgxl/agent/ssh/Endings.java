package com.tiredpixel.pgxl.agent.ssh;

import com.tiredpixel.pgxl.agent.log.EventLog;
import java.net.SocketAddress;

/** Counts and tells of connections that the server ends, not the client. */
final class Endings {
    private final EventLog log;
    private final RateLimit limit;
    private final Counters counters;

    Endings(EventLog log, RateLimit limit, Counters counters) {
        this.log = log;
        this.limit = limit;
        this.counters = counters;
    }

    void ended(SocketAddress client, String reason) {
        counters.connectionEnded();
        limit.limit(
                Text.address(client),
                "ended the connection from " + Text.endpoint(client) + ": " + reason,
                line -> log.warn("ssh", line));
    }
}
