package com.tiredpixel.pgxl.agent.cluster.verify;

import java.util.List;

/**
 * A table that is not on all datanodes.
 *
 * @param database of it
 * @param schema of it
 * @param name of it
 * @param missing datanodes that it is not on
 */
public record TableNodes(String database, String schema, String name, List<String> missing) {
}
