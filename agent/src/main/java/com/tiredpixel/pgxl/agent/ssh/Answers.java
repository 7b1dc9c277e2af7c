package com.tiredpixel.pgxl.agent.ssh;

import java.util.concurrent.Semaphore;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.util.buffer.Buffer;

/**
 * How much heap may be taken by answers that wait for their sockets. A client decides how many it asks for, and whether it
 * reads them; MINA keeps them all. What commands print is no answer: {@link OutputPump} waits for the socket.
 *
 * <p>A connection has a little of its own, and once its client has logged in may borrow more, of what all share.
 */
final class Answers {
    /** An answer that waits costs more in objects around it than in bytes: measured, some 300. */
    static final int OVERHEAD = 320;
    /** What a key exchange says at once, if the kernel has no room for any of it, and forty small answers. */
    static final int OF_STRANGERS = 16 * 1024;
    /** Ten small answers that the kernel has no room for either. A client reads, or has gone. */
    private static final int OWN = 4 * 1024;
    private static final int MOST = 256 * 1024;
    static final int SHARED = 768 * 1024;

    private final int ofStrangers;
    private final int own;
    private final int most;
    private final Semaphore shared;

    /**
     * @param ofStrangers bytes that each connection may have waiting before its client has logged in
     * @param own the same of one whose client has
     * @param most the same with what it borrows
     * @param shared bytes beyond their own that all connections may have together
     */
    Answers(int ofStrangers, int own, int most, int shared) {
        this.ofStrangers = ofStrangers;
        this.own = own;
        this.most = most;
        this.shared = new Semaphore(shared);
    }

    static Answers bounded() {
        return new Answers(OF_STRANGERS, OWN, MOST, SHARED);
    }

    /** @return how much heap a packet takes as an answer, while it waits; nothing if it is none */
    static int cost(Buffer packet, boolean loggedIn) {
        int number = packet.array()[packet.rpos()] & 0xff;
        // Of a key exchange two or three messages: without having read them a client cannot exchange keys again.
        boolean isExchange = number >= SshConstants.SSH_MSG_KEXINIT && number <= SshConstants.SSH_MSG_KEX_LAST;
        boolean isOutput = number == SshConstants.SSH_MSG_CHANNEL_DATA || number == SshConstants.SSH_MSG_CHANNEL_EXTENDED_DATA;
        return isOutput || isExchange && loggedIn ? 0 : packet.array().length + OVERHEAD;
    }

    Account open() {
        return new Account();
    }

    /** That of one connection. */
    final class Account {
        private int waiting;
        private int lent;
        private boolean mayBorrow;
        private boolean closed;

        synchronized void loggedIn() {
            mayBorrow = true;
        }

        /** @return whether there is room for so many more bytes; then they are counted */
        synchronized boolean add(int bytes) {
            long wanted = (long) waiting + bytes;
            if (closed || wanted > (mayBorrow ? most : ofStrangers)) {
                return false;
            }
            int more = (int) Math.max(0, wanted - own) - lent;
            if (mayBorrow && more > 0 && !shared.tryAcquire(more)) {
                return false;
            }
            lent += mayBorrow ? Math.max(0, more) : 0;
            waiting = (int) wanted;
            return true;
        }

        /** So many bytes are on their way, or given up. */
        synchronized void remove(int bytes) {
            if (!closed) {
                waiting -= bytes;
                giveBack(Math.max(0, waiting - own));
            }
        }

        /** With what still waits: nobody may ever tell. */
        synchronized void close() {
            closed = true;
            giveBack(0);
        }

        synchronized int waiting() {
            return waiting;
        }

        private void giveBack(int still) {
            if (lent > still) {
                shared.release(lent - still);
                lent = still;
            }
        }
    }
}
