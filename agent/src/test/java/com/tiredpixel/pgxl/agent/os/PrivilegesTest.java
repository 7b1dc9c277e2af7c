package com.tiredpixel.pgxl.agent.os;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

@OwnJvm
class PrivilegesTest {
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
        var root = new UserDatabase.User("toor", 0, 0, "/root", "/bin/sh");

        assertInstanceOf(Privileges.Drop.Failed.class, privileges.drop(root));
    }

    private static UserDatabase.User nobody() {
        return new UserDatabase().user("nobody").orElseThrow();
    }
}
