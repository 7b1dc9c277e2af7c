package com.tiredpixel.pgxl.agent.status;

import java.net.InetAddress;
import java.nio.file.Path;
import java.util.List;

/**
 * What the room has to know.
 *
 * @param listen addresses; 127.0.0.1 is added if they leave it out
 * @param port of HTTP, 0 for any free one
 * @param home {@code PGXL_HOME}, real path
 * @param stateDirectory where the token is kept
 * @param user as whom PostgreSQL is asked
 * @param version of the program
 * @param pid of the agent
 * @param hostName of the container
 */
public record StatusSettings(
        List<InetAddress> listen, int port, Path home, Path stateDirectory, String user, String version, int pid,
        String hostName) {

    /** Copies the list. */
    public StatusSettings {
        listen = List.copyOf(listen);
    }
}
