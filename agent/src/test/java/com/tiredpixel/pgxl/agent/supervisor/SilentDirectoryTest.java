package com.tiredpixel.pgxl.agent.supervisor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tiredpixel.pgxl.agent.node.Finding;
import com.tiredpixel.pgxl.agent.node.Role;
import com.tiredpixel.pgxl.agent.node.VolumeScan;
import com.tiredpixel.pgxl.agent.os.DiskThreads;
import com.tiredpixel.pgxl.agent.os.ExitStatus.Signaled;
import com.tiredpixel.pgxl.agent.os.ProcessView;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A directory does not answer, as on a network file system without its server: its node waits, and nobody else. */
class SilentDirectoryTest {
    private static final Duration SOON = Duration.ofSeconds(30);

    @TempDir
    Path temporary;

    private final CountDownLatch answer = new CountDownLatch(1);
    private FakeWorld world;
    private Lanes lanes;
    private WatchedNode silent;
    private WatchedNode other;

    @BeforeEach
    void twoNodes() throws IOException {
        world = new FakeWorld(temporary.toRealPath());
        world.disk = DiskThreads.of("test-disk", 8);
        lanes = world.lanes();
        silent = node("data/silent");
        other = node("data/other");
    }

    @AfterEach
    void itAnswers() {
        answer.countDown();
    }

    private WatchedNode node(String name) throws IOException {
        return node(name, Role.DATANODE);
    }

    private WatchedNode node(String name, Role role) throws IOException {
        return new WatchedNode(world.context(), world.dataDirectory(name, role), role, world.ends, lanes, List::of);
    }

    @Test
    void anotherNodeIsBroughtBackWhileOneDirectoryHangs() throws IOException {
        fallSilent();
        assertTimeoutPreemptively(SOON, () -> {
            silent.startRequested("test");
            assertFalse(silent.answers());
            int pid = run(other);
            world.end(pid, new Signaled(9, false));
            await("that it starts again", () -> {
                world.pass(Duration.ofMillis(100), silent, other);
                return other.answers() && world.started.size() == 2;
            });
        });
        assertTrue(silent.report().reason().startsWith("its directory does not answer"), silent.report().reason());
        assertEquals(2, world.started.size(), "the other one, twice");
    }

    @Test
    void whatWasBegunIsDoneWhenTheDirectoryAnswers() throws IOException {
        fallSilent();
        silent.startRequested("test");
        assertEquals(NodeState.STOPPED, silent.state());
        world.pass(Duration.ofSeconds(6), silent);
        assertEquals(1, world.log.stream().filter(line -> line.contains("does not answer")).count(), world.log::toString);
        answer.countDown();
        await("an answer", silent::answers);
        assertEquals(NodeState.STARTING, silent.state());
        assertTrue(world.log.stream().anyMatch(line -> line.contains("answers again, after 6")), world.log::toString);
    }

    @Test
    void theServerOfADirectoryThatHangsIsStillStopped() throws IOException {
        int pid = run(silent);
        fallSilent();
        silent.seen(world.find(pid).orElseThrow(), Role.DATANODE, world.now());
        assertFalse(silent.answers());
        var shutdown = new Shutdown(world.context(), lanes);
        assertTimeoutPreemptively(SOON, () -> {
            silent.stopRequested("the container stops");
            assertFalse(shutdown.advance(List.of(silent), List.of()));
        });
        assertEquals(List.of("INT " + pid), world.signals);
        world.pass(Duration.ofSeconds(8), silent);
        assertFalse(shutdown.advance(List.of(silent), List.of()));
        assertEquals(List.of("INT " + pid, "QUIT " + pid), world.signals);
        world.processes.remove(pid);
        assertTrue(shutdown.advance(List.of(silent), List.of()), "nothing is left to wait for");
        assertFalse(silent.wentDownCleanly(), "nobody knows");
    }

    @Test
    void anOrderIsRefusedAndAHoldThatCannotBeKeptToo() throws IOException {
        fallSilent();
        silent.startRequested("test");
        var orders = new NodeCommands(world.context());
        for (NodeCommand order : List.of(new NodeCommand.Start(), new NodeCommand.Stop(NodeCommand.StopMode.FAST), new NodeCommand.Hold(), new NodeCommand.Release())) {
            var answered = new CompletableFuture<NodeCommand.Result>();
            assertTimeoutPreemptively(SOON, () -> orders.give(silent, order, answered));
            assertEquals("cannot be steered: its directory does not answer",
                    assertInstanceOf(NodeCommand.Result.Refused.class, answered.join()).said());
        }
    }

    @Test
    void aStartIsNotForgottenThatComesWhileTheDirectoryHangs() throws IOException {
        int pid = run(silent);
        fallSilent();
        silent.seen(world.find(pid).orElseThrow(), Role.DATANODE, world.now());
        var queue = new StartQueue(world.context());
        queue.add(silent);
        queue.advance(List.of(silent));
        assertFalse(queue.isEmpty());
        answer.countDown();
        await("an answer", silent::answers);
        queue.advance(List.of(silent));
        assertTrue(queue.isEmpty());
    }

    /** On a busy machine to make a directory ready may take longer than a turn waits for it. */
    @Test
    void othersWaitForAGtmThatIsSlowToStartAndNotForOneWhoseDirectoryHangs() throws IOException {
        WatchedNode gtm = node("data/gtm", Role.GTM);
        world.silent.put(gtm.directory(), answer);
        var queue = new StartQueue(world.context());
        List<WatchedNode> nodes = List.of(other, gtm);
        nodes.forEach(queue::add);
        queue.advance(nodes);
        assertFalse(gtm.answers());
        assertEquals(NodeState.STOPPED, other.state(), "it waits");
        world.pass(Duration.ofSeconds(6), gtm);
        queue.advance(nodes);
        assertEquals(NodeState.STARTING, other.state());
    }

    @Test
    void manyDirectoriesThatHangTogetherCostLittleMoreThanOne() throws IOException {
        List<WatchedNode> many = new ArrayList<>();
        for (int i = 0; i < 7; i++) {
            many.add(node("data/many" + i));
        }
        many.forEach(node -> world.silent.put(node.directory(), answer));
        long start = System.nanoTime();
        many.forEach(node -> node.startRequested("test"));
        many.forEach(node -> node.startRequested("test"));
        long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
        assertTrue(many.stream().noneMatch(WatchedNode::answers));
        assertTrue(millis < 7000, "seven seconds would be one for each: " + millis + " ms");
    }

    @Test
    void aServerThatSomebodyStartsElsewhereIsSeenWhileOneDirectoryHangs() throws IOException {
        fallSilent();
        ProcessView one = world.server(silent.directory(), Role.DATANODE, FakeWorld.AGENT);
        ProcessView two = world.server(other.directory(), Role.DATANODE, FakeWorld.AGENT);
        world.writePidFile(silent.directory(), Role.DATANODE, one.identity().pid(), "ready");
        world.writePidFile(other.directory(), Role.DATANODE, two.identity().pid(), "ready");
        silent.startRequested("test");
        var finder = new ServerFinder(world.context(), lanes);
        ServerFinder.Look look = assertTimeoutPreemptively(SOON, () -> finder.look(any -> false));
        assertEquals(List.of(two), look.sightings().stream().map(ServerFinder.Sighting::server).toList());
    }

    @Test
    void aScanLeavesOutWhatDoesNotAnswerAndIsToldWhenItDoes() throws Exception {
        Path hangs = silent.directory();
        var scans = new AtomicInteger();
        var told = new CountDownLatch(1);
        var scan = new PatientScan(
                mayTouch -> {
                    scans.incrementAndGet();
                    return VolumeScan.scan(world.home, 4, 1000, java.util.Optional.empty(), hangingAt(hangs, mayTouch));
                },
                world.disk,
                Duration.ofMillis(500));
        scan.whenAnswered(told::countDown);
        VolumeScan found = assertTimeoutPreemptively(SOON, scan::get);
        assertEquals(List.of(other.directory()), nodes(found));
        assertEquals(List.of(hangs + " does not answer: a node in it was not looked for"), found.notes());
        assertEquals(2, scans.get());
        assertEquals(found, assertTimeoutPreemptively(SOON, scan::get));
        assertEquals(3, scans.get(), "what is known to hang takes no second thread");
        answer.countDown();
        assertTrue(told.await(SOON.toSeconds(), TimeUnit.SECONDS));
        assertEquals(2, nodes(scan.get()).size());
    }

    private Predicate<Path> hangingAt(Path place, Predicate<Path> mayTouch) {
        return path -> {
            boolean may = mayTouch.test(path);
            if (may && path.equals(place)) {
                try {
                    assertTrue(answer.await(60, TimeUnit.SECONDS));
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
            }
            return may;
        };
    }

    private static List<Path> nodes(VolumeScan scan) {
        return scan.findings().stream().filter(Finding.Node.class::isInstance).map(Finding::directory).toList();
    }

    private void fallSilent() {
        world.silent.put(silent.directory(), answer);
    }

    private int run(WatchedNode node) throws IOException {
        world.servesAtOnce(node.directory(), Role.DATANODE);
        node.startRequested("test");
        await("that it runs, which may take longer than a turn", () -> node.answers() && node.state() == NodeState.RUNNING);
        return node.server().orElseThrow().pid();
    }

    private static void await(String what, BooleanSupplier condition) {
        long end = System.nanoTime() + SOON.toNanos();
        while (!condition.getAsBoolean()) {
            assertTrue(System.nanoTime() < end, what);
            Thread.onSpinWait();
        }
    }
}
