package com.tiredpixel.pgxl.agent.cluster.verify;

import java.util.Set;

/**
 * A server as the agent of its container knows it.
 *
 * @param nodeName its own name, or nothing
 * @param role as the agent has it, such as datanode
 * @param kind master, slave, or nothing
 * @param directory its data
 * @param state as {@code pgxl status} has it
 */
public record HostNode(String nodeName, String role, String kind, String directory, String state) {

    /** @return whether there is a process of it */
    boolean hasServer() {
        return Set.of("STARTING", "RUNNING", "STOPPING").contains(state);
    }

    /** @return whether it is to run and something keeps it down */
    boolean waits() {
        return state.equals("BLOCKED");
    }
}
