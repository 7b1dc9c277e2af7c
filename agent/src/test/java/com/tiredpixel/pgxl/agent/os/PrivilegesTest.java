package com.tiredpixel.pgxl.agent.os;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@OwnJvm
class PrivilegesTest {
    @TempDir
    Path temporary;
    private final Privileges privileges = new Privileges(Kernel.LIBC);

    @Test
    void everyThreadBecomesTheUserAndNoneCanGoBack() throws Exception {
        assumeTrue(privileges.isRoot(), "only root can give up root");

        String report = ForkedJvm.run(List.of("/usr/bin/setpriv", "--no-new-privs"), PrivilegesScenario.class, "nobody");

        assertEquals("""
                Everywhere[]
                Done[]
                root false
                child %d %d
                exit 0""".formatted(nobody().uid(), nobody().gid()), report);
    }

    /** As by {@code docker run --group-add}; of root's own groups none is kept. */
    @Test
    void groupsThatTheContainerWasGivenAreKept() throws Exception {
        assumeTrue(privileges.isRoot(), "only root can give up root");

        String report = ForkedJvm.run(
                List.of("/usr/bin/setpriv", "--groups", "0,12345,23456"), PrivilegesScenario.class, "nobody");

        assertTrue(report.contains("\nDone[]\n"), report);
        String child = report.lines().filter(line -> line.startsWith("child ")).findFirst().orElseThrow();
        List<String> groups = List.of(child.substring(child.indexOf(' ', 6) + 1).split(" "));
        assertTrue(groups.containsAll(List.of("12345", "23456")) && !groups.contains("0"), child);
    }

    @Test
    void groupsOfRootAreNotAmongThem() throws Exception {
        Path group = Files.writeString(temporary.resolve("group"), "wheel:x:10:somebody,root\ndisk:x:6:root\nx:x:12:other\n");
        Path process = Files.createDirectory(temporary.resolve("process"));
        Files.writeString(process.resolve("status"), "Tgid:\t1\nUid:\t0\t0\t0\t0\nGroups:\t0 6 10 12 34 \n");
        var users = new UserDatabase(Path.of("/etc/passwd"), group);

        assertEquals(Set.of(12, 34), new Privileges(Kernel.LIBC, process, users).givenGroups());
    }

    @Test
    void threadsWithoutNoNewPrivilegesAreCounted() throws Exception {
        assumeTrue(privileges.isRoot(), "only root can give up root");

        String report = ForkedJvm.run(List.of(), PrivilegesScenario.class, "nobody");

        assertTrue(report.startsWith("MissingOn[threads=["), report);
        assertTrue(report.contains("\nDone[]\n"), report);
    }

    @Test
    void capabilitiesThatSurviveAreReported() throws Exception {
        assumeTrue(privileges.isRoot(), "only root can give up root");

        // SECBIT_NO_SETUID_FIXUP: the kernel leaves the capabilities alone when the user changes.
        String report = ForkedJvm.run(
                List.of("/usr/bin/setpriv", "--securebits", "+no_setuid_fixup"), PrivilegesScenario.class, "nobody");

        assertTrue(report.contains("Failed[reason="), report);
        assertTrue(report.contains("setuid(0) still succeeds"), report);
    }

    @Test
    void whoHasLostTheRightIsToldWhichCallFailed() {
        Libc libc = FaultyLibc.with(Kernel.LIBC, "initgroups", arguments -> Errno.EPERM.asResult());

        assertEquals(
                new Privileges.Drop.Failed("cannot become user nobody (uid " + nobody().uid() + ", gid " + nobody().gid()
                        + "): initgroups: EPERM (operation not permitted)"),
                new Privileges(libc).drop(nobody()));
    }

    @Test
    void rootIsNobodyToDropTo() {
        var root = new UserDatabase.User("toor", 0, 0);

        assertInstanceOf(Privileges.Drop.Failed.class, privileges.drop(root));
    }

    private static UserDatabase.User nobody() {
        return new UserDatabase().user("nobody").orElseThrow();
    }
}
