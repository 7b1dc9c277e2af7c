package com.tiredpixel.pgxl.agent.log;

import com.tiredpixel.pgxl.agent.base.EventLog;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.nio.channels.WritableByteChannel;
import java.time.Duration;
import java.time.InstantSource;

/**
 * The log of the agent: formats lines and hands them to a bounded queue in front of standard output. No method
 * waits for the reader of standard output but {@link #flush}, and none throws.
 */
public final class AgentLog implements EventLog, ServerLines, AutoCloseable {
    /** Two seconds of a server that prints as fast as {@link ServerOutput} lets it, in lines of 256 bytes. */
    private static final int MAXIMUM_BYTES = 1024 * 1024;
    private static final int MAXIMUM_LINES = 8 * 1024;

    private final InstantSource wallClock;
    private final LineSink sink;
    private final Form form;
    private volatile Level level;

    /** What a line looks like. */
    public enum Form {
        /** For people. */
        TEXT,
        /** One object a line, for programs. */
        JSON
    }

    /**
     * @param channel where lines go; see {@link #standardOutput}
     * @param wallClock for the time on each line
     * @param level the least important event to log
     * @param form what a line looks like
     */
    public AgentLog(WritableByteChannel channel, InstantSource wallClock, Level level, Form form) {
        this.form = form;
        this.wallClock = wallClock;
        this.level = level;
        this.sink = new LineSink(channel, MAXIMUM_BYTES, MAXIMUM_LINES, (refused, unmade) -> format(
                Level.WARN, "agent", gap(refused, unmade)));
    }

    private static String gap(long refused, long unmade) {
        String full = refused + " log lines, because standard output took no more";
        String none = unmade + " log lines that could not be made, as when there is no memory";
        return "left out " + (unmade == 0 ? full : refused == 0 ? none : full + "; and " + none);
    }

    /**
     * Descriptor 1 as a channel. Whoever interrupts a thread that writes to it closes it: the channel is for
     * the log's own thread only.
     */
    @SuppressWarnings("resource")
    public static WritableByteChannel standardOutput() {
        return new FileOutputStream(FileDescriptor.out).getChannel();
    }

    @Override
    public void event(Level eventLevel, String subject, String message) {
        if (!isEnabled(eventLevel)) {
            return;
        }
        try {
            sink.offer(
                    format(eventLevel, String.valueOf(subject), String.valueOf(message)), LineSink.Importance.EVENT);
        } catch (Throwable failure) {
            leftOut();
        }
    }

    /** Printed at any level: what a server has to say is for the operator to judge. */
    @Override
    public void line(String subject, String text, long cutBytes) {
        try {
            byte[] line = form == Form.JSON
                    ? JsonFormat.serverLine(wallClock.instant(), subject, text, cutBytes)
                    : LineFormat.serverLine(wallClock.instant(), subject, text, cutBytes);
            sink.offer(line, LineSink.Importance.SERVER);
        } catch (Throwable failure) {
            leftOut();
        }
    }

    /**
     * Counts a line that could not even be made; a later line tells how many. A heap that is full for the moment is no
     * reason for whoever logs to fail, so this needs no memory.
     */
    @Override
    public void leftOut() {
        sink.leaveOut();
    }

    /** @return whether events of this level are logged: a comparison, to spare the making of a message */
    public boolean isEnabled(Level eventLevel) {
        return eventLevel.compareTo(level) >= 0;
    }

    /** @param least the least important event to log from now on */
    public void setLevel(Level least) {
        level = least;
    }

    /**
     * Waits until everything logged so far has been written.
     *
     * @return whether that came true within the time
     */
    public boolean flush(Duration timeout) {
        return sink.flush(timeout);
    }

    private byte[] format(Level eventLevel, String subject, String message) {
        return form == Form.JSON
                ? JsonFormat.event(wallClock.instant(), eventLevel, subject, message)
                : LineFormat.event(wallClock.instant(), eventLevel, subject, message);
    }

    /** Ends the thread behind the log; lines logged from now on are lost. */
    @Override
    public void close() {
        sink.close();
    }
}
