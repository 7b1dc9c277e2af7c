package com.tiredpixel.pgxl.agent.failover;

import com.tiredpixel.pgxl.agent.sql.ClusterNode;
import java.util.List;
import java.util.Optional;

/**
 * Where the name of a node is said to be, and who answers there.
 *
 * @param saidBy whose {@code pgxc_node} says so
 * @param where host and port
 * @param server who answers; nothing if nobody does
 */
record Claim(List<String> saidBy, ClusterNode where, Optional<Self> server) {
    /** What the node itself knew while it served. */
    static final String ITS_OWN = "its own";
}
