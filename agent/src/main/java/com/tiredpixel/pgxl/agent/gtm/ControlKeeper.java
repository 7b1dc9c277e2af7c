package com.tiredpixel.pgxl.agent.gtm;

import com.tiredpixel.pgxl.agent.base.Daemon;
import com.tiredpixel.pgxl.agent.base.EventLog;
import com.tiredpixel.pgxl.agent.base.EventLog.Level;
import com.tiredpixel.pgxl.agent.gtm.ControlCopies.Known;
import com.tiredpixel.pgxl.agent.node.GtmControl;
import com.tiredpixel.pgxl.agent.node.GtmControl.Reading;
import com.tiredpixel.pgxl.agent.node.Role;
import com.tiredpixel.pgxl.agent.supervisor.NodeReport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Copies {@code gtm.control} of each GTM that runs here, whenever it has changed and is whole, at most once a second. A
 * thread of its own: a disk that hangs in a sync must not hold up the supervisor. While nothing changes it costs one
 * {@code stat} a second.
 */
public final class ControlKeeper implements Runnable {
    private static final Duration LOOK = Duration.ofSeconds(1);
    private static final Duration LOOK_FOR_A_GTM = Duration.ofSeconds(5);

    /** GTM writes the whole file at each {@code nextval}; a large one is not copied as often as that. */
    private static final long BYTES_A_SECOND = 1024 * 1024;

    private static final long BLOCK = 4096;

    /** What a GTM begins with after {@code initgtm}, 10,000 and 50,000, and a little more. */
    private static final long YOUNG = 70_000;

    private final Path state;
    private final Path home;
    private final Supplier<List<NodeReport>> nodes;
    private final EventLog log;
    private final Clock clock;
    private final Map<Path, Watched> watched = new HashMap<>();

    /**
     * @param state the agent's state directory
     * @param home the volume
     * @param nodes as the supervisor sees them now
     */
    public ControlKeeper(
            Path state, Path home, Supplier<List<NodeReport>> nodes, EventLog log, Clock clock) {
        this.state = state;
        this.home = home;
        this.nodes = nodes;
        this.log = log;
        this.clock = clock;
    }

    /** What a look at the file costs nothing to tell. */
    private record Stamp(Object inode, long size, FileTime changed) {
        static Optional<Stamp> of(Path file) {
            try {
                BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
                return Optional.of(new Stamp(
                        attributes.fileKey(), attributes.size(), attributes.lastModifiedTime()));
            } catch (IOException none) {
                return Optional.empty();
            }
        }
    }

    /** What is remembered of one node. */
    private static final class Watched {
        private Optional<Stamp> copied = Optional.empty();
        private Optional<Stamp> seen = Optional.empty();
        private Optional<GtmControl> newest = Optional.empty();
        private Instant notBefore = Instant.MIN;
        private boolean failed;
    }

    @Override
    public void run() {
        Daemon.repeat(this::look);
    }

    /** @return when to look again */
    Duration look() {
        boolean any = false;
        for (NodeReport node : nodes.get()) {
            any |= node.role() == Role.GTM;
            if (node.role() == Role.GTM && node.state().hasServer()) {
                guarded(node);
            }
        }
        return any ? LOOK : LOOK_FOR_A_GTM;
    }

    /** The copies must not end with one failure, such as a lack of memory. */
    private void guarded(NodeReport node) {
        String subject = node.role().label() + " " + node.directory();
        try {
            look(node.directory(), subject);
        } catch (RuntimeException | OutOfMemoryError e) {
            log.error(subject, "its gtm.control cannot be copied: " + e);
        }
    }

    /** Copies the file of one node, if it is due. */
    void look(Path directory, String subject) {
        Watched node = watched.computeIfAbsent(directory, path -> new Watched());
        Path file = new ControlFiles(directory).control();
        Optional<Stamp> now = Stamp.of(file);
        boolean unchangedSinceLastLook = now.equals(node.seen);
        node.seen = now;
        Instant time = clock.instant();
        if (now.isEmpty() || now.equals(node.copied) || time.isBefore(node.notBefore)) {
            return;
        }
        // Between two writes of a file larger than stdio's buffer, its beginning looks like all of it.
        if (now.get().size() % BLOCK == 0 && !unchangedSinceLastLook) {
            return;
        }
        try {
            if (copy(node, directory, file, now, subject)) {
                node.copied = now;
                node.notBefore = time.plusMillis(now.get().size() * 1000 / BYTES_A_SECOND);
                node.failed = false;
            }
        } catch (IOException e) {
            if (!node.failed) {
                log.warn(subject, "its gtm.control cannot be copied: " + e);
            }
            node.failed = true;
        }
    }

    /** @return whether there is a copy of this very state */
    private boolean copy(Watched node, Path directory, Path file, Optional<Stamp> stamp, String subject)
            throws IOException {
        if (!(GtmControl.read(file) instanceof Reading.Whole whole)) {
            return false;
        }
        ControlCopies copies = ControlCopies.of(state, home, directory);
        if (node.newest.isEmpty()) {
            node.newest = copies.newest().map(Known::control);
        }
        if (node.newest.filter(known -> ControlCheck.isBehind(whole.control(), known)).isPresent()) {
            begin(node.newest.get(), whole.control(), copies, subject);
        }
        var copy = copies.add(out -> ControlFiles.copy(file, out), clock.instant());
        if (!Objects.equals(Stamp.of(file), stamp)
                || !(GtmControl.read(copy.file()) instanceof Reading.Whole copied)) {
            // It changed meanwhile: what was copied may be half of the one and half of the other.
            Files.deleteIfExists(copy.file());
            return false;
        }
        node.newest = Optional.of(copied.control());
        return true;
    }

    private void begin(GtmControl known, GtmControl running, ControlCopies copies, String subject) throws IOException {
        Optional<Path> aside = copies.setAside(clock.instant());
        Level level = running.nextXid() <= YOUNG && running.sequences() == 0 ? Level.WARN : Level.ERROR;
        log.event(level, subject, "GTM serves with next_xid " + running.nextXid() + ", and its newest copy of gtm.control has "
                + known.nextXid() + ": right for a new cluster, else transaction ids are handed out twice; the copies are"
                + " now in " + aside.map(Path::toString).orElse("?"));
    }
}
