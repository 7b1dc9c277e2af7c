package com.tiredpixel.pgxl.agent.status.http;

import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Connections that share places and memory: all from this container, or all from elsewhere. The newest is let in, and
 * somebody who can be spared goes: of the address with the most places the one that is furthest from its answer, and
 * where memory lacks whoever holds most of it. Loop's thread only.
 */
final class Crowd {
    private final int places;
    private final int bytes;
    private final Set<Member> members = new LinkedHashSet<>();
    private int held;

    /** One connection. */
    interface Member {
        /** @return equal for all of one address, or of one network of IPv6 */
        Object source();

        /** @return how near it is to its answer; higher stays longer, and {@link #NEEDED} for good */
        int worth();

        /** @return bytes of the heap that it holds beside its own object */
        int held();

        /** Closes it, and leaves the crowd. */
        void end();
    }

    /** Of a member that is not sent away. */
    static final int NEEDED = Integer.MAX_VALUE;

    /** @param places connections at a time @param bytes that they may hold together */
    Crowd(int places, int bytes) {
        this.places = places;
        this.bytes = bytes;
    }

    /** @return whether there is a place for one more */
    boolean makePlace() {
        if (members.size() >= places) {
            spared().ifPresent(Member::end);
        }
        return members.size() < places;
    }

    void enter(Member member) {
        members.add(member);
    }

    void leave(Member member) {
        if (members.remove(member)) {
            held -= member.held();
        }
    }

    /**
     * To be called before a member holds more, or after it let go.
     *
     * @param more bytes; negative for less
     * @return whether it may
     */
    boolean hold(Member member, int more) {
        while (more > 0 && held + more > bytes) {
            Optional<Member> greediest = members.stream()
                    .filter(other -> other != member && other.held() > 0)
                    .max(Comparator.comparingInt(Member::held));
            if (greediest.isEmpty()) {
                return false;
            }
            greediest.get().end();
        }
        held += more;
        return true;
    }

    /** @return bytes that all hold together */
    int held() {
        return held;
    }

    private Optional<Member> spared() {
        Map<Object, Long> counts = members.stream()
                .collect(Collectors.groupingBy(Member::source, Collectors.counting()));
        Function<Member, Long> ofItsSource = member -> counts.get(member.source());
        Collection<Member> dispensable = members.stream().filter(member -> member.worth() != NEEDED).toList();
        // Of equals the first, which is the oldest.
        return dispensable.stream().min(
                Comparator.comparing(ofItsSource).reversed().thenComparingInt(Member::worth));
    }
}
