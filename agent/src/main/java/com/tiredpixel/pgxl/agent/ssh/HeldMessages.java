package com.tiredpixel.pgxl.agent.ssh;

import java.util.ArrayDeque;
import java.util.Queue;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.SshException;
import org.apache.sshd.common.util.buffer.Buffer;
import org.apache.sshd.common.util.buffer.ByteArrayBuffer;

/**
 * Messages of one client that wait until the keys are read by which it wants to log in, in their order. MINA has an
 * {@code AsyncAuthException} for such a wait, but takes its result for the whole verdict: no signature would be looked at.
 */
final class HeldMessages {
    /** A client that waits for answers has one message under way; OpenSSH's always does. */
    private static final int MOST_MESSAGES = 8;
    private static final long LONGEST_HANDLING = 10_000_000_000L;
    /** Of those behind the first. */
    private static final int MOST_BYTES = 4 * 1024;

    private final KeyReader reader;
    private final String user;
    private final Handler handler;
    private final Queue<Buffer> held = new ArrayDeque<>();
    private int bytes;
    private volatile State state = State.IDLE;
    private boolean over;

    private enum State {
        /** Nothing waits. */
        IDLE,
        /** Keys are read. */
        READING,
        /** They are read, and what has waited is handled: a moment, without any disk. */
        HANDLING
    }

    /** Handles a message that has waited. */
    interface Handler {
        /** @param keys what was read for it; null if it needs none */
        void handle(Buffer message, KeyReader.Reading keys);
    }

    /** @param user who may log in: for others no keys are read */
    HeldMessages(KeyReader reader, String user, Handler handler) {
        this.reader = reader;
        this.user = user;
        this.handler = handler;
    }

    /**
     * @param message from its number on
     * @return whether it is kept, and will be handled later by another thread
     * @throws SshException if too much waits already
     */
    boolean keeps(Buffer message) throws SshException {
        synchronized (this) {
            awaitHandled();
            boolean begins = state == State.IDLE;
            if (over || begins && !needsKeys(message)) {
                return over;
            }
            bytes += message.available();
            if (held.size() >= MOST_MESSAGES || bytes > MOST_BYTES && !begins) {
                end();
                throw new SshException(
                        SshConstants.SSH2_DISCONNECT_PROTOCOL_ERROR, "too many messages before the answer to a login");
            }
            held.add(new ByteArrayBuffer(message.getCompactData()));
            state = State.READING;
            if (!begins) {
                return true;
            }
        }
        reader.read(this::goOn);
        return true;
    }

    /** A client that has just logged in may send as fast as it can, and what it sends comes after what has waited. */
    private void awaitHandled() throws SshException {
        long end = System.nanoTime() + LONGEST_HANDLING;
        while (state == State.HANDLING && !over) {
            long millis = (end - System.nanoTime()) / 1_000_000;
            if (millis <= 0) {
                throw new SshException(SshConstants.SSH2_DISCONNECT_BY_APPLICATION, "a login takes too long");
            }
            try {
                wait(millis);
            } catch (InterruptedException e) {
                continue;
            }
        }
    }

    /** Whether nothing waits. As it is asked by the one thread that brings messages, that stays so until the next one. */
    boolean isIdle() {
        return state == State.IDLE;
    }

    /** The connection ends: what waits is dropped, and so is whatever comes. */
    synchronized void end() {
        over = true;
        held.clear();
        notifyAll();
    }

    private void goOn(KeyReader.Reading keys) {
        handler.handle(next(), keys);
        for (Buffer next = ready(); next != null; next = ready()) {
            handler.handle(next, null);
        }
    }

    /** @return null once the connection has ended */
    private synchronized Buffer next() {
        state = State.HANDLING;
        Buffer next = held.poll();
        bytes -= next == null ? bytes : next.available();
        return next;
    }

    /** @return the next that needs no keys; null if there is none, or one that needs them, for which they are read then */
    private Buffer ready() {
        synchronized (this) {
            if (held.isEmpty()) {
                state = State.IDLE;
                notifyAll();
                return null;
            }
            if (!needsKeys(held.peek())) {
                return next();
            }
            state = State.READING;
            notifyAll();
        }
        reader.read(this::goOn);
        return null;
    }

    /** Whether it is a request to log in by a key, RFC 4252, section 7. */
    private boolean needsKeys(Buffer message) {
        if (message.available() == 0 || message.array()[message.rpos()] != SshConstants.SSH_MSG_USERAUTH_REQUEST) {
            return false;
        }
        var copy = new ByteArrayBuffer(message.array(), message.rpos() + 1, message.available() - 1, true);
        try {
            String name = copy.getString();
            copy.getString();
            return name.equals(user) && copy.getString().equals("publickey");
        } catch (RuntimeException malformed) {
            return false;
        }
    }
}
