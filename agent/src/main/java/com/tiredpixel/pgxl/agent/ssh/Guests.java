package com.tiredpixel.pgxl.agent.ssh;

import com.tiredpixel.pgxl.agent.base.EventLog;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.channels.AsynchronousSocketChannel;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * The connections that have not logged in: {@link Admission} decides which of them are served, wait in line or have to go, and
 * none stays for longer than the time to log in.
 */
final class Guests {
    /** A place costs heap ({@link HeapNeeds#PER_STRANGER}), a connection in line a descriptor. */
    static final Admission.Limits LIMITS = new Admission.Limits(64, 24, 512, 256, 8, 64);

    private static final int MOST_KNOWN = 256;

    private final Service service;
    private final ScheduledExecutorService timer;
    private final Duration loginGrace;
    private final Counters counters;
    private final StrangerLines lines;
    private final HeapRoom room;
    private final Admission<Guest> admission = new Admission<>(LIMITS);
    /** Where the last logins came from. */
    private final Set<String> known = Collections.newSetFromMap(new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Boolean> eldest) {
            return size() > MOST_KNOWN;
        }
    });

    /** Begins the session of a connection that has a place. */
    @FunctionalInterface
    interface Service {
        void serve(Guest guest) throws Exception;
    }

    Guests(
            Service service,
            ScheduledExecutorService timer,
            Duration loginGrace,
            Counters counters,
            StrangerLines lines,
            HeapRoom room) {
        this.service = service;
        this.timer = timer;
        this.loginGrace = loginGrace;
        this.counters = counters;
        this.lines = lines;
        this.room = room;
    }

    void arrived(AsynchronousSocketChannel socket, SocketAddress local) throws IOException {
        var guest = new Guest(socket, local);
        counters.connected();
        try {
            admit(guest);
        } catch (Throwable e) {
            abandon(guest);
            throw e;
        }
    }

    private void admit(Guest guest) {
        Admission.Decision<Guest> decision;
        synchronized (admission) {
            // Who is known keeps a line of its own, apart from strangers of the same site.
            boolean isKnown = known.contains(Network.link(guest.remote()));
            decision = admission.arrived(
                    guest, isKnown ? Network.link(guest.remote()) : Network.site(guest.remote()), isKnown);
        }
        if (!decision.drop().contains(guest)) {
            endIn(loginGrace, guest);
        }
        carryOut(decision, "too many connections at once");
    }

    private void endIn(Duration time, Guest guest) {
        guest.endBy(timer.schedule(() -> expire(guest), time.toMillis(), TimeUnit.MILLISECONDS));
    }

    /** Each for itself: one that fails takes its turn from no other. */
    private void carryOut(Admission.Decision<Guest> decision, String reason) {
        for (Guest guest : decision.drop()) {
            try {
                drop(guest, reason);
            } catch (Throwable lackOfHeap) {
                guest.closeSocket();
            }
        }
        for (Guest guest : decision.begin()) {
            try {
                begin(guest);
            } catch (Throwable lackOfHeap) {
                abandon(guest);
            }
        }
    }

    private void drop(Guest guest, String reason) {
        counters.connectionRefused();
        if (guest.session() != null) {
            guest.session().close(true);
        } else {
            guest.closeSocket();
            countOut(guest);
        }
        lines.say(
                EventLog.Level.WARN,
                "ssh",
                guest.remote(),
                "dropped the connection from " + Text.endpoint(guest.remote()) + ", " + reason);
    }

    private void begin(Guest guest) {
        try {
            service.serve(guest);
        } catch (Exception | Error e) {
            abandon(guest);
            room.awaitAfter(e);
            lines.say(
                    EventLog.Level.ERROR,
                    "ssh",
                    guest.remote(),
                    "cannot serve " + Text.endpoint(guest.remote()) + ": " + Text.reason(e));
        }
    }

    private void abandon(Guest guest) {
        guest.closeSocket();
        try {
            if (guest.session() != null) {
                guest.session().close(true);
            } else {
                countOut(guest);
            }
        } finally {
            leave(guest);
        }
    }

    private void countOut(Guest guest) {
        if (guest.isCountedOutNow()) {
            counters.disconnected();
        }
    }

    void loggedIn(Guest guest) {
        synchronized (admission) {
            known.add(Network.link(guest.remote()));
        }
        leave(guest);
    }

    /** Serves one that is no client, counts as none, and does not log in. */
    void serveUncounted(Guest guest, Duration time) {
        endIn(time, guest);
        begin(guest);
        if (guest.session() instanceof Connection connection) {
            connection.isCountedOutNow();
        }
    }

    private void expire(Guest guest) {
        boolean isLate = guest.session() == null ? guest.socket().isOpen() : Guest.of(guest.session()) == guest;
        try {
            if (isLate) {
                drop(guest, "no login within " + loginGrace.toSeconds() + " s");
            }
        } finally {
            leave(guest);
        }
    }

    void leave(Guest guest) {
        guest.cancelDeadline();
        carryOut(left(guest), "");
    }

    /** Waits for heap if there is none: a place that is not given back is lost to all. */
    private Admission.Decision<Guest> left(Guest guest) {
        while (true) {
            try {
                synchronized (admission) {
                    return admission.left(guest);
                }
            } catch (OutOfMemoryError e) {
                if (!room.await()) {
                    throw e;
                }
            }
        }
    }
}
