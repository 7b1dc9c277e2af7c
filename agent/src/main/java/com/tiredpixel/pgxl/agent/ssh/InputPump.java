package com.tiredpixel.pgxl.agent.ssh;

import com.tiredpixel.pgxl.agent.os.ReadyOutput;
import java.io.IOException;
import java.util.concurrent.Executor;
import org.apache.sshd.common.channel.LocalWindow;
import org.apache.sshd.server.channel.ChannelDataReceiver;
import org.apache.sshd.server.channel.ChannelSession;

/**
 * Carries what the client sends to a command. MINA's I/O thread puts it here without waiting: a little goes into
 * the pipe at once, if that has room; a thread writes the rest, and exists only while there is something to write. The
 * window of the channel opens again by what the command's pipe has taken.
 */
final class InputPump implements ChannelDataReceiver {
    /** A question over SFTP, or a key pressed; bulk gains nothing. */
    private static final int MOST_DIRECT = 4096;

    private final Executor executor;
    private final LocalWindow window;
    private final boolean closesAtEnd;
    private final Runnable unwanted;

    private final WaitingInput waiting;
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
        this.waiting = new WaitingInput(share);
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
        if (written < length) {
            waiting.add(bytes, start + written, length - written);
            writeSoon();
        }
        return written;
    }

    private int writeReady(byte[] bytes, int start, int length) {
        if (sink == null || writing || !waiting.isEmpty() || length > MOST_DIRECT) {
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
            left = waiting.clear();
            closeSink();
        }
        release(left);
    }

    private void writeSoon() {
        if (sink == null || writing || closed) {
            return;
        }
        if (!waiting.isEmpty()) {
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
        WaitingInput.Piece piece = null;
        while (true) {
            synchronized (this) {
                if (piece != null) {
                    waiting.reuse(piece);
                }
                piece = closed ? null : waiting.take();
                if (piece == null) {
                    writing = false;
                    if (ended && !closed) {
                        endSink();
                    }
                    return;
                }
            }
            boolean written = write(piece.bytes(), piece.length());
            release(piece.length());
            if (!written) {
                shut();
                unwanted.run();
                return;
            }
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

    private void release(int length) {
        try {
            if (length > 0 && window.isOpen()) {
                window.release(length);
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
