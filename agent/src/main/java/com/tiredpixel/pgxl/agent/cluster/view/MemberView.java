package com.tiredpixel.pgxl.agent.cluster.view;

import com.tiredpixel.pgxl.agent.cluster.configuration.Member;
import java.util.List;
import java.util.Optional;

/**
 * What is known of one server.
 *
 * @param member which
 * @param agent what its container's agent says
 * @param database what it says itself, if it answers SQL
 * @param unasked what could not be asked, and why
 */
public record MemberView(Member member, Optional<Agent> agent, Optional<Database> database, List<String> unasked) {

    /**
     * By its agent.
     *
     * @param state as {@code pgxl status} has it
     * @param ready whether it serves
     * @param why one line
     * @param servers their version
     * @param diskPercent how much of the disk is used, or -1
     * @param gtmTarget where a proxy leads by its gtm_proxy.conf, or nothing
     */
    public record Agent(
            String state, boolean ready, String why, String servers, int diskPercent, String gtmTarget) {
    }

    /**
     * By SQL.
     *
     * @param recovers whether it follows another
     * @param version of the server
     * @param xidAge of the oldest database, of 2,000,000,000
     * @param prepared transactions that are prepared now
     * @param oldestPrepared seconds
     * @param standbys that receive its WAL
     */
    public record Database(
            boolean recovers, String version, long xidAge, long prepared, long oldestPrepared,
            List<Standby> standbys) {
    }

    /**
     * A line of pg_stat_replication.
     *
     * @param name its application_name
     * @param state streaming, catchup …
     * @param sync sync, potential or async
     * @param lagBytes of what was sent to it, what it has not replayed
     */
    public record Standby(String name, String state, String sync, long lagBytes) {
    }

    /** How it is. */
    public enum Condition { SERVES, BROKEN, UNKNOWN }

    /** @return what follows from all that is known */
    public Condition condition() {
        if (agent.isPresent() && !agent.get().ready()) {
            return Condition.BROKEN;
        }
        return unasked.isEmpty() && agent.isPresent() ? Condition.SERVES : Condition.UNKNOWN;
    }
}
