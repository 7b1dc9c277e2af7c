package com.tiredpixel.pgxl.agent.cluster.verify;

/**
 * A server's clock, between two looks at Control's; in seconds.
 *
 * @param before Control's, before the server was asked
 * @param server the server's
 * @param after Control's, when the answer was there
 */
public record Clock(double before, double server, double after) {

    /** @return by how much the server is ahead at least; negative behind; 0 if it may be right */
    double off() {
        if (server < before) {
            return server - before;
        }
        return server > after ? server - after : 0;
    }
}
