package com.tiredpixel.pgxl.agent.os;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A {@code /proc} of files: the agent is pid 10. */
class ProcFsFixtureTest {
    private static final int AGENT = 10;

    @TempDir
    Path proc;

    private final List<String> calls = new ArrayList<>();
    private final Set<Integer> started = new HashSet<>();
    private int pidfdResult = 99;
    private ProcFs table;

    @BeforeEach
    void agent() throws IOException {
        Libc libc = FaultyLibc.only((function, arguments) -> {
            calls.add(function + " " + arguments[0] + (arguments.length > 1 ? " " + arguments[1] : ""));
            return function.equals("pidfdOpen") ? pidfdResult : 0;
        });
        table = new ProcFs(libc, proc, AGENT, any -> true, () -> started);
        process(AGENT, 1, 'S', "pgxl-agent", 100);
        write("10/task/10/children", "");
    }

    @Test
    void aProcessIsShownWithAllThatIsKnownOfIt() throws IOException {
        process(42, AGENT, 'S', "postgres", 5000);
        write("42/cmdline", "/usr/bin/postgres\0--coordinator\0-D\0/data/ü\0");
        link("42/exe", "/usr/local/bin/postgres (deleted)");
        link("42/cwd", "/data/coord 1");

        assertEquals(
                Optional.of(new ProcessView(
                        new ProcessIdentity(42, 5000),
                        AGENT,
                        'S',
                        26,
                        "postgres",
                        List.of("/usr/bin/postgres", "--coordinator", "-D", "/data/ü"),
                        Optional.of(Path.of("/data/coord 1")))),
                table.find(42));
    }

    @Test
    void aProcessOfAnotherUserIsNamedByItsComm() throws IOException {
        process(42, AGENT, 'S', "gtm (x) ", 5000);

        ProcessView view = table.find(42).orElseThrow();

        assertEquals("gtm (x) ", view.program());
        assertEquals(Optional.empty(), view.directory());
        assertEquals(List.of(), view.commandLine());
    }

    @Test
    void orphansThatFellToAnotherInitAreThoseOfThisUserAndNoneIfTheAgentIsPidOne() throws IOException {
        process(1, 0, 'S', "tini", 1);
        process(42, 1, 'S', "postgres", 5000);
        process(43, 1, 'Z', "postgres", 5000);
        process(44, AGENT, 'S', "postgres", 5000);
        write("1/task/1/children", "10 42 43 44 ");
        Libc libc = FaultyLibc.only((function, arguments) -> function.equals("geteuid") ? 26 : 0);
        assertEquals(
                Set.of(10, 42), pidsOf(new ProcFs(libc, proc, AGENT, any -> true, () -> started).orphansOfInit(any -> true)));
        Libc another = FaultyLibc.only((function, arguments) -> function.equals("geteuid") ? 27 : 0);
        assertEquals(List.of(), new ProcFs(another, proc, AGENT, any -> true, () -> started).orphansOfInit(any -> true));
        assertEquals(List.of(), new ProcFs(libc, proc, 1, any -> true, () -> started).orphansOfInit(any -> true));
    }

    @Test
    void theEnvironmentOfAServerIsReadWithinBounds() throws IOException {
        process(42, 1, 'S', "postgres", 5000);
        var server = new ProcessIdentity(42, 5000);
        assertEquals(Optional.empty(), table.environment(server));
        write("42/environ", "A=b\0C=d=e\nf\0=x\0nonsense\0G=\0");
        assertEquals(Optional.of(Map.of("A", "b", "C", "d=e\nf", "G", "")), table.environment(server));
        assertEquals(Optional.empty(), table.environment(new ProcessIdentity(42, 4999)), "a later owner of the number");
        write("42/environ", "A=" + "x".repeat(300_000) + "\0");
        assertEquals(Optional.empty(), table.environment(server));
    }

    @Test
    void aDirectoryOfTheSameNameInAnotherContainerIsAnother() throws IOException {
        process(42, 1, 'S', "postgres", 5000);
        Path here = Files.createDirectory(proc.resolve("here"));
        Path there = Files.createDirectory(proc.resolve("there"));
        link("42/cwd", here.toString());
        assertTrue(table.worksIn(new ProcessIdentity(42, 5000), here));
        assertFalse(table.worksIn(new ProcessIdentity(42, 5000), there));
        assertFalse(table.worksIn(new ProcessIdentity(42, 4999), here), "a later owner of the number");
        assertFalse(table.worksIn(new ProcessIdentity(43, 5000), here));
        assertFalse(table.worksIn(new ProcessIdentity(42, 5000), proc.resolve("none")));
    }

    @Test
    void aThreadIdIsNoProcess() throws IOException {
        process(43, AGENT, 'S', "java", 5000);
        write("43/status", status(42));

        assertEquals(Optional.empty(), table.find(43));
        assertFalse(table.isAlive(new ProcessIdentity(43, 5000)));
    }

    @Test
    void numbersThatNoProcessHasFindNothing() {
        for (int pid : new int[] {Integer.MIN_VALUE, -1, 0, 41, Integer.MAX_VALUE}) {
            assertEquals(Optional.empty(), table.find(pid));
            assertFalse(table.isAlive(new ProcessIdentity(pid, 100)));
        }
    }

    @Test
    void aZombieIsFoundButNotAlive() throws IOException {
        process(42, AGENT, 'Z', "postgres", 5000);

        assertTrue(table.find(42).orElseThrow().isZombie());
        assertFalse(table.isAlive(new ProcessIdentity(42, 5000)));
    }

    @Test
    void anotherStartTimeIsAnotherProcess() throws IOException {
        process(42, AGENT, 'S', "postgres", 5000);

        assertTrue(table.isAlive(new ProcessIdentity(42, 5000)));
        assertFalse(table.isAlive(new ProcessIdentity(42, 4999)));
    }

    @Test
    void whatTheAgentStartedAndWhatFellToItAreItsChildren() throws IOException {
        process(42, AGENT, 'S', "postgres", 5000);
        process(43, AGENT, 'S', "gtm", 5001);
        process(44, AGENT, 'Z', "gone", 5002);
        write("10/task/10/children", "42 44 ");
        started.addAll(Set.of(42, 43, 9999));

        assertEquals(List.of(42, 43), table.children(any -> true).stream()
                .map(view -> view.identity().pid())
                .sorted()
                .toList());
    }

    @Test
    void withoutListsOfChildrenAllProcessesAreAskedForTheirParent() throws IOException {
        Files.delete(proc.resolve("10/task/10/children"));
        process(42, AGENT, 'S', "postgres", 5000);
        process(43, 42, 'S', "postgres", 5001);

        assertEquals(Set.of(42), pidsOf(table.children(any -> true)));
    }

    @Test
    void portsAreThoseOfListeningSocketsThatTheProcessHolds() throws IOException {
        process(42, AGENT, 'S', "postgres", 5000);
        write("42/net/tcp", """
                  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
                   0: 00000000:1538 00000000:0000 0A 00000000:00000000 00:00000000 00000000    26        0 1001 1 0 100 0
                   1: 0100007F:1539 00000000:0000 0A 00000000:00000000 00:00000000 00000000    26        0 1002 1 0 100 0
                   2: 0100007F:1538 0100007F:A000 01 00000000:00000000 00:00000000 00000000    26        0 1003 1 0 100 0
                """);
        write("42/net/tcp6", """
                  sl  local_address                         remote_address                        st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
                   0: 00000000000000000000000001000000:4E20 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000    26        0 1004 1 0
                """);
        link("42/fd/0", "pipe:[1001]");
        link("42/fd/3", "socket:[1001]");
        link("42/fd/4", "socket:[1003]");
        link("42/fd/5", "socket:[1004]");

        assertEquals(Set.of(0x1538, 0x4E20), table.listeningPorts(new ProcessIdentity(42, 5000)));
        assertEquals(Set.of(), table.listeningPorts(new ProcessIdentity(42, 5001)));
    }

    @Test
    void aSignalGoesThroughAPidfd() throws IOException {
        process(42, AGENT, 'S', "postgres", 5000);

        assertTrue(table.signal(new ProcessIdentity(42, 5000), Signal.INT));

        assertEquals(List.of("pidfdOpen 42", "pidfdSendSignal 99 2", "close 99"), calls);
    }

    @Test
    void aLaterOwnerOfTheNumberIsNeverSignalled() throws IOException {
        process(42, AGENT, 'S', "postgres", 5001);

        assertFalse(table.signal(new ProcessIdentity(42, 5000), Signal.KILL));
        pidfdResult = Errno.ENOSYS.asResult();
        assertFalse(table.signal(new ProcessIdentity(42, 5000), Signal.KILL));

        assertEquals(List.of("pidfdOpen 42", "close 99", "pidfdOpen 42"), calls);
    }

    @Test
    void groupsAndEverybodyAreNeverSignalled() {
        for (int pid : new int[] {0, -1, -42}) {
            assertFalse(table.signal(new ProcessIdentity(pid, 100), Signal.KILL));
        }
        assertEquals(List.of(), calls);
    }

    @Test
    void underAFilterThatKnowsNoPidfdItIsKill() throws IOException {
        process(42, AGENT, 'S', "postgres", 5000);
        pidfdResult = Errno.EPERM.asResult();

        assertTrue(table.signal(new ProcessIdentity(42, 5000), Signal.TERM));

        assertEquals(List.of("pidfdOpen 42", "kill 42 15"), calls);
    }

    private static Set<Integer> pidsOf(List<ProcessView> views) {
        return views.stream().map(view -> view.identity().pid()).collect(Collectors.toSet());
    }

    private void process(int pid, int parent, char state, String comm, long startTicks) throws IOException {
        write(pid + "/stat", pid + " (" + comm + ") " + state + " " + parent
                + " 42 42 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 1 0 " + startTicks + " 1000 100\n");
        write(pid + "/status", status(pid));
    }

    private static String status(int threadGroup) {
        return "Name:\tx\nTgid:\t" + threadGroup + "\nUid:\t0\t26\t26\t26\nGid:\t26\t26\t26\t26\n";
    }

    private void write(String file, String text) throws IOException {
        Files.createDirectories(proc.resolve(file).getParent());
        Files.writeString(proc.resolve(file), text);
    }

    private void link(String file, String target) throws IOException {
        Files.createDirectories(proc.resolve(file).getParent());
        Files.createSymbolicLink(proc.resolve(file), Path.of(target));
    }
}
