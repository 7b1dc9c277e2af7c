package com.tiredpixel.pgxl.agent.os;

import java.time.Duration;

/**
 * A process that the {@link Reaper} has taken.
 *
 * @param process which one; an orphan that ended by itself is known by its pid alone, its {@code startTicks} are
 *     {@link ProcessIdentity#UNREAD}: to read them costs more than to reap it
 * @param status how it ended
 * @param ownChild whether {@link Processes} started it; false for an orphan that fell to the agent
 * @param at a moment at which it was a zombie: whoever saw it alive did so before, and whoever sees another process
 *     with its number does so later
 */
public record Reaped(ProcessIdentity process, ExitStatus status, boolean ownChild, Duration at) {
}
