package com.tiredpixel.pgxl.agent.ssh;

import com.tiredpixel.pgxl.agent.base.EventLog;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.channels.AsynchronousChannelGroup;
import java.nio.channels.AsynchronousServerSocketChannel;
import java.nio.channels.AsynchronousSocketChannel;
import java.nio.channels.CompletionHandler;
import java.time.Duration;
import java.util.Collection;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.sshd.common.PropertyResolver;
import org.apache.sshd.common.io.IoHandler;
import org.apache.sshd.common.io.nio2.Nio2Acceptor;
import org.apache.sshd.common.io.nio2.Nio2Session;
import org.apache.sshd.common.session.Session;
import org.apache.sshd.core.CoreModuleProperties;

/**
 * Listens in two steps, and hands connections to {@link Guests}. Between the steps the kernel completes
 * TCP connections and keeps them in the backlog: nothing is read, and no thread waits.
 */
final class Listener extends Nio2Acceptor {
    private static final Duration AFTER_FAILURE = Duration.ofMillis(100);

    private final AsynchronousChannelGroup group;
    private final ScheduledExecutorService timer;
    private final Counters counters;
    private final StrangerLines lines;
    private final HeapShare share;
    private final HeapRoom room;
    private final Guests guests;

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
        this.counters = counters;
        this.lines = lines;
        this.share = share;
        this.room = room;
        this.guests = new Guests(this::serve, timer, loginGrace, counters, lines, room);
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
            if (Guest.of(session) != null) {
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
                guests.arrived(socket, local);
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

    private void serve(Guest guest) throws Exception {
        setSocketOptions(guest.socket());
        var session = new Connection(this, propertyResolver, getIoHandler(), guest.socket(), guest.local(), share, room);
        guest.serveBy(session);
        getIoHandler().sessionCreated(session);
        if (mapSession(session) != session || session.isClosing()) {
            session.close(true);
            unmapSession(session.getId());
        } else {
            session.startReading();
        }
    }

    /** As {@link Rehearsal} says. */
    void rehearse() throws Exception {
        Rehearsal.hold(guests, group);
    }

    void authenticated(Session session) {
        if (session.getIoSession().removeAttribute(Guest.class) instanceof Guest guest) {
            guests.loggedIn(guest);
            if (session.getIoSession() instanceof Connection connection) {
                connection.loggedIn();
            }
        }
    }

    @Override
    public void sessionClosed(Nio2Session session) {
        super.sessionClosed(session);
        Guest guest = Guest.of(session);
        if (guest != null) {
            guests.leave(guest);
            session.removeAttribute(Guest.class);
        }
        if (session instanceof Connection connection && connection.isCountedOutNow()) {
            counters.disconnected();
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
