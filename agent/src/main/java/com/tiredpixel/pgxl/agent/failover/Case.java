package com.tiredpixel.pgxl.agent.failover;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** What is known of one coordinator or datanode here. Guarded by its owner. */
final class Case {
    /** Its name in the log. */
    final String subject;
    /** Otherwise a datanode. */
    final boolean coordinator;
    /** The look before a start that is under way, or over and not yet acted upon. */
    CompletableFuture<Decision> asked;
    /** Null: not yet. */
    Duration askedAt;
    /** Why it is to stay down. */
    Optional<Decision.GiveWay> standing = Optional.empty();
    /** When to look at it while it serves; null: not before it is started. */
    Duration next;
    /** When it was started or seen, of which the supervisor tells a moment later. */
    Duration begun = Duration.ZERO;
    /** Whether a look while it serves is under way. */
    boolean looking;
    /** How many looks there were since it serves. */
    int looks;
    String told = "";

    Case(String subject, boolean coordinator) {
        this.subject = subject;
        this.coordinator = coordinator;
    }
}
