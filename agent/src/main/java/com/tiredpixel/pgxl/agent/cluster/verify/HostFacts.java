package com.tiredpixel.pgxl.agent.cluster.verify;

import java.util.List;

/**
 * A container.
 *
 * @param identity the same for two names of one container; nothing if it is not known
 * @param nodes all that its agent knows
 */
public record HostFacts(String identity, List<HostNode> nodes) {
}
