package com.tiredpixel.pgxl.agent.cluster.verify;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a coordinator or datanode says of itself.
 *
 * @param nodes its pgxc_node
 * @param settings by name, as pg_settings has them
 * @param clock its own
 * @param databases that one can connect to
 */
public record SqlFacts(
        List<CatalogNode> nodes, Map<String, String> settings, Optional<Clock> clock,
        List<String> databases) {
}
