package com.tiredpixel.pgxl.agent.gtm;

import com.tiredpixel.pgxl.agent.gtm.ControlCheck.HighestXid;
import com.tiredpixel.pgxl.agent.node.ControlFile;
import com.tiredpixel.pgxl.agent.node.GtmControl;
import com.tiredpixel.pgxl.agent.node.GtmControl.Reading;
import com.tiredpixel.pgxl.agent.node.NodeFacts;
import com.tiredpixel.pgxl.agent.node.Role;
import com.tiredpixel.pgxl.agent.node.Xids;
import com.tiredpixel.pgxl.agent.os.BoundedFiles;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** What lies in the directory of a GTM, and of the databases beside it. */
final class ControlFiles {
    private final Path directory;

    ControlFiles(Path directory) {
        this.directory = directory;
    }

    Path control() {
        return directory.resolve("gtm.control");
    }

    Reading read() {
        return GtmControl.read(control());
    }

    /** A standby takes everything from its master, and nothing from its file. */
    boolean isStandby() {
        return NodeFacts.read(directory, Role.GTM).slave();
    }

    /** GTM writes its last command line when it starts, and the nodes that it knows soon after. */
    boolean hasRun() {
        return Files.exists(directory.resolve("gtm.opts")) || Files.exists(directory.resolve("register.node"));
    }

    /** @return when the file was last written; nothing if it is not there */
    Optional<Instant> changedAt() {
        try {
            return Optional.of(Files.getLastModifiedTime(control()).toInstant());
        } catch (IOException none) {
            return Optional.empty();
        }
    }

    /** Writes what is in a file now. */
    static void copy(Path from, OutputStream out) throws IOException {
        try (InputStream input = BoundedFiles.system().stream(from)) {
            input.transferTo(out);
        }
    }

    ControlCheck.Facts facts(Optional<GtmControl> copy, List<Path> databases) {
        long size;
        try {
            size = Files.size(control());
        } catch (IOException none) {
            size = 0;
        }
        boolean draft = GtmControl.read(directory.resolve("gtm.control.tmp")) instanceof Reading.Whole;
        return new ControlCheck.Facts(read(), size, draft, hasRun(), copy, highest(databases));
    }

    /** @return the highest NextXID of these databases */
    static Optional<HighestXid> highest(List<Path> databases) {
        Optional<HighestXid> highest = Optional.empty();
        for (Path database : databases) {
            OptionalLong xid = ControlFile.nextXid(database);
            if (xid.isPresent() && highest.filter(
                    known -> Xids.distance(known.xid(), xid.getAsLong()) <= 0).isEmpty()) {
                highest = Optional.of(new HighestXid(xid.getAsLong(), database));
            }
        }
        return highest;
    }
}
