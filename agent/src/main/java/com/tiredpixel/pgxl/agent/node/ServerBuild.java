package com.tiredpixel.pgxl.agent.node;

/**
 * What the servers under {@code PGXL_PREFIX} are, by the word of {@code postgres --version}; GTM has no such option.
 *
 * @param version such as {@code postgres (PostgreSQL) 10.9 (Postgres-XL 10r1.1) with mends 1}; empty if it does not tell
 */
public record ServerBuild(String version) {

    /**
     * @return whether they have the mends of this project, without which a restart of GTM loses what sessions commit
     *     that were open meanwhile
     */
    public boolean hasMends() {
        return version.matches("(?s).*\\bmends\\b.*");
    }

    /** @return whether the file of a GTM has the format of 9.5 */
    public boolean isNinePointFive() {
        return version.matches("(?s).*\\b9\\.5.*");
    }
}
