package com.tiredpixel.pgxl.agent.supervisor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tiredpixel.pgxl.agent.base.Allocations;
import com.tiredpixel.pgxl.agent.node.Finding;
import com.tiredpixel.pgxl.agent.node.NodeFacts;
import com.tiredpixel.pgxl.agent.node.Role;
import com.tiredpixel.pgxl.agent.node.VolumeScan;
import com.tiredpixel.pgxl.agent.os.ExitStatus;
import com.tiredpixel.pgxl.agent.os.ProcessIdentity;
import com.tiredpixel.pgxl.agent.os.ProcessView;
import com.tiredpixel.pgxl.agent.os.Reaped;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import java.util.function.LongPredicate;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The life of three nodes, in which every call to whom the supervisor works with fails once, alone or with those after
 * it, as when there is no memory: it goes on, and all comes as it should.
 */
class SupervisorUnderFaultsTest {
    private static final List<Supplier<Throwable>> FAILURES = List.of(
            () -> new OutOfMemoryError("as a test says"),
            StackOverflowError::new,
            () -> new NoClassDefFoundError("as a test says"),
            () -> new IllegalStateException("as a test says"));

    /** Many more than any fault delays it. */
    private static final int MOST_TURNS = 600;
    private static final Duration TURN = Duration.ofMillis(50);

    @TempDir
    private Path temporary;

    private int lives;

    @Test
    void everyCallMayFailOnce() throws IOException {
        long calls = withoutFaults();
        for (long k = 1; k <= calls; k++) {
            long one = k;
            Life life = live(call -> call == one, FAILURES.get((int) (k % FAILURES.size())));
            assertEquals(1, life.faults.thrown(), life::story);
        }
        System.out.println("MEASURED calls of which each failed once: " + calls);
    }

    @Test
    void nothingMayWorkForAWhile() throws IOException {
        long calls = withoutFaults();
        for (long k = 1; k <= calls; k += 7) {
            long from = k;
            Life life = live(call -> call >= from && call < from + 100, FAILURES.get((int) (k % FAILURES.size())));
            assertTrue(life.faults.thrown() > 1, life::story);
        }
    }

    @Test
    void halfOfAllMayFailForALongTime() throws IOException {
        for (int every = 2; every < 60; every++) {
            int period = every;
            live(call -> call < 3_000 && call % period == 0, FAILURES.get(0));
        }
    }

    /** A stop, or the end of a server, comes once; and in a heap that may be full. */
    @Test
    void toTellTheSupervisorSomethingNeedsNoMemory() throws IOException {
        Life life = new Life(Files.createDirectory(temporary.resolve("life")), new Faults(call -> false, FAILURES.get(0)));
        life.until("both run", () -> life.runs(life.gtm) && life.runs(life.coordinator));
        var server = new Reaped(
                new ProcessIdentity(life.pid(life.gtm), 1), new ExitStatus.Signaled(9, false), true, Duration.ZERO);
        var orphan = new Reaped(new ProcessIdentity(77_777, 0), new ExitStatus.Exited(1), false, Duration.ZERO);
        life.supervisor.turn();

        assertEquals(0, Allocations.of(life.supervisor::stop));
        assertEquals(0, Allocations.of(life.supervisor::reload));
        assertEquals(0, Allocations.of(life.supervisor::explain));
        assertEquals(0, Allocations.of(() -> life.supervisor.reaped(server)));
        assertEquals(0, Allocations.of(() -> life.supervisor.reaped(orphan)));
    }

    /** The opposite: what the life is like in which nothing fails, and that it has calls to fail. */
    private long withoutFaults() throws IOException {
        Life life = live(call -> false, FAILURES.get(0));
        assertEquals(0, life.faults.thrown());
        assertFalse(life.world.log.stream().anyMatch(line -> line.contains("failed looking after the nodes")), life::story);
        assertTrue(life.faults.calls() > 200, () -> "only " + life.faults.calls() + " calls");
        return life.faults.calls();
    }

    private Life live(LongPredicate fails, Supplier<Throwable> failure) throws IOException {
        Life life = new Life(Files.createDirectory(temporary.resolve("life-" + ++lives)), new Faults(fails, failure));
        try {
            life.live();
        } catch (Throwable e) {
            throw new AssertionError("life " + lives + ": " + e.getMessage() + "\n" + life.story(), e);
        }
        return life;
    }

    /** A GTM and a coordinator that a container start finds, and a datanode that an operator adds. */
    private static final class Life {
        private final Faults faults;
        private final FakeWorld world;
        private final Supervisor supervisor;
        private final Path gtm;
        private final Path coordinator;
        private final Path datanode;
        private final Map<Integer, Path> servers = new HashMap<>();
        private int turns;

        Life(Path home, Faults faults) throws IOException {
            this.faults = faults;
            this.world = new FakeWorld(home.toRealPath());
            this.gtm = world.dataDirectory("data/gtm", Role.GTM);
            this.coordinator = world.dataDirectory("data/coord", Role.COORDINATOR);
            this.datanode = world.dataDirectory("data/dn", Role.DATANODE);
            world.servesAtOnce(gtm, Role.GTM);
            world.servesAtOnce(coordinator, Role.COORDINATOR);
            Supplier<?> scan = faults.put(Supplier.class, (Supplier<VolumeScan>) this::scan);
            this.supervisor = new Supervisor(
                    world.context(faults), new PatientScan(any -> (VolumeScan) scan.get(), world.disk));
        }

        private VolumeScan scan() {
            return new VolumeScan(List.of(found(gtm, Role.GTM), found(coordinator, Role.COORDINATOR)), List.of());
        }

        private static Finding.Node found(Path directory, Role role) {
            return new Finding.Node(NodeFacts.read(directory, role), Optional.empty(), true, List.of());
        }

        void live() throws IOException {
            faults.begin();
            until("both run", () -> runs(gtm) && runs(coordinator));
            int gtmPid = pid(gtm);

            end(pid(coordinator), new ExitStatus.Signaled(9, false));
            until("the coordinator is back", () -> runs(coordinator) && world.processes.containsKey(pid(coordinator)));
            assertEquals(2, started(coordinator), "starts of the coordinator");

            ProcessView operators = world.server(datanode, Role.DATANODE, FakeWorld.AGENT);
            world.writePidFile(datanode, Role.DATANODE, operators.identity().pid(), "ready");
            world.serve(operators.identity().pid());
            supervisor.reaped(new Reaped(new ProcessIdentity(9999, 1), new ExitStatus.Exited(0), true, world.now()));
            until("the datanode is adopted", () -> runs(datanode));

            end(operators.identity().pid(), new ExitStatus.Signaled(9, false));
            world.servesAtOnce(datanode, Role.DATANODE);
            until("the datanode is back", () -> runs(datanode) && pid(datanode) != operators.identity().pid());

            obey(coordinator, new NodeCommand.Stop(NodeCommand.StopMode.FAST));
            until("the coordinator is down", () -> state(coordinator) == NodeState.STOPPED);
            until("its directory is let go", () -> !world.lockedHere.contains(coordinator));
            obey(coordinator, new NodeCommand.Start());
            until("the coordinator runs again", () -> runs(coordinator));

            assertEquals(gtmPid, pid(gtm), "the GTM is another one");
            supervisor.stop();
            until("all are down", () -> servers().isEmpty());
            assertTrue(supervisor.run(), "not every node went down cleanly");
            assertEquals(1, started(gtm), "starts of the GTM");
            assertEquals(3, started(coordinator), "starts of the coordinator");
            assertEquals(1, started(datanode), "starts of the datanode");
        }

        /** An operator who is refused because the agent failed tries again. */
        private void obey(Path directory, NodeCommand order) throws IOException {
            boolean failed = true;
            for (int i = 0; failed && i < 200; i++) {
                CompletableFuture<NodeCommand.Result> answer = supervisor.order(directory, order);
                until("an answer", answer::isDone);
                failed = answer.join() instanceof NodeCommand.Result.Refused;
            }
            assertFalse(failed, order + " is always refused");
        }

        private void until(String what, BooleanSupplier condition) throws IOException {
            int end = turns + MOST_TURNS;
            while (!condition.getAsBoolean()) {
                if (turns++ > end) {
                    throw new AssertionError("not: " + what);
                }
                world.pass(TURN);
                supervisor.turn();
                endThoseToldTo();
                Map<Path, Integer> live = new HashMap<>();
                for (Path directory : servers()) {
                    assertEquals(1, live.merge(directory, 1, Integer::sum), "two servers on " + directory);
                }
            }
        }

        /** As servers do that are told to stop. */
        private void endThoseToldTo() throws IOException {
            for (String signal : List.copyOf(world.signals)) {
                String[] words = signal.split(" ");
                int pid = Integer.parseInt(words[1]);
                if (List.of("INT", "TERM", "QUIT").contains(words[0]) && world.processes.containsKey(pid)) {
                    Path directory = world.processes.get(pid).directory().orElseThrow();
                    Files.deleteIfExists(directory.resolve("postmaster.pid"));
                    Files.deleteIfExists(directory.resolve("gtm.pid"));
                    end(pid, new ExitStatus.Exited(directory.equals(gtm) ? 1 : 0));
                }
            }
        }

        private void end(int pid, ExitStatus status) {
            boolean own = world.started(pid);
            world.end(pid, status);
            supervisor.reaped(new Reaped(new ProcessIdentity(pid, pid), status, own, world.now()));
        }

        private List<Path> servers() {
            return world.processes.values().stream().map(process -> process.directory().orElseThrow()).toList();
        }

        private long started(Path directory) {
            return world.started.stream().filter(command -> command.directory().equals(directory)).count();
        }

        private Optional<NodeReport> report(Path directory) {
            return supervisor.overview().nodes().stream().filter(node -> node.directory().equals(directory)).findFirst();
        }

        private NodeState state(Path directory) {
            return report(directory).map(NodeReport::state).orElse(NodeState.GONE);
        }

        private boolean runs(Path directory) {
            return state(directory) == NodeState.RUNNING;
        }

        private int pid(Path directory) {
            return report(directory).flatMap(node -> node.pid().isPresent()
                    ? Optional.of(node.pid().getAsInt()) : Optional.empty()).orElse(0);
        }

        String story() {
            return String.join("\n", world.log) + "\nsignals " + world.signals + "\nreports " + supervisor.overview().nodes()
                    + "\nlocks " + world.lockedHere + ", faults " + faults.thrown() + " of " + faults.calls() + " calls";
        }
    }
}
