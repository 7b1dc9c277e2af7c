package com.tiredpixel.pgxl.agent.ssh;

import com.tiredpixel.pgxl.agent.base.MonotonicClock;
import java.io.IOException;
import java.time.Duration;
import org.apache.sshd.common.PropertyResolver;
import org.apache.sshd.common.channel.LocalWindow;

/**
 * How much a client may send ahead of what the command has read, RFC 4254, section 5.2: 8 KiB on every channel, whatever the
 * others do, then 64 KiB, and twice as much each time that half of it is used up at once, up to 1 MiB, while there is room
 * ({@link HeapShare.Part#INPUT}). A rate over a network is this over the round trip; OpenSSH gives each channel 2 MiB.
 */
final class InputWindow extends LocalWindow {
    /** Two short packets. */
    static final int NARROWEST = 2 * IncomingPackets.SHORT_PACKET;
    /** Of whoever sends more than that. */
    static final int USUAL = 64 * 1024;
    static final int WIDEST = 1024 * 1024;
    private static final Duration AT_ONCE = Duration.ofMillis(200);

    private final HeapShare share;
    private final MonotonicClock clock;
    private final Announcement announcement;
    private int width = NARROWEST;
    /** Read by the command, and not announced yet. */
    private long read;
    private Duration lastAnnounced;

    /** Tells the client how much more it may send. */
    @FunctionalInterface
    interface Announcement {
        void more(long bytes) throws IOException;
    }

    InputWindow(SessionChannel channel, HeapShare share, MonotonicClock clock, Announcement announcement) {
        super(channel, false);
        this.share = share;
        this.clock = clock;
        this.announcement = announcement;
        this.lastAnnounced = clock.now().minus(AT_ONCE);
    }

    /** @param longPackets whether the client may send packets of bulk */
    void begin(boolean longPackets, PropertyResolver properties) {
        init(NARROWEST, longPackets ? IncomingPackets.BULK_PACKET : IncomingPackets.SHORT_PACKET, properties);
    }

    /** @return whether it is as wide as usual now */
    boolean widenToUsual() throws IOException {
        int more;
        synchronized (lock) {
            if (width >= USUAL) {
                return true;
            }
            more = widen();
            updateSize(getSize() + more);
        }
        if (more > 0) {
            announcement.more(more);
        }
        return more > 0;
    }

    @Override
    public void release(long length) throws IOException {
        long more;
        synchronized (lock) {
            read += length;
            if (getSize() > width / 2 || read < width / 8) {
                return;
            }
            more = read + wider();
            read = 0;
            updateSize(getSize() + more);
        }
        announcement.more(more);
    }

    private int wider() {
        Duration now = clock.now();
        boolean atOnce = now.minus(lastAnnounced).compareTo(AT_ONCE) < 0;
        lastAnnounced = now;
        return atOnce || width < USUAL ? widen() : 0;
    }

    private int widen() {
        int more = width < USUAL ? USUAL - width : width;
        if (width == WIDEST || !isOpen() || !share.take(HeapShare.Part.INPUT, more)) {
            return 0;
        }
        width += more;
        return more;
    }

    /** What was lent goes back; what has come and was not read, the pump throws away. */
    @Override
    public void close() throws IOException {
        super.close();
        synchronized (lock) {
            share.give(HeapShare.Part.INPUT, width - NARROWEST);
            width = NARROWEST;
        }
    }
}
