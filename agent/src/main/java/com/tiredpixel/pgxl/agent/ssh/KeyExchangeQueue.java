package com.tiredpixel.pgxl.agent.ssh;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.TimeUnit;
import org.apache.sshd.common.io.IoWriteFuture;
import org.apache.sshd.common.session.helpers.KeyExchangeMessageHandler;
import org.apache.sshd.common.session.helpers.PendingWriteFuture;
import org.apache.sshd.common.util.buffer.Buffer;
import org.slf4j.Logger;

/** Answers that wait for the end of a key exchange, which the client may never bring about. MINA would keep them all. */
final class KeyExchangeQueue extends KeyExchangeMessageHandler {
    private final BoundedSession bounded;

    KeyExchangeQueue(BoundedSession session, Logger log) {
        super(session, log);
        this.bounded = session;
    }

    @Override
    public IoWriteFuture writePacket(Buffer packet, long timeout, TimeUnit unit) throws IOException {
        try {
            return super.writePacket(packet, timeout, unit);
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    @Override
    protected PendingWriteFuture enqueuePendingPacket(int command, Buffer packet) {
        int cost;
        try {
            cost = bounded.takeRoom(packet);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        PendingWriteFuture future = super.enqueuePendingPacket(command, packet);
        future.addListener(over -> bounded.giveRoom(cost));
        return future;
    }
}
