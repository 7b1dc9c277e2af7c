package com.tiredpixel.pgxl.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

/** After start-up nothing that PID 1 started, and not PID 1 itself, runs as root. */
@OnStage
class PrivilegesIT {

    /** One line for each thread but those of the shell that asks: ids, capabilities, no_new_privs. */
    private static final String EVERY_THREAD =
            "for s in /proc/[0-9]*/task/*/status; do [ -e $s ] && p=${s#/proc/} && p=${p%%/*}"
                    + " && [ $p != $$ ] && [ \"$(awk '/^PPid/{print $2}' $s)\" != $$ ]"
                    + " && awk '/^(Uid|Gid|CapEff|CapPrm|CapInh|CapAmb|NoNewPrivs)/{$1=\"\"; printf \"%s;\", $0}"
                    + " END{print \"\"}' $s; done 2>/dev/null | sort -u";

    private static final String POSTGRES =
            " 999 999 999 999; 999 999 999 999; 0000000000000000; 0000000000000000; 0000000000000000;"
                    + " 0000000000000000; 1;";

    @Test
    void noThreadOfAnyProcessHasPrivileges(Stage stage) {
        Cluster cluster = Cluster.start(stage);
        cluster.operator().ssh().start("exec sleep 300");
        cluster.sandbox().exec("root", "until pgrep -x sleep; do sleep 0.1; done").orFail();
        List<String> kinds = cluster.sandbox().exec("root", EVERY_THREAD).text().lines()
                .map(line -> line.replaceAll("\\s+", " ")).distinct().toList();
        assertEquals(List.of(POSTGRES), kinds);
    }

    @Test
    void aFreshVolumeOfRootIsTakenOver(Stage stage) {
        Sandbox sandbox = stage.sandbox("node", stage.newDirectory("volume-of-root")).start();
        sandbox.log().await("listening on");
        assertEquals("postgres", sandbox.exec("root", "stat -c %U /var/lib/postgres").text());
        assertTrue(sandbox.exec("postgres", "touch /var/lib/postgres/mine").code() == 0);
    }

    @Test
    void startedAsAnotherUserItJustServes(Stage stage) {
        Cluster cluster = Cluster.start(stage, stage.sandbox("node", Cluster.volume(stage)).command(
                "/usr/bin/setpriv", "--reuid", "999", "--regid", "999", "--clear-groups", "--bounding-set", "-all",
                Sandbox.LAUNCHER).set("PGXL_SSH_PORT", "2222"));
        assertEquals("postgres", cluster.sandbox().exec("root", "ps -o user= -p 1").text());
    }
}
