package com.tiredpixel.pgxl.agent.supervisor.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tiredpixel.pgxl.agent.base.Allocations;
import com.tiredpixel.pgxl.agent.os.ExitStatus;
import com.tiredpixel.pgxl.agent.os.ProcessIdentity;
import com.tiredpixel.pgxl.agent.os.Reaped;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class AdoptedExitsTest {
    private static final ProcessIdentity SERVER = new ProcessIdentity(70, 5000);
    private static final Duration SEEN = Duration.ofMinutes(5);
    private static final Duration MOMENT = Duration.ofNanos(1);
    private static final ExitStatus EXITED = new ExitStatus.Exited(1);
    private static final ExitStatus KILLED = new ExitStatus.Signaled(9, false);

    private final AdoptedExits ends = new AdoptedExits(() -> SEEN.plusMillis(300));

    private void end(int pid, ExitStatus status, Duration at) {
        ends.reaped(new Reaped(new ProcessIdentity(pid, ProcessIdentity.UNREAD), status, false, at));
    }

    @Test
    void theEndOfAWatchedServerIsToldThoughNobodyReadItsStartTime() {
        CompletableFuture<ExitStatus> exit = ends.watch(SERVER, SEEN);
        assertFalse(exit.isDone());

        end(SERVER.pid(), EXITED, SEEN.plus(MOMENT));

        assertEquals(EXITED, exit.join());
    }

    /** The reaper tells in a heap that may be full, and tells once. */
    @Test
    void toHearOfAnEndNeedsNoMemory() {
        for (int pid = 1000; pid < 1010; pid++) {
            ends.watch(new ProcessIdentity(pid, 5000), SEEN);
        }
        var orphan = new Reaped(new ProcessIdentity(77_777, ProcessIdentity.UNREAD), EXITED, false, SEEN.plus(MOMENT));

        assertEquals(0, Allocations.of(() -> ends.reaped(orphan)));
    }

    @Test
    void aServerThatEndedBetweenTheSightAndTheWatchIsNotLost() {
        end(SERVER.pid(), EXITED, SEEN.plus(MOMENT));

        assertEquals(EXITED, ends.watch(SERVER, SEEN).join());
    }

    @Test
    void theFirstEndOfANumberSinceTheSightIsTheServers() {
        end(SERVER.pid(), EXITED, SEEN.plus(MOMENT));
        end(SERVER.pid(), KILLED, SEEN.plus(MOMENT).plus(MOMENT));

        assertEquals(EXITED, ends.watch(SERVER, SEEN).join());
    }

    /** The reaper tells of a process after the kernel has given its number away. */
    @Test
    void theEndOfAnEarlierOwnerOfItsNumberIsNotTheServers() {
        end(SERVER.pid(), KILLED, SEEN.minusSeconds(60));
        CompletableFuture<ExitStatus> exit = ends.watch(SERVER, SEEN);
        end(SERVER.pid(), KILLED, SEEN.minus(MOMENT));
        assertFalse(exit.isDone());

        end(SERVER.pid(), EXITED, SEEN.plus(MOMENT));

        assertEquals(EXITED, exit.join());
    }

    @Test
    void aServerOfWhoseEndNobodyToldEndedInAnUnknownWay() {
        CompletableFuture<ExitStatus> exit = ends.watch(SERVER, SEEN);

        assertInstanceOf(ExitStatus.Unknown.class, ends.missed(SERVER));
        end(SERVER.pid(), EXITED, SEEN.plus(MOMENT));

        assertFalse(exit.isDone());
    }

    @Test
    void aServerThatIsMissedTakesNothingFromTheNextOwnerOfItsNumber() {
        ends.watch(SERVER, SEEN);
        ProcessIdentity next = new ProcessIdentity(SERVER.pid(), SERVER.startTicks() + 100);
        CompletableFuture<ExitStatus> exit = ends.watch(next, SEEN.plusMillis(100));

        ends.missed(SERVER);
        end(next.pid(), EXITED, SEEN.plusMillis(200));

        assertEquals(EXITED, exit.getNow(new ExitStatus.Unknown("nobody told")));
    }

    @Test
    void onlyYoungerProcessesThatWereKilledInTheSameMomentAreKilledWithAServer() {
        assertFalse(killedWith(new ProcessIdentity(71, 4999), KILLED, SEEN));
        assertFalse(killedWith(new ProcessIdentity(71, 5001), KILLED, SEEN.minusSeconds(2)));
        assertFalse(killedWith(new ProcessIdentity(71, 5001), EXITED, SEEN));
        assertFalse(killedWith(SERVER, KILLED, SEEN));
        assertTrue(killedWith(new ProcessIdentity(71, 5001), KILLED, SEEN));
    }

    private boolean killedWith(ProcessIdentity other, ExitStatus status, Duration at) {
        ends.reaped(new Reaped(other, status, false, at));
        return ends.othersWereKilled(SERVER, Duration.ofMillis(250));
    }
}
