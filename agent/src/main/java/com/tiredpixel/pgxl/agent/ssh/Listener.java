package com.tiredpixel.pgxl.agent.ssh;

import com.tiredpixel.pgxl.agent.base.EventLog;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousChannelGroup;
import java.nio.channels.AsynchronousServerSocketChannel;
import java.nio.channels.AsynchronousSocketChannel;
import java.nio.channels.CompletionHandler;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.sshd.common.PropertyResolver;
import org.apache.sshd.common.io.IoHandler;
import org.apache.sshd.common.io.nio2.Nio2Acceptor;
import org.apache.sshd.common.io.nio2.Nio2Session;
import org.apache.sshd.common.session.Session;
import org.apache.sshd.core.CoreModuleProperties;

/**
 * Listens in two steps and lets connections in by {@link Admission}. Between the steps the kernel completes
 * TCP connections and keeps them in the backlog: nothing is read, and no thread waits.
 */
final class Listener extends Nio2Acceptor {
    /** A place costs heap ({@link HeapNeeds#PER_STRANGER}), a connection in line a descriptor. */
    static final Admission.Limits LIMITS = new Admission.Limits(64, 24, 512, 256, 8, 64);

    private static final int MOST_KNOWN = 256;
    private static final int PIECE = 1024;
    private static final Duration REHEARSAL = Duration.ofSeconds(5);
    private static final Duration AFTER_FAILURE = Duration.ofMillis(100);

    private final AsynchronousChannelGroup group;
    private final ScheduledExecutorService timer;
    private final Duration loginGrace;
    private final Counters counters;
    private final StrangerLines lines;
    private final HeapShare share;
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

    Listener(
            PropertyResolver properties,
            IoHandler handler,
            AsynchronousChannelGroup group,
            ExecutorService executor,
            ScheduledExecutorService timer,
            Duration loginGrace,
            Counters counters,
            StrangerLines lines,
            HeapShare share,
            HeapRoom room) {
        super(null, properties, handler, group, executor);
        this.group = group;
        this.timer = timer;
        this.loginGrace = loginGrace;
        this.counters = counters;
        this.lines = lines;
        this.share = share;
        this.room = room;
    }

    /** A connection that has not logged in yet. */
    private static final class Guest {
        private final AsynchronousSocketChannel socket;
        private final SocketAddress local;
        private final SocketAddress remote;
        private volatile Nio2Session session;
        private volatile Future<?> deadline;
        private final AtomicBoolean countedOut = new AtomicBoolean();

        Guest(AsynchronousSocketChannel socket, SocketAddress local) throws IOException {
            this.socket = socket;
            this.local = local;
            this.remote = socket.getRemoteAddress();
        }
    }

    @Override
    public void bind(Collection<? extends SocketAddress> addresses) throws IOException {
        for (SocketAddress address : addresses) {
            AsynchronousServerSocketChannel socket =
                    setSocketOptions(AsynchronousServerSocketChannel.open(group));
            try {
                socket.bind(address, CoreModuleProperties.SOCKET_BACKLOG.getRequired(propertyResolver));
                channels.put(socket.getLocalAddress(), socket);
            } catch (IOException | RuntimeException e) {
                socket.close();
                throw new IOException(
                        "cannot listen for SSH on " + Text.endpoint(address) + ": " + Text.reason(e) + errno(e), e);
            }
        }
    }

    /** Java tells what strerror(3) says, and not the name by which manual pages explain it. */
    private static String errno(Exception e) {
        return switch (String.valueOf(e.getMessage())) {
            case "Address already in use" -> " (EADDRINUSE)";
            case "Permission denied" -> " (EACCES)";
            case "Cannot assign requested address" -> " (EADDRNOTAVAIL)";
            default -> "";
        };
    }

    /** The second step. */
    void accept() {
        channels.forEach((local, socket) -> socket.accept(local, new Accepted(socket)));
    }

    /** No more connections, and those that have not logged in yet go. */
    void closeToNewSessions() {
        unbind();
        for (var session : sessions.values()) {
            if (session.getAttribute(Guest.class) != null) {
                session.close(true);
            }
        }
    }

    private final class Accepted implements CompletionHandler<AsynchronousSocketChannel, SocketAddress> {
        private final AsynchronousServerSocketChannel server;

        Accepted(AsynchronousServerSocketChannel server) {
            this.server = server;
        }

        @Override
        public void completed(AsynchronousSocketChannel socket, SocketAddress local) {
            try {
                arrived(socket, local);
            } catch (Throwable e) {
                closeQuietly(socket);
            }
            acceptAgain(local);
        }

        /** Out of descriptors, for instance: at once the same would happen again. */
        @Override
        public void failed(Throwable e, SocketAddress local) {
            if (channels.containsKey(local) && server.isOpen()) {
                try {
                    lines.say(EventLog.Level.ERROR, "ssh", "accept", "cannot accept a connection: " + Text.reason(e));
                    timer.schedule(() -> acceptAgain(local), AFTER_FAILURE.toMillis(), TimeUnit.MILLISECONDS);
                } catch (Throwable lackOfHeap) {
                    acceptAgain(local);
                }
            }
        }

        /** Whatever happens: a port that accepts no more is as good as closed. */
        private void acceptAgain(SocketAddress local) {
            while (server.isOpen() && channels.containsKey(local)) {
                room.await();
                try {
                    server.accept(local, this);
                    return;
                } catch (RuntimeException e) {
                    return; // Closed in between.
                } catch (Error e) {
                    // The heap is full again.
                }
            }
        }
    }

    private void arrived(AsynchronousSocketChannel socket, SocketAddress local) throws IOException {
        var guest = new Guest(socket, local);
        counters.connected();
        try {
            admit(guest);
        } catch (Throwable e) {
            abandon(guest);
            throw e;
        }
    }

    private void admit(Guest guest) throws IOException {
        setSocketOptions(guest.socket);
        Admission.Decision<Guest> decision;
        synchronized (admission) {
            // Who is known keeps a line of its own, apart from strangers of the same site.
            boolean isKnown = known.contains(Network.link(guest.remote));
            decision = admission.arrived(
                    guest, isKnown ? Network.link(guest.remote) : Network.site(guest.remote), isKnown);
        }
        if (!decision.drop().contains(guest)) {
            guest.deadline = timer.schedule(() -> expire(guest), loginGrace.toMillis(), TimeUnit.MILLISECONDS);
        }
        carryOut(decision, "too many connections at once");
    }

    /** Each for itself: one that fails takes its turn from no other. */
    private void carryOut(Admission.Decision<Guest> decision, String reason) {
        for (Guest guest : decision.drop()) {
            try {
                drop(guest, reason);
            } catch (Throwable lackOfHeap) {
                closeQuietly(guest.socket);
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
        if (guest.session != null) {
            guest.session.close(true);
        } else {
            closeQuietly(guest.socket);
            countOut(guest);
        }
        lines.say(
                EventLog.Level.WARN,
                "ssh",
                guest.remote,
                "dropped the connection from " + Text.endpoint(guest.remote) + ", " + reason);
    }

    private void begin(Guest guest) {
        try {
            var session = new Connection(this, propertyResolver, getIoHandler(), guest.socket, guest.local, share, room);
            session.setAttribute(Guest.class, guest);
            guest.session = session;
            getIoHandler().sessionCreated(session);
            if (mapSession(session) != session || session.isClosing()) {
                session.close(true);
                unmapSession(session.getId());
            } else {
                session.startReading();
            }
        } catch (Exception | Error e) {
            abandon(guest);
            room.awaitAfter(e);
            lines.say(
                    EventLog.Level.ERROR,
                    "ssh",
                    guest.remote,
                    "cannot serve " + Text.endpoint(guest.remote) + ": " + Text.reason(e));
        }
    }

    private void abandon(Guest guest) {
        closeQuietly(guest.socket);
        try {
            if (guest.session != null) {
                guest.session.close(true);
            } else {
                countOut(guest);
            }
        } finally {
            leave(guest);
        }
    }

    private void countOut(Guest guest) {
        if (guest.countedOut.compareAndSet(false, true)) {
            counters.disconnected();
        }
    }

    /** @return whether it was in time */
    boolean authenticated(Session session) {
        if (session.getIoSession().removeAttribute(Guest.class) instanceof Guest guest) {
            synchronized (admission) {
                known.add(Network.link(guest.remote));
            }
            leave(guest);
            if (session.getIoSession() instanceof Connection connection) {
                connection.loggedIn();
            }
            return true;
        }
        return false;
    }

    @Override
    public void sessionClosed(Nio2Session session) {
        super.sessionClosed(session);
        if (session.getAttribute(Guest.class) instanceof Guest guest) {
            leave(guest);
            session.removeAttribute(Guest.class);
        }
        if (session instanceof Connection connection && connection.isCountedOutNow()) {
            counters.disconnected();
        }
    }

    private void expire(Guest guest) {
        Nio2Session session = guest.session;
        boolean late = session == null ? guest.socket.isOpen() : session.getAttribute(Guest.class) == guest;
        try {
            if (late) {
                drop(guest, "no login within " + loginGrace.toSeconds() + " s");
            }
        } finally {
            leave(guest);
        }
    }

    private void leave(Guest guest) {
        Future<?> deadline = guest.deadline;
        if (deadline != null) {
            deadline.cancel(false);
        }
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

    /**
     * Serves a connection of its own until it closes. A static initializer that fails for lack of heap has failed for ever
     * (JLS, section 12.4.2), and with it every connection: so those run now, and not when somebody connects and there is no
     * heap.
     */
    void rehearse() throws Exception {
        try (var door = AsynchronousServerSocketChannel.open(group)
                        .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
                var client = SocketChannel.open(door.getLocalAddress())) {
            var guest = new Guest(door.accept().get(REHEARSAL.toSeconds(), TimeUnit.SECONDS), door.getLocalAddress());
            setSocketOptions(guest.socket);
            guest.deadline = timer.schedule(() -> expire(guest), REHEARSAL.toMillis(), TimeUnit.MILLISECONDS);
            begin(guest);
            // It is no client, and counts as none.
            if (guest.session instanceof Connection connection) {
                connection.isCountedOutNow();
            }
            client.write(ByteBuffer.wrap("SSH-2.0-rehearsal\r\n".getBytes(StandardCharsets.US_ASCII)));
            client.shutdownOutput();
            var sink = ByteBuffer.allocate(PIECE);
            while (client.read(sink.clear()) >= 0) {
                // Its banner and its offer, until it closes, or the deadline does.
            }
        }
    }

    private static void closeQuietly(AsynchronousSocketChannel socket) {
        try {
            socket.close();
        } catch (IOException e) {
            // There is nothing left to do for it.
        }
    }
}
