/**
 * Keeps an old datanode master down after a failover: whoever started it, it does not serve beside the one that took its
 * name. See {@link com.tiredpixel.pgxl.agent.failover.Decision} for the rule.
 */
package com.tiredpixel.pgxl.agent.failover;
