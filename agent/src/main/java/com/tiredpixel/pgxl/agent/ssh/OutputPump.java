package com.tiredpixel.pgxl.agent.ssh;

import com.tiredpixel.pgxl.agent.base.MonotonicClock;
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
 * of the channel nor more than a few packets that the socket has not taken yet are held in memory. The packets are small, but
 * while there is much to carry and the shared heap has room ({@link WideOutput}).
 */
final class OutputPump implements Runnable {
    private static final int SMALL = 2 * 1024;
    private static final int BULK = 8 * 1024;
    /** Small packets of all streams of one connection. */
    static final int MOST_UNSENT = 2;
    /** A client may stop reading for as long as it likes. */
    private static final Duration FOREVER = Duration.ofDays(36500);

    private final SessionChannel channel;
    private final InputStream stream;
    private final boolean isError;
    private final MonotonicClock clock;
    private final HeapShare share;
    private final Runnable whenDone;
    private final Semaphore unsent;
    private WideOutput wide;
    private volatile Duration readingSince;
    private Thread thread;
    private boolean stopped;
    private volatile boolean closing;

    OutputPump(
            SessionChannel channel, InputStream stream, boolean isError, SessionRuntime runtime, Runnable whenDone) {
        this.channel = channel;
        this.stream = stream;
        this.isError = isError;
        this.clock = runtime.clock();
        this.share = runtime.share();
        this.unsent = channel.unsentOutput();
        this.whenDone = whenDone;
    }

    @Override
    public void run() {
        synchronized (this) {
            thread = Thread.currentThread();
        }
        try (stream) {
            byte[] bytes = new byte[SMALL];
            for (int length = read(bytes); length >= 0 && !isStopped(); length = read(bytes)) {
                send(bytes, length);
                bytes = adapted(bytes, length);
            }
        } catch (IOException | InterruptedException | RuntimeException | Error e) {
            if (!isStopped() && channel.isOpen()) {
                // Output is lost: the client must not see a success.
                channel.breakConnection();
            }
        } finally {
            narrow();
            synchronized (this) {
                thread = null;
                Thread.interrupted(); // the thread is of a pool, and an interrupt was meant for this stream
            }
            whenDone.run();
        }
    }

    /** @return what to read into next: much only while the last read has brought more than a little */
    private byte[] adapted(byte[] bytes, int length) {
        if (wide == null && length == SMALL) {
            wide = WideOutput.of(share);
            return wide == null ? bytes : share.piece();
        }
        if (wide != null && length < SMALL) {
            narrow();
            share.reuse(bytes);
            return new byte[SMALL];
        }
        return bytes;
    }

    private void narrow() {
        if (wide != null) {
            wide.leave();
            wide = null;
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
        } catch (IOException e) {
            if (closing) {
                return -1;
            }
            throw e;
        } finally {
            readingSince = null;
        }
    }

    /** The stream is about to be closed on this side: then that is its end, and nothing is lost. */
    void expectEnd() {
        closing = true;
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
            write(packet(bytes, sent, part), part > BULK);
            sent += part;
        }
    }

    private void write(Buffer packet, boolean reuse) throws IOException, InterruptedException {
        Runnable givePlace = takePlace();
        IoWriteFuture written;
        try {
            written = channel.writePacket(packet);
        } catch (IOException | RuntimeException | Error e) {
            givePlace.run();
            throw e;
        }
        written.addListener(future -> {
            if (reuse && written.isWritten()) {
                share.reuse(packet);
            }
            givePlace.run();
        });
        if (written.getException() != null) {
            throw new IOException(written.getException());
        }
    }

    /** @return how to give it back */
    private Runnable takePlace() throws IOException, InterruptedException {
        WideOutput mine = wide;
        if (mine == null) {
            await(unsent);
            return unsent::release;
        }
        if (!mine.unsent().tryAcquire()) {
            if (share.take(HeapShare.Part.PACKETS, 1)) {
                return () -> share.give(HeapShare.Part.PACKETS, 1);
            }
            await(mine.unsent());
        }
        mine.use();
        return () -> {
            mine.unsent().release();
            mine.leave();
        };
    }

    private void await(Semaphore place) throws IOException, InterruptedException {
        while (!place.tryAcquire(1, TimeUnit.SECONDS)) {
            if (!channel.isOpen()) {
                throw new IOException("the channel is closed");
            }
        }
    }

    private Buffer packet(byte[] bytes, int start, int length) {
        Session session = channel.getSession();
        byte command = isError ? SshConstants.SSH_MSG_CHANNEL_EXTENDED_DATA : SshConstants.SSH_MSG_CHANNEL_DATA;
        Buffer buffer = length > BULK
                ? share.packet(session, command)
                : session.createBuffer(command, length + 3 * Integer.BYTES);
        buffer.putUInt(channel.getRecipient());
        if (isError) {
            buffer.putUInt(SshConstants.SSH_EXTENDED_DATA_STDERR);
        }
        buffer.putBytes(bytes, start, length);
        return buffer;
    }
}
