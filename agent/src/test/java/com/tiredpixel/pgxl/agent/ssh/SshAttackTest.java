package com.tiredpixel.pgxl.agent.ssh;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tiredpixel.pgxl.agent.ssh.peer.Attack;
import com.tiredpixel.pgxl.agent.ssh.peer.Behaviour;
import com.tiredpixel.pgxl.agent.ssh.peer.Identity;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Hundreds of ways to misbehave, by peers with a key and without, against a server in a heap of 24 MB, and an operator who
 * logs in beside them. {@code -Dattack.seed=N} is the same attack again, {@code -Dattack.number=N} a longer one.
 */
class SshAttackTest extends StagedTest {
    private static final int NUMBER = Integer.getInteger("attack.number", 240);
    private static final Duration LONGEST = Duration.ofMinutes(4);
    /** Of a process that says ten times a second that it lives, on a machine that is busy with an attack. */
    private static final Duration LONGEST_GAP = Duration.ofSeconds(10);
    private static final long USUAL_HEAP_KIB = 14 * 1024;

    private final long seed = Long.getLong("attack.seed", System.nanoTime());
    @Test
    void thereAreHundredsOfWaysAndAllStepsAreAmongThem() {
        List<Behaviour> some = Behaviour.some(NUMBER, new Random(seed));
        assertTrue(some.stream().distinct().count() >= 200, some::toString);
        assertTrue(some.stream().filter(Behaviour::isBeforeLogin).count() >= 50, some::toString);
        assertTrue(some.stream().filter(behaviour -> !behaviour.isBeforeLogin()).count() >= 50, some::toString);
    }

    @Test
    @Timeout(420)
    void whateverPeersDoTheOperatorLogsInBesideThemAndHisServerDoesNotNotice() throws Exception {
        var agent = AgentProcess.open(stage);
        Path ticks = startServer(agent);
        var attack = new Attack(target(agent), seed);
        var operator = new Operator(agent);
        operator.start();
        long start = System.nanoTime();
        attack.carryOut(NUMBER, LONGEST);
        long took = System.nanoTime() - start;
        operator.end();
        String told = attack + " in " + took / 1_000_000_000 + " s, " + operator;
        System.out.println("MEASURED " + told);
        assertEquals(List.of(), attack.mistakes(), told);
        assertEquals(List.of(), operator.failures, told);
        assertEquals(List.of(), attack.neverEnded(), told);
        assertTrue(attack.peers() >= 400 && operator.logins > 0, told);
        assertEquals(List.of(), lackOfHeap(agent), told);
        assertRuns(ticks);
        assertEverythingIsGivenBack(agent);
    }

    /** Negative control: where answers may wait without limit, the same peers fill the heap. */
    @Test
    @Timeout(420)
    void withoutTheBoundTheSamePeersFillTheHeap() throws Exception {
        var agent = AgentProcess.unbounded(stage);
        var attack = new Attack(target(agent), seed);
        attack.carryOut(Behaviour.unreadAnswers(), Duration.ofSeconds(10), LONGEST, () -> !lackOfHeap(agent).isEmpty());
        assertFalse(lackOfHeap(agent).isEmpty(), attack::toString);
    }

    /** Logs in again and again, from an address that is not the peers'. */
    private final class Operator extends Thread {
        private final AgentProcess agent;
        private final AtomicBoolean over = new AtomicBoolean();
        private final List<String> failures = Collections.synchronizedList(new ArrayList<>());
        private volatile int logins;
        private volatile long slowest;

        Operator(AgentProcess agent) {
            this.agent = agent;
        }

        @Override
        public void run() {
            while (!over.get()) {
                long start = System.nanoTime();
                try {
                    Run.Result result = Peer.of(stage, agent)
                            .with("-o", "BindAddress=127.0.0.2", "-o", "ConnectTimeout=20")
                            .run("echo in");
                    assertEquals("in\n", result.out(), result::toString);
                } catch (AssertionError e) {
                    failures.add(e.getMessage());
                }
                slowest = Math.max(slowest, System.nanoTime() - start);
                logins++;
            }
        }

        void end() throws InterruptedException {
            over.set(true);
            join();
        }

        @Override
        public String toString() {
            return logins + " logins, the slowest in " + slowest / 1_000_000 + " ms";
        }
    }

    /** What the operator has started and left, as a server of the database is. It ends with the file, or after ten minutes. */
    private Path startServer(AgentProcess agent) throws IOException {
        Run.Result result = Peer.of(stage, agent).run("touch running; setsid bash -c 'for ((i = 0; i < 6000; i++)); do "
                + "[ -e running ] || exit; date +%s%3N; sleep 0.1; done' >ticks 2>&1 </dev/null & echo begun");
        assertEquals("begun\n", result.out(), result::toString);
        return stage.home.resolve("ticks");
    }

    private void assertRuns(Path ticks) throws Exception {
        int before = Files.readAllLines(ticks).size();
        Thread.sleep(LONGEST_GAP.toMillis() / 5);
        List<Long> times = Files.readAllLines(ticks).stream().map(Long::valueOf).toList();
        assertTrue(times.size() > before, "it runs no more");
        Files.delete(ticks.resolveSibling("running"));
        long gap = 0;
        for (int i = 1; i < times.size(); i++) {
            gap = Math.max(gap, times.get(i) - times.get(i - 1));
        }
        assertTrue(gap < LONGEST_GAP.toMillis(), "it stood still for " + gap + " ms");
    }

    private static void assertEverythingIsGivenBack(AgentProcess agent) throws Exception {
        long deadline = System.nanoTime() + LONGEST.toNanos();
        while (agent.counter("connectionsNow") > 0) {
            assertTrue(System.nanoTime() - deadline < 0, agent.counters());
            Thread.sleep(200);
        }
        int mark = agent.mark();
        agent.command("heap");
        long heap = Long.parseLong(agent.awaitAfter(mark, "heap", line -> line.startsWith("heap ")).replaceAll("\\D", ""));
        assertTrue(heap < USUAL_HEAP_KIB, heap + " KiB of heap are in use");
    }

    private Behaviour.Target target(AgentProcess agent) throws Exception {
        return new Behaviour.Target(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), agent.port()),
                InetAddress.getByName("127.0.0.66"),
                stage.user,
                Identity.read(stage.client.resolve("ed25519")));
    }

    private static List<String> lackOfHeap(AgentProcess agent) {
        return agent.log().stream().filter(line -> line.contains("heap space") || line.contains("OutOfMemory")).toList();
    }
}
