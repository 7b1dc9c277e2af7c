package com.tiredpixel.pgxl.agent.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SocketLockTest {
    @TempDir
    Path directory;

    @Test
    void listsTheLocksOfASocketDirectoryWithTheirOwners() throws IOException {
        Files.writeString(directory.resolve(".s.PGSQL.5433.lock"), "309\n/data/data\n1795367860\n5433\n/tmp\n");
        Files.writeString(directory.resolve(".s.PGSQL.5432.lock"), "");
        Files.createFile(directory.resolve(".s.PGSQL.5432"));
        Files.createFile(directory.resolve(".s.PGSQL.0.lock"));
        Files.createFile(directory.resolve("x.s.PGSQL.5434.lock"));
        Files.createFile(directory.resolve(".s.PGPOOL.15432"));

        List<SocketLock> locks = SocketLock.in(directory, any -> true);
        assertEquals(List.of(5432, 5433), locks.stream().map(SocketLock::port).toList());
        assertInstanceOf(PidFile.Malformed.class, locks.get(0).owner());
        PidFile.Postmaster owner = assertInstanceOf(PidFile.Postmaster.class, locks.get(1).owner());
        assertEquals(309, owner.pid());
        assertEquals("/data/data", owner.dataDirectory());
        assertEquals(directory.resolve(".s.PGSQL.5433"), locks.get(1).socket());
    }

    @Test
    void doesNotWaitForAFifoThatLooksLikeALock() throws IOException {
        Samples.fifo(directory.resolve(".s.PGSQL.5432.lock"));

        List<SocketLock> locks =
                assertTimeoutPreemptively(Duration.ofSeconds(30), () -> SocketLock.in(directory, any -> true));
        assertInstanceOf(PidFile.Unreadable.class, locks.get(0).owner());
    }

    @Test
    void aSocketDirectoryThatIsNotThereHasNoLocks() {
        assertEquals(List.of(), SocketLock.in(directory.resolve("nothing"), any -> true));
    }
}
