package com.tiredpixel.pgxl.agent.indoubt;

/**
 * A row of {@code pgxc_node}.
 *
 * @param name as the cluster knows it
 * @param coordinator whether it is one; otherwise a datanode
 * @param id the number that stands in a {@link Gid}
 * @param host where it listens
 * @param port its TCP port
 */
record ClusterNode(String name, boolean coordinator, int id, String host, int port) {
    ClusterNode at(String otherHost, int otherPort) {
        return new ClusterNode(name, coordinator, id, otherHost, otherPort);
    }
}
