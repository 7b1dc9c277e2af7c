package com.tiredpixel.pgxl.agent.os;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tiredpixel.pgxl.agent.base.MonotonicClock;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

@OwnJvm
class ReaperTest {
    private static final String SHELL_WITH_250_ORPHANS =
            "i=0; while [ $i -lt 250 ]; do (sh -c 'exit 3' &) ; i=$((i+1)); done";

    @Test
    void aThousandOrphansLeaveNoZombieAndTakeNoStatusOfOurOwnChildren() throws Exception {
        long orphansBefore = Kernel.REAPER.orphansReaped();
        List<Child> parents = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            parents.add(Kernel.shell(SHELL_WITH_250_ORPHANS));
        }
        List<Child> sevens = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            sevens.add(Kernel.shell("exit 7"));
        }

        for (Child child : sevens) {
            assertEquals(new ExitStatus.Exited(7), Eventually.get(child.exit()));
            child.output().close();
        }
        for (Child parent : parents) {
            assertEquals(new ExitStatus.Exited(0), Eventually.get(parent.exit()));
            parent.output().close();
        }
        Eventually.holds("1,000 orphans reaped", () -> Kernel.REAPER.orphansReaped() - orphansBefore >= 1000);
        Eventually.holds("no zombie", () -> Zombies.ofThisJvm() == 0);
    }

    @Test
    void listenersHearOfOrphansWithTheirStatus() throws Exception {
        Map<Integer, String> heard = new ConcurrentHashMap<>();
        Kernel.REAPER.addListener(end -> heard.put(end.process().pid(), end.ownChild() + " " + end.status()));

        Child parent = Kernel.shell("(sh -c 'echo $$; exit 33' & sh -c 'echo $$; exec >&-; kill -11 $$' & wait &) ; exit 4");
        String[] orphans = Eventually.text(parent).split("\n");

        for (String orphan : orphans) {
            Eventually.holds("the end of orphan " + orphan, () -> heard.containsKey(Integer.valueOf(orphan)));
        }
        Eventually.holds("the end of the parent", () -> heard.containsKey(parent.identity().pid()));
        assertEquals("true exit 4", heard.get(parent.identity().pid()));
        assertTrue(heard.containsValue("false exit 33"), heard.toString());
        assertTrue(heard.values().stream().anyMatch(what -> what.startsWith("false signal 11 (SEGV)")), heard.toString());
    }

    @Test
    void anOrphanThatWasKilledHasTheIdentityThatTheProcessTableShowed() throws Exception {
        Queue<ProcessIdentity> reaped = new ConcurrentLinkedQueue<>();
        Kernel.REAPER.addListener(end -> reaped.add(end.process()));
        Child parent = Kernel.shellWithPipes("exec 3<&0; (sh -c 'echo $$; read x <&3' &) ; exit 0");
        int pid = Integer.parseInt(ProcessesTest.firstLine(parent));
        Eventually.get(parent.exit());
        var table = new ProcFs(Kernel.LIBC, Kernel.REAPER, any -> true);
        Eventually.holds("adopted", () ->
                table.children(any -> true).stream().anyMatch(view -> view.identity().pid() == pid));
        ProcessIdentity seen = table.find(pid).orElseThrow().identity();

        Kernel.LIBC.kill(pid, Signal.KILL.number());

        Eventually.holds("reaped under the same identity", () -> reaped.contains(seen));
    }

    /** Which end is whose, where a number has had two owners, is told by this moment. */
    @Test
    void anEndIsToldWithAMomentBetweenTheLastSightOfTheProcessAndTheNextOwnerOfItsNumber() throws Exception {
        MonotonicClock clock = MonotonicClock.system();
        Queue<Reaped> reaped = new ConcurrentLinkedQueue<>();
        Kernel.REAPER.addListener(reaped::add);
        Child parent = Kernel.shellWithPipes("exec 3<&0; (sh -c 'echo $$; read x <&3; exit 33' &) ; exit 0");
        int pid = Integer.parseInt(ProcessesTest.firstLine(parent));
        Duration seen = clock.now();
        assertTrue(new ProcFs(Kernel.LIBC, Kernel.REAPER, any -> true).find(pid).isPresent());

        parent.input().close();

        Eventually.holds("reaped", () -> reaped.stream().anyMatch(end -> end.process().pid() == pid));
        Duration gone = clock.now();
        Reaped end = reaped.stream().filter(one -> one.process().pid() == pid).findFirst().orElseThrow();
        assertEquals(new ExitStatus.Exited(33), end.status());
        assertTrue(seen.compareTo(end.at()) < 0 && end.at().compareTo(gone) < 0, seen + " " + end + " " + gone);
    }

    @Test
    void aFirstOrphanIsReapedThoughNothingWasStarted() throws Exception {
        String report = ForkedJvm.run(
                List.of("/usr/bin/env", "--block-signal=CHLD"), ReaperScenario.class, "stranger", "7");

        assertEquals("exit 7\nexit 0", report);
    }

    @Test
    void aChildThatEndsBeforeItsStartReturnsIsOurs() throws Exception {
        Libc slow = FaultyLibc.with(Kernel.LIBC, "posixSpawn", arguments -> {
            int pid = Kernel.LIBC.posixSpawn((Spawn) arguments[0]);
            while (ProcStat.read(Path.of("/proc"), pid).filter(stat -> !stat.isZombie()).isPresent()) {
                Thread.onSpinWait();
            }
            // Time enough for a reaper that does not ask whose it is.
            LockSupport.parkNanos(50_000_000);
            return pid;
        });

        Child keepsTheReaperWaiting = Kernel.shell("exec sleep 600");

        for (int i = 0; i < 5; i++) {
            Child child = new Processes(slow, Kernel.REAPER).start(Kernel.command("/bin/sh", "-c", "exit 7"));
            assertEquals(new ExitStatus.Exited(7), Eventually.get(child.exit()));
            child.output().close();
        }
        keepsTheReaperWaiting.signal(Signal.KILL);
    }

    @Test
    void startsThatFailAreNoOrphans() throws Exception {
        Queue<String> heard = new ConcurrentLinkedQueue<>();
        Kernel.REAPER.addListener(end -> heard.add(end.ownChild() + " " + end.status()));
        Child keepsTheReaperWaiting = Kernel.shell("exec sleep 600");

        for (int i = 0; i < 200; i++) {
            assertThrows(StartFailedException.class, () -> Kernel.PROCESSES.start(Kernel.command("/no/such/program")));
        }
        keepsTheReaperWaiting.signal(Signal.KILL);

        Eventually.holds("the one process that there was", () -> !heard.isEmpty());
        assertEquals(List.of("true signal 9 (KILL)"), List.copyOf(heard));
    }

    @Test
    void aListenerThatFailsKeepsTheNewsFromNobody() throws Exception {
        Queue<Integer> heard = new ConcurrentLinkedQueue<>();
        var failures = new AtomicInteger();
        Kernel.REAPER.addListener(end -> {
            if (failures.getAndIncrement() < 3) {
                throw new OutOfMemoryError("as a test says");
            }
        });
        Kernel.REAPER.addListener(end -> heard.add(end.process().pid()));

        for (int i = 0; i < 5; i++) {
            Child child = Kernel.shell("exit 0");
            assertEquals(new ExitStatus.Exited(0), Eventually.get(child.exit()));
            child.output().close();
            Eventually.holds("second listener", () -> heard.contains(child.identity().pid()));
        }
    }

    @Test
    void whoHadNoMemoryIsToldAgainAndNobodyHearsLessForThat() throws Exception {
        Map<Integer, ExitStatus> heard = new ConcurrentHashMap<>();
        var attempts = new AtomicInteger();
        Kernel.REAPER.addListener(end -> {
            if (attempts.incrementAndGet() % 3 != 0) {
                throw new OutOfMemoryError("as a test says");
            }
            heard.put(end.process().pid(), end.status());
        });
        List<Child> children = new ArrayList<>();
        for (int code = 0; code < 20; code++) {
            children.add(Kernel.shell("exit " + code));
        }
        for (int code = 0; code < 20; code++) {
            Child child = children.get(code);
            assertEquals(new ExitStatus.Exited(code), Eventually.get(child.exit()));
            Eventually.holds("the end of " + child, () -> heard.containsKey(child.identity().pid()));
            assertEquals(new ExitStatus.Exited(code), heard.get(child.identity().pid()));
            child.output().close();
        }
    }

    @Test
    void whoFailsAtSomethingElseIsNotWaitedFor() throws Exception {
        var attempts = new AtomicInteger();
        int[] failing = {0};
        Kernel.REAPER.addListener(end -> {
            if (end.process().pid() == failing[0]) {
                attempts.incrementAndGet();
                throw new IllegalStateException("as a test says");
            }
        });
        Child child = Kernel.shellWithPipes("read x; exit 3");
        failing[0] = child.identity().pid();
        child.input().close();
        assertEquals(new ExitStatus.Exited(3), Eventually.get(child.exit()));
        assertEquals(new ExitStatus.Exited(0), Eventually.get(Kernel.shell("exit 0").exit()));
        assertEquals(1, attempts.get());
    }

    @Test
    void dependantsOfAnExitAreToldThoughOneRunsOutOfMemory() throws Exception {
        Child child = Kernel.shellWithPipes("read x; exit 9");
        var told = new CountDownLatch(2);
        for (int i = 0; i < 2; i++) {
            child.exit().thenAccept(status -> told.countDown());
            child.exit().thenAccept(status -> {
                throw new OutOfMemoryError("as a test says");
            });
        }

        child.input().close();

        assertTrue(told.await(60, TimeUnit.SECONDS));
        assertEquals(new ExitStatus.Exited(9), Eventually.get(child.exit()));
    }

    @Test
    void theThreadOutlivesWhateverWaitidThrows() throws Exception {
        var calls = new AtomicInteger();
        Libc libc = FaultyLibc.with(Kernel.LIBC, "waitid", arguments -> switch (calls.incrementAndGet()) {
            case 1 -> throw new OutOfMemoryError("as a test says");
            case 2 -> throw new StackOverflowError();
            case 3 -> Errno.EINVAL.asResult();
            default -> Errno.ECHILD.asResult();
        });
        Reaper reaper = new Reaper(libc, (level, subject, message) -> {
            throw new OutOfMemoryError("no memory for the log either");
        }, MonotonicClock.system());

        reaper.start();

        Eventually.holds("a fourth look for children", () -> {
            reaper.wake();
            return calls.get() > 4;
        });
    }

    @Test
    void withoutAReaperTheSameOrphansStayZombies() throws Exception {
        String report = ForkedJvm.run(List.of(), ReaperScenario.class, "idle", "50");

        assertEquals("zombies 50\nexit 0", report);
    }

    @Test
    void withAReaperTheSameOrphansAreGone() throws Exception {
        String report = ForkedJvm.run(List.of(), ReaperScenario.class, "reaping", "50");

        assertEquals("zombies 0\nexit 0", report);
    }

    @Test
    void statusesArriveThoughOurParentLeftSigchldIgnored() throws Exception {
        String report =
                ForkedJvm.run(List.of("/usr/bin/env", "--ignore-signal=CHLD"), ReaperScenario.class, "status", "42");

        assertEquals("exit 42\nexit 0", report);
    }
}
