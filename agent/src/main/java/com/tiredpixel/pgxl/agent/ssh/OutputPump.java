package com.tiredpixel.pgxl.agent.ssh;

import com.tiredpixel.pgxl.agent.os.MonotonicClock;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.channel.RemoteWindow;
import org.apache.sshd.common.io.IoWriteFuture;
import org.apache.sshd.common.session.Session;
import org.apache.sshd.common.util.buffer.Buffer;

/**
 * Carries one stream of a command to the client, as fast as the client takes it: neither more than the window
 * of the channel nor more than a few packets that the socket has not taken yet are held in memory.
 */
final class OutputPump implements Runnable {
    private static final int BUFFER = 32 * 1024;
    private static final int MOST_UNSENT = 8;
    /** A client may stop reading for as long as it likes. */
    private static final Duration FOREVER = Duration.ofDays(36500);

    private final SessionChannel channel;
    private final InputStream stream;
    private final boolean isError;
    private final MonotonicClock clock;
    private final Runnable whenDone;
    private final Semaphore unsent = new Semaphore(MOST_UNSENT);
    private volatile Duration readingSince;
    private Thread thread;
    private boolean stopped;

    OutputPump(
            SessionChannel channel, InputStream stream, boolean isError, MonotonicClock clock, Runnable whenDone) {
        this.channel = channel;
        this.stream = stream;
        this.isError = isError;
        this.clock = clock;
        this.whenDone = whenDone;
    }

    @Override
    public void run() {
        synchronized (this) {
            thread = Thread.currentThread();
        }
        try (stream) {
            byte[] bytes = new byte[BUFFER];
            for (int length = read(bytes); length >= 0 && !isStopped(); length = read(bytes)) {
                send(bytes, length);
            }
        } catch (IOException | InterruptedException e) {
            // The client has gone or wants no more, or the terminal was hung up.
        } finally {
            synchronized (this) {
                thread = null;
                Thread.interrupted(); // the thread is of a pool, and an interrupt was meant for this stream
            }
            whenDone.run();
        }
    }

    private synchronized boolean isStopped() {
        return stopped;
    }

    /** Closes the stream, and gives up what was read and not sent, wherever the pump may wait. */
    synchronized void stop() {
        stopped = true;
        try {
            stream.close();
        } catch (IOException e) {
            // A closed pipe is what was wanted.
        }
        if (thread != null) {
            thread.interrupt();
        }
    }

    private int read(byte[] bytes) throws IOException {
        readingSince = clock.now();
        try {
            return stream.read(bytes);
        } finally {
            readingSince = null;
        }
    }

    /** @return whether it has been waiting for output for so long, and there still is none */
    boolean isIdle(Duration quiet) {
        Duration since = readingSince;
        try {
            return since != null && clock.now().minus(since).compareTo(quiet) >= 0 && stream.available() == 0;
        } catch (IOException e) {
            return true;
        }
    }

    private void send(byte[] bytes, int length) throws IOException, InterruptedException {
        RemoteWindow window = channel.getRemoteWindow();
        for (int sent = 0; sent < length; ) {
            long space = Math.min(window.waitForSpace(FOREVER), window.getPacketSize());
            int part = (int) Math.min(space, length - sent);
            window.waitAndConsume(part, FOREVER);
            takePlace();
            IoWriteFuture written = channel.writePacket(packet(bytes, sent, part));
            written.addListener(future -> unsent.release());
            if (written.getException() != null) {
                throw new IOException(written.getException());
            }
            sent += part;
        }
    }

    private void takePlace() throws IOException, InterruptedException {
        while (!unsent.tryAcquire(1, TimeUnit.SECONDS)) {
            if (!channel.isOpen()) {
                throw new IOException("the channel is closed");
            }
        }
    }

    private Buffer packet(byte[] bytes, int start, int length) {
        Session session = channel.getSession();
        Buffer buffer = session.createBuffer(
                isError ? SshConstants.SSH_MSG_CHANNEL_EXTENDED_DATA : SshConstants.SSH_MSG_CHANNEL_DATA,
                length + 3 * Integer.BYTES);
        buffer.putUInt(channel.getRecipient());
        if (isError) {
            buffer.putUInt(SshConstants.SSH_EXTENDED_DATA_STDERR);
        }
        buffer.putBytes(bytes, start, length);
        return buffer;
    }
}
