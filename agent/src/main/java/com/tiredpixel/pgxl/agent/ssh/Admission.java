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
     */
    record Limits(int active, int activePerAddress, int waiting, int waitingPerAddress) {
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
        private final LinkedHashMap<C, Boolean> active = new LinkedHashMap<>();
        private final Deque<C> waiting = new ArrayDeque<>();
    }

    private final Limits limits;
    private final Map<String, Line<C>> lines = new HashMap<>();
    private final Map<C, String> addresses = new HashMap<>();
    private int active;
    private int waiting;

    Admission(Limits limits) {
        this.limits = limits;
    }

    /** A connection was accepted. */
    Decision<C> arrived(C connection, String address) {
        var decision = new Decision<C>(new ArrayList<>(), new ArrayList<>());
        Line<C> line = lines.computeIfAbsent(address, a -> new Line<>());
        if (line.active.size() < limits.activePerAddress && (active < limits.active || evictFor(line, decision))) {
            addresses.put(connection, address);
            activate(line, connection, decision);
        } else if (line.waiting.size() < limits.waitingPerAddress && (waiting < limits.waiting)) {
            addresses.put(connection, address);
            line.waiting.add(connection);
            waiting++;
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
            active--;
        } else if (line.waiting.remove(connection)) {
            waiting--;
        }
        tidy(address, line);
        while (active < limits.active) {
            Line<C> next = neediest();
            if (next == null) {
                break;
            }
            waiting--;
            activate(next, next.waiting.remove(), decision);
        }
        return decision;
    }

    int active() {
        return active;
    }

    int waiting() {
        return waiting;
    }

    private void activate(Line<C> line, C connection, Decision<C> decision) {
        line.active.put(connection, Boolean.TRUE);
        active++;
        decision.begin.add(connection);
    }

    /** Takes from the address with the most, if that leaves it no worse off than the newcomer. */
    private boolean evictFor(Line<C> line, Decision<C> decision) {
        Line<C> richest = null;
        for (Line<C> other : lines.values()) {
            if (richest == null || other.active.size() > richest.active.size()) {
                richest = other;
            }
        }
        if (richest == null || richest.active.size() <= line.active.size() + 1) {
            return false;
        }
        C oldest = richest.active.keySet().iterator().next();
        richest.active.remove(oldest);
        addresses.remove(oldest);
        active--;
        decision.drop.add(oldest);
        return true;
    }

    private Line<C> neediest() {
        Line<C> best = null;
        for (Line<C> line : lines.values()) {
            if (!line.waiting.isEmpty()
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
