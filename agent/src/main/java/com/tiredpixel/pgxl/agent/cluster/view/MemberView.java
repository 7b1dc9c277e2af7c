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
     * @param byUsers what PREPARE TRANSACTION left
     * @param byCommits what commits on several nodes have prepared; what stays is in doubt
     * @param standbys that receive its WAL
     */
    public record Database(
            boolean recovers, String version, long xidAge, Prepared byUsers, Prepared byCommits,
            List<Standby> standbys) {
    }

    /**
     * Transactions that are prepared now.
     *
     * @param count how many
     * @param oldest seconds, 0 without any
     */
    public record Prepared(long count, long oldest) {
    }

    /**
     * A line of pg_stat_replication.
     *
     * @param name its application_name
     * @param state streaming, catchup …
     * @param sync sync, potential or async
     * @param lagBytes of what was sent to it, what it has not replayed
     * @param lagSeconds from there being WAL to its being replayed; nothing before PostgreSQL 10, or if there is nothing new
     */
    public record Standby(String name, String state, String sync, long lagBytes, Optional<Double> lagSeconds) {
    }

    /** How it is. */
    public enum Condition { SERVES, BROKEN, UNKNOWN }

    /** @return of the server that runs, or of its programs, or nothing */
    public String version() {
        return database.map(Database::version).or(() -> agent.map(Agent::servers)).orElse("");
    }

    /** @return what follows from all that is known */
    public Condition condition() {
        if (agent.isPresent() && !agent.get().ready()) {
            return Condition.BROKEN;
        }
        return unasked.isEmpty() && agent.isPresent() ? Condition.SERVES : Condition.UNKNOWN;
    }
}
