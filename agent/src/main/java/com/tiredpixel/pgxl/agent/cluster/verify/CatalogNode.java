package com.tiredpixel.pgxl.agent.cluster.verify;

/**
 * A line of pgxc_node.
 *
 * @param name of the node
 * @param type C for a coordinator, D for a datanode
 * @param host where sessions connect to
 * @param port of it
 * @param primary whether writes to replicated tables go there first
 */
public record CatalogNode(String name, String type, String host, int port, boolean primary) {
}
