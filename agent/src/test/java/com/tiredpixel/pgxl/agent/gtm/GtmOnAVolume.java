package com.tiredpixel.pgxl.agent.gtm;

import com.tiredpixel.pgxl.agent.node.Role;
import com.tiredpixel.pgxl.agent.node.ServerBuild;
import com.tiredpixel.pgxl.agent.supervisor.NodeReport;
import com.tiredpixel.pgxl.agent.supervisor.StartGuard.Start;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A GTM's directory as a running one leaves it, a database beside it, and a time of day as a test wants it. */
abstract class GtmOnAVolume {
    static final String SEQUENCE = "postgres.public.s\\00\t2001\t1\t1\t1\t9223372036854775807\tf\tt\t1\n";

    @TempDir
    Path home;

    Path directory;
    Path state;
    Instant time = Instant.parse("2026-11-28T12:00:00Z");
    final List<String> log = new ArrayList<>();
    Optional<ServerBuild> build =
            Optional.of(new ServerBuild("postgres (PostgreSQL) 10.9 (Postgres-XL 10r1.1) with mends 1"));
    final Clock clock = new Clock() {
        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }

        @Override
        public Instant instant() {
            return time;
        }
    };

    @BeforeEach
    void makeTheDirectory() throws IOException {
        directory = Files.createDirectories(home.resolve("data/gtm"));
        state = home.resolve(".pgxl");
        Files.writeString(directory.resolve("gtm.conf"), "nodename = 'gtm'\n");
        Files.writeString(directory.resolve("gtm.opts"), " \"-D\" \"" + directory + "\"\n");
        write(100_000, 50, 1);
    }

    void write(long nextXid, long snapshotId, int sequences) throws IOException {
        write("version: 20181008\nnext_xid: " + nextXid + "\nglobal_xmin: 90000\nsnapid: " + snapshotId + "\n"
                + SEQUENCE.repeat(sequences));
    }

    /** As GTM does where it does it well: what was there is replaced. */
    void write(String text) throws IOException {
        Path draft = directory.resolve("gtm.control.tmp");
        Files.writeString(draft, text);
        Files.setLastModifiedTime(draft, FileTime.from(time));
        Files.move(draft, control(), java.nio.file.StandardCopyOption.REPLACE_EXISTING);
    }

    Path control() {
        return directory.resolve("gtm.control");
    }

    Path database(String name, int nextXid) throws IOException {
        Path database = home.resolve("data/" + name);
        Files.createDirectories(database.resolve("global"));
        Files.write(database.resolve("global/pg_control"), ByteBuffer.allocate(8192).order(ByteOrder.nativeOrder())
                .putInt(8, 1002).putInt(72, nextXid).array());
        return database;
    }

    ControlCopies copies() {
        return ControlCopies.of(state, home, directory);
    }

    ControlKeeper keeper() {
        return keeper(List.of());
    }

    ControlKeeper keeper(List<NodeReport> nodes) {
        return new ControlKeeper(state, home, () -> nodes,
                (level, subject, message) -> log.add(level + " " + subject + ": " + message), clock);
    }

    GtmStartGuard guard(boolean waits) {
        return new GtmStartGuard(state, home, () -> build, waits,
                (level, subject, message) -> log.add(level + " " + subject + ": " + message), clock);
    }

    Start start(boolean ordered, Path... databases) {
        return new Start(directory, Role.GTM, "gtm data/gtm", ordered, List.of(databases));
    }

    List<String> namesIn(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }
}
