package com.tiredpixel.pgxl.agent.sql;

import java.time.Duration;

/**
 * How long a question may take.
 *
 * @param connect seconds to connect; libpq waits for two at least
 * @param statement seconds for each statement
 * @param whole then {@code psql} is ended
 */
public record Limits(int connect, int statement, Duration whole) {
    /** Nobody waits for the answer. */
    public static final Limits PATIENT = new Limits(3, 5, Duration.ofSeconds(10));

    /** A server waits for the answer before it starts. */
    public static final Limits QUICK = new Limits(2, 2, Duration.ofSeconds(3));
}
