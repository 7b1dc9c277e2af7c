package com.tiredpixel.pgxl.agent.ssh;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Which connections may begin to log in. A fair queue in the place of OpenSSH's {@code MaxStartups}: of each
 * address some connections log in at a time and the next ones wait in line, so that a burst is served and not
 * refused; and when all places are taken, an address without a place gets the oldest one of the address that
 * has the most. A thousand half-open connections of one address therefore cannot shut out another.
 *
 * <p>Of very many addresses they could: so the last places are for those that have logged in before.
 *
 * <p>Pure: no socket, no clock. Not thread-safe.
 *
 * @param <C> a connection
 */
final class Admission<C> {

    /**
     * Bounds.
     *
     * @param active how many may be logging in, in all
     * @param activePerAddress of them, from one address
     * @param waiting how many may wait in line, in all
     * @param waitingPerAddress of them, from one address
     * @param activeForKnown of all that may be logging in, only for addresses that have logged in before
     * @param waitingForKnown the same of those that wait
     */
    record Limits(
            int active,
            int activePerAddress,
            int waiting,
            int waitingPerAddress,
            int activeForKnown,
            int waitingForKnown) {
    }

    /**
     * What to do now.
     *
     * @param begin connections that may begin
     * @param drop connections to close
     */
    record Decision<C>(List<C> begin, List<C> drop) {
    }

    private static final class Line<C> {
        private final boolean known;
        private final LinkedHashMap<C, Boolean> active = new LinkedHashMap<>();
        private final Deque<C> waiting = new ArrayDeque<>();

        Line(boolean known) {
            this.known = known;
        }
    }

    private final Limits limits;
    private final Map<String, Line<C>> lines = new HashMap<>();
    private final Map<C, String> addresses = new HashMap<>();
    private int active;
    private int waiting;
    private int strangersActive;
    private int strangersWaiting;

    Admission(Limits limits) {
        this.limits = limits;
    }

    /**
     * A connection was accepted.
     *
     * @param known whether its address has logged in before: the same for all that it has now
     */
    Decision<C> arrived(C connection, String address, boolean known) {
        var decision = new Decision<C>(new ArrayList<>(), new ArrayList<>());
        Line<C> line = lines.computeIfAbsent(address, a -> new Line<>(known));
        if (line.active.size() < limits.activePerAddress && (isPlaceFor(line) || evictFor(line, decision))) {
            addresses.put(connection, address);
            activate(line, connection, decision);
        } else if (line.waiting.size() < limits.waitingPerAddress && isWaitingRoomFor(line)) {
            addresses.put(connection, address);
            line.waiting.add(connection);
            countWaiting(line, 1);
        } else {
            decision.drop.add(connection);
        }
        tidy(address, line);
        return decision;
    }

    /** A connection logged in, failed, or went; its place is free. Unknown ones are passed over. */
    Decision<C> left(C connection) {
        var decision = new Decision<C>(new ArrayList<>(), new ArrayList<>());
        String address = addresses.remove(connection);
        if (address == null) {
            return decision;
        }
        Line<C> line = lines.get(address);
        if (line.active.remove(connection) != null) {
            countActive(line, -1);
        } else if (line.waiting.remove(connection)) {
            countWaiting(line, -1);
        }
        tidy(address, line);
        while (true) {
            Line<C> next = neediest();
            if (next == null) {
                break;
            }
            // In this order: for lack of heap the second may fail, and none may be lost.
            activate(next, next.waiting.element(), decision);
            next.waiting.remove();
            countWaiting(next, -1);
        }
        return decision;
    }

    int active() {
        return active;
    }

    int waiting() {
        return waiting;
    }

    private boolean isPlaceFor(Line<C> line) {
        return active < limits.active && (line.known || strangersActive < limits.active - limits.activeForKnown);
    }

    private boolean isWaitingRoomFor(Line<C> line) {
        return waiting < limits.waiting && (line.known || strangersWaiting < limits.waiting - limits.waitingForKnown);
    }

    private void countActive(Line<C> line, int more) {
        active += more;
        strangersActive += line.known ? 0 : more;
    }

    private void countWaiting(Line<C> line, int more) {
        waiting += more;
        strangersWaiting += line.known ? 0 : more;
    }

    private void activate(Line<C> line, C connection, Decision<C> decision) {
        line.active.put(connection, Boolean.TRUE);
        countActive(line, 1);
        decision.begin.add(connection);
    }

    /**
     * Takes from the address with the most, if that leaves it no worse off than the newcomer. A stranger takes from
     * strangers only.
     */
    private boolean evictFor(Line<C> line, Decision<C> decision) {
        Line<C> richest = null;
        for (Line<C> other : lines.values()) {
            boolean richer = richest == null || other.active.size() > richest.active.size();
            if (richer && (line.known || !other.known)) {
                richest = other;
            }
        }
        if (richest == null || richest.active.size() <= line.active.size() + 1) {
            return false;
        }
        C oldest = richest.active.keySet().iterator().next();
        richest.active.remove(oldest);
        addresses.remove(oldest);
        countActive(richest, -1);
        decision.drop.add(oldest);
        return true;
    }

    private Line<C> neediest() {
        Line<C> best = null;
        for (Line<C> line : lines.values()) {
            if (!line.waiting.isEmpty()
                    && isPlaceFor(line)
                    && line.active.size() < limits.activePerAddress
                    && (best == null || line.active.size() < best.active.size())) {
                best = line;
            }
        }
        return best;
    }

    private void tidy(String address, Line<C> line) {
        if (line.active.isEmpty() && line.waiting.isEmpty()) {
            lines.remove(address);
        }
    }
}
