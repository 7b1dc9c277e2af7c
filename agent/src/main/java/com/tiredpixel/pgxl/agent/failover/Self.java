package com.tiredpixel.pgxl.agent.failover;

import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What a server says of itself.
 *
 * @param name {@code pgxc_node_name}
 * @param inRecovery whether it is a standby
 * @param timeline on which it writes; a promotion begins the next one
 * @param identifier the database system identifier, which a base backup copies; servers of 9.5 do not say it
 * @param begun when its postmaster started, in seconds with fractions, which no two share
 */
record Self(String name, boolean inRecovery, OptionalLong timeline, OptionalLong identifier, String begun) {

    /** @return when it started, to the second */
    Optional<Instant> since() {
        try {
            return Optional.of(Instant.ofEpochSecond((long) Double.parseDouble(begun)));
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }
}
