package com.tiredpixel.pgxl.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Whoever makes the password and whoever gets it first tell no program of it by argument or environment. */
@OnStage
class PasswordTraceIT {

    /** Every program that is begun, with all of its arguments and environment, however short it lives. */
    private static final String TRACE = "strace -f -v -s 65536 -e trace=execve,execveat -o /tmp/trace ";

    @Test
    void neitherInitShNorInitdbShowsThePasswordToAProcessList(Stage stage) {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/strace")), "no strace on this machine");
        assumeTrue(Places.realPostgresXl(), "the stand-in's initdb is another program");
        Sandbox control = new Fleet(stage, "control", List.of()).start("control");
        assertTrace(control, "init.sh", "/usr/local/lib/pgxl/init.sh", "ssh-keygen");
        assertTrace(control, "initdb", "initdb -D /var/lib/postgres/data --nodename data1", "--pwfile=/dev/fd/3");
        String method = Places.ninePointFive() ? "md5" : "scram-sha-256";
        control.exec("postgres", "grep '^host.*" + method + "' ~/data/pg_hba.conf").orFail();

        String secret = "$(cut -d: -f5 " + Passwords.FILE + ")";
        for (String careless : List.of("/bin/true " + secret, "PGPASSWORD=" + secret + " /bin/true")) {
            control.exec("postgres", TRACE + "bash -c '" + careless + "'").orFail();
            assertEquals("/tmp/trace", traced(control), careless);
        }
    }

    private static void assertTrace(Sandbox control, String what, String command, String expected) {
        String said = control.exec("postgres", "export PGPASSFILE=" + Passwords.FILE + "; " + TRACE + command + " 2>&1")
                .orFail().text();
        assertEquals(0, control.exec("postgres", "grep -qF -- " + expected + " /tmp/trace").code(), what + ": " + said);
        assertEquals("", traced(control), what);
    }

    /** @return the trace, if the password is in it; what follows its 32 letters strace writes in a way of its own */
    private static String traced(Sandbox control) {
        return control.exec("postgres", "cut -d: -f5 " + Passwords.FILE + " | head -c 32 | grep -lF -f - /tmp/trace").text();
    }
}
