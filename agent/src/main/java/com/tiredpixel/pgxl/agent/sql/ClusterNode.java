package com.tiredpixel.pgxl.agent.sql;

/**
 * A row of {@code pgxc_node}.
 *
 * @param name as the cluster knows it
 * @param coordinator whether it is one; otherwise a datanode
 * @param id the number that stands in the names of transactions
 * @param host where it listens
 * @param port its TCP port
 */
public record ClusterNode(String name, boolean coordinator, int id, String host, int port) {
    /** Asks a node for all coordinators and datanodes that it knows. */
    public static final String QUESTION = "SELECT 'NODE', node_type, node_id, node_port, " + Fields.hex("node_name") + ", "
            + Fields.hex("node_host") + " FROM pgxc_node WHERE node_type IN ('C', 'D')";

    /**
     * @param field of a line that answers the question
     * @throws IllegalArgumentException if it does not
     */
    public static ClusterNode parse(String[] field) {
        return new ClusterNode(Fields.text(field[4]), field[1].equals("C"), Integer.parseInt(field[2]),
                Fields.text(field[5]), Integer.parseInt(field[3]));
    }

    /** @return the same at an address of its own */
    public ClusterNode at(String otherHost, int otherPort) {
        return new ClusterNode(name, coordinator, id, otherHost, otherPort);
    }

    /** @return host and port */
    public String address() {
        return (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + port;
    }
}
