package com.tiredpixel.pgxl.agent.ssh;

import com.tiredpixel.pgxl.agent.os.ReadyOutput;
import java.io.IOException;
import java.util.Arrays;
import java.util.concurrent.Executor;
import org.apache.sshd.common.channel.LocalWindow;
import org.apache.sshd.server.channel.ChannelDataReceiver;
import org.apache.sshd.server.channel.ChannelSession;

/**
 * Carries what the client sends to a command. MINA's I/O thread puts it here without waiting: a little goes into
 * the pipe at once, if that has room; a thread writes the rest, and exists only while there is something to write. The
 * window of the channel opens again at once as long as the shared heap has room, and else by what the command has
 * read.
 */
final class InputPump implements ChannelDataReceiver {
    private static final byte[] NOTHING = new byte[0];
    private static final int MOST_READ_AHEAD = 256 * 1024;
    /** A question over SFTP, or a key pressed; bulk gains nothing. */
    private static final int MOST_DIRECT = 4096;

    private final Executor executor;
    private final HeapShare share;
    private final LocalWindow window;
    private final boolean closesAtEnd;
    private final Runnable unwanted;

    private byte[] waiting = NOTHING;
    private int size;
    private int borrowed;
    private ReadyOutput sink;
    private boolean ended;
    private boolean writing;
    private boolean closed;

    /**
     * @param window of the channel
     * @param closesAtEnd whether the end of the client's input closes the sink; a terminal stays open
     * @param unwanted called when the command has closed its end
     */
    InputPump(Executor executor, HeapShare share, LocalWindow window, boolean closesAtEnd, Runnable unwanted) {
        this.executor = executor;
        this.share = share;
        this.window = window;
        this.closesAtEnd = closesAtEnd;
        this.unwanted = unwanted;
    }

    /** @return how much the window may open again right now */
    @Override
    public synchronized int data(ChannelSession channel, byte[] bytes, int start, int length) {
        if (closed) {
            return length;
        }
        int written = writeReady(bytes, start, length);
        int left = length - written;
        if (left == 0) {
            return length;
        }
        if (size + left > waiting.length) {
            waiting = Arrays.copyOf(waiting, Math.max(size + left, Math.min(2 * waiting.length, size + 65536)));
        }
        System.arraycopy(bytes, start + written, waiting, size, left);
        size += left;
        writeSoon();
        if (borrowed + left <= MOST_READ_AHEAD && share.takeInput(left)) {
            borrowed += left;
            return length;
        }
        return written;
    }

    private int writeReady(byte[] bytes, int start, int length) {
        if (sink == null || writing || size > 0 || length > MOST_DIRECT) {
            return 0;
        }
        try {
            return sink.writeReady(bytes, start, length);
        } catch (IOException e) {
            return 0; // The thread that writes will meet it again, and tells.
        }
    }

    /** The client has no more to say. */
    @Override
    public synchronized void close() {
        ended = true;
        writeSoon();
    }

    /** The command is there. */
    synchronized void attach(ReadyOutput newSink) {
        sink = newSink;
        if (closed) {
            closeSink();
        } else {
            writeSoon();
        }
    }

    /** Nobody will read it any more. */
    void shut() {
        int left;
        synchronized (this) {
            closed = true;
            left = size;
            size = 0;
            waiting = NOTHING;
            closeSink();
        }
        release(left);
    }

    private void writeSoon() {
        if (sink == null || writing || closed) {
            return;
        }
        if (size > 0) {
            writing = true;
            executor.execute(this::write);
        } else if (ended) {
            endSink();
        }
    }

    private void endSink() {
        if (closesAtEnd) {
            closed = true;
            closeSink();
        }
    }

    private void write() {
        byte[] spare = NOTHING;
        while (true) {
            byte[] bytes;
            int length;
            synchronized (this) {
                if (size == 0 || closed) {
                    writing = false;
                    if (ended && !closed) {
                        endSink();
                    }
                    return;
                }
                bytes = waiting;
                length = size;
                waiting = spare;
                size = 0;
            }
            boolean written = write(bytes, length);
            release(length);
            if (!written) {
                shut();
                unwanted.run();
                return;
            }
            spare = bytes;
        }
    }

    private boolean write(byte[] bytes, int length) {
        try {
            sink.write(bytes, 0, length);
            sink.flush();
            return true;
        } catch (IOException | RuntimeException e) {
            return false; // The command has closed its end, or has gone.
        }
    }

    /** What was read ahead goes back to the share, the rest opens the window. */
    private void release(int length) {
        int lent;
        synchronized (this) {
            lent = Math.min(borrowed, length);
            borrowed -= lent;
        }
        share.giveInput(lent);
        try {
            if (length > lent && window.isOpen()) {
                window.release(length - lent);
            }
        } catch (IOException e) {
            // The channel is closing, and its window with it.
        }
    }

    private void closeSink() {
        if (sink != null) {
            try {
                sink.close();
            } catch (IOException e) {
                // A closed pipe is what was wanted.
            }
        }
    }
}
