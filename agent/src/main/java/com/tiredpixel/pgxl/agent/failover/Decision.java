package com.tiredpixel.pgxl.agent.failover;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Whether a master may serve. Pure: what others say in, decision out. It gives way only to a server that answers as a
 * master of its name, of the same database system, on a higher timeline: one that was promoted since. Once it has given
 * way, silence does not let it serve again: the other one may only be restarting.
 */
sealed interface Decision {

    /** Nothing speaks against it. */
    record Serve() implements Decision {
    }

    /**
     * @param why another is master of the name, in words
     * @param timeline of the other
     */
    record GiveWay(String why, long timeline) implements Decision {
    }

    /** @param why a person should look: it serves all the same */
    record Report(String why) implements Decision {
    }

    /**
     * The one that may serve.
     *
     * @param name {@code pgxc_node_name}
     * @param timeline of its data directory
     * @param identifier the database system identifier
     * @param address where its own pgxc_node has it
     * @param begun when its postmaster started, as {@link Self#begun}; nothing while it is down
     */
    record Own(
            String name, OptionalLong timeline, OptionalLong identifier, Optional<String> address, Optional<String> begun) {
    }

    /** @param claims to its name */
    static Decision of(Own own, List<Claim> claims) {
        var reports = new ArrayList<String>();
        for (Claim claim : claims) {
            Decision one = of(own, claim);
            if (one instanceof GiveWay) {
                return one;
            }
            if (one instanceof Report report) {
                reports.add(report.why());
            }
        }
        return reports.isEmpty() ? new Serve() : new Report(String.join("; ", reports));
    }

    /**
     * @param standing to whom it gave way before
     * @param claims to its name
     */
    static Decision after(GiveWay standing, Own own, List<Claim> claims) {
        Decision now = of(own, claims);
        List<Claim> ofOthers = claims.stream().filter(claim -> !claim.saidBy().equals(List.of(Claim.ITS_OWN))).toList();
        boolean gone = !ofOthers.isEmpty() && ofOthers.stream().allMatch(claim ->
                claim.server().isPresent() || own.address().equals(Optional.of(claim.where().address())));
        return now instanceof GiveWay || gone ? now : standing;
    }

    private static Decision of(Own own, Claim claim) {
        Optional<Self> server = claim.server().filter(
                one -> one.name().equals(own.name()) && !one.inRecovery() && !own.begun().equals(Optional.of(one.begun())));
        if (server.isEmpty()) {
            return new Serve();
        }
        Self other = server.get();
        String where = "at " + claim.where().address() + ", where pgxc_node of " + String.join(", ", claim.saidBy())
                + " has " + own.name() + ", serves a master of that name"
                + other.since().map(time -> ", up since " + time).orElse("");
        if (own.identifier().isPresent() && other.identifier().isPresent()
                && own.identifier().getAsLong() != other.identifier().getAsLong()) {
            return new Report(where + ", of another database system, " + other.identifier().getAsLong());
        }
        if (own.timeline().isEmpty() || other.timeline().isEmpty()) {
            return new Report(where + "; which of the two is newer is not known");
        }
        long mine = own.timeline().getAsLong();
        long its = other.timeline().getAsLong();
        if (its > mine) {
            return new GiveWay(
                    where + ", on timeline " + its + ": it was promoted; this one is on timeline " + mine, its);
        }
        return new Report(where + (its == mine
                ? ", on the same timeline " + mine + ": which of the two is right only a person can say"
                : ", on timeline " + its + ", older than this one on timeline " + mine + ": that one should be stopped"));
    }
}
