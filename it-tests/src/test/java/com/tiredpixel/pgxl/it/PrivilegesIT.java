package com.tiredpixel.pgxl.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
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

    /** Root's powers that the compose files leave. */
    private static final String FOUR = "-all,+chown,+setuid,+setgid,+net_bind_service";

    private static String powerless(int uid) {
        return (" U U U U; U U U U; 0000000000000000; 0000000000000000; 0000000000000000; 0000000000000000; 1;")
                .replace("U", Integer.toString(uid));
    }

    /** With servers, a command over SSH and a helper of the agent's in it. */
    private static List<String> kinds(Cluster cluster) {
        cluster.operator().ssh().start("exec sleep 300");
        cluster.sandbox().exec("root", "until pgrep -x sleep; do sleep 0.1; done").orFail();
        return cluster.sandbox().exec("root", EVERY_THREAD).text().lines()
                .map(line -> line.replaceAll("\\s+", " ")).distinct().toList();
    }

    private static void serves(Cluster cluster) {
        Cluster.NODES.stream().filter(node -> node.isPostgres()).forEach(cluster::awaitRows);
        assertEquals(0, cluster.sandbox().stop(Duration.ofSeconds(20)));
    }

    @Test
    void noThreadOfAnyProcessHasPrivileges(Stage stage) {
        assertEquals(List.of(powerless(999)), kinds(Cluster.start(stage)));
    }

    @Test
    void norHasAnyWithFourCapabilitiesLeftAndARootFileSystemThatIsReadOnly(Stage stage) {
        Cluster cluster = Cluster.start(
                stage, stage.sandbox("node", Cluster.volume(stage)).capabilities(FOUR).readOnly());
        assertEquals(List.of(powerless(999)), kinds(cluster));
        assertEquals(1, cluster.sandbox().exec("root", "touch /here").code(), "the root file system is read-only");
        serves(cluster);
    }

    @Test
    void norHasAnyWithoutAnyCapabilityAsTheUserItself(Stage stage) {
        Cluster cluster = Cluster.start(stage, stage.sandbox("node", Cluster.volume(stage)).readOnly()
                .set("PGXL_SSH_PORT", "2222").command(
                        "/usr/bin/setpriv", "--reuid", "999", "--regid", "999", "--clear-groups", "--bounding-set",
                        "-all", Sandbox.LAUNCHER));
        assertEquals("postgres", cluster.sandbox().exec("root", "ps -o user= -p 1").text());
        assertEquals(List.of(powerless(999)), kinds(cluster));
        serves(cluster);
    }

    /** PID 1 knows what its sessions are not told: the environment of the container, keys of hosts. */
    @Test
    void noSessionCanLookIntoPidOneOrTraceIt(Stage stage) {
        Cluster asRoot = Cluster.start(stage);
        Cluster asUser = Cluster.start(stage, stage.sandbox("user", Cluster.volume(stage))
                .set("PGXL_SSH_PORT", "2222").command(
                        "/usr/bin/setpriv", "--reuid", "999", "--regid", "999", "--clear-groups", "--bounding-set",
                        "-all", Sandbox.LAUNCHER));
        for (Cluster cluster : List.of(asRoot, asUser)) {
            Ssh ssh = cluster.operator().ssh();
            assertEquals("environ fd mem ptrace", ssh.run("sleep 60 >/dev/null 2>&1 & " + looks("$!")).text(), "the opposite");
            assertEquals("", ssh.run(looks("1")).text());
            serves(cluster);
        }
    }

    /** Says what of a process can be had, ptrace(2) as number 101 or 117 with PTRACE_ATTACH. */
    private static String looks(String pid) {
        return "p=" + pid + "; s=''; (: </proc/$p/environ) 2>/dev/null && s=\"$s environ\"; ls /proc/$p/fd >/dev/null 2>&1"
                + " && s=\"$s fd\"; (: </proc/$p/mem) 2>/dev/null && s=\"$s mem\"; perl -e 'exit(syscall(`uname -m` =~ /^x/"
                + " ? 101 : 117, 16, $ARGV[0] + 0, 0, 0) != 0)' $p 2>/dev/null && s=\"$s ptrace\"; echo ${s# }";
    }

    @Test
    void norHasAnyInAUserNamespace(Stage stage) {
        Path volume = Cluster.volume(stage);
        Program.run(Await.LONG, List.of("chown", "-R", "100999:100999", volume.toString())).orFail();
        Cluster cluster = Cluster.start(stage, stage.sandbox("node", volume).userNamespace());
        assertEquals(List.of(powerless(100_999)), kinds(cluster));
        assertEquals("0 100000 65536",
                cluster.sandbox().exec("root", "cat /proc/1/uid_map").text().strip().replaceAll("\\s+", " "));
        serves(cluster);
    }

    @Test
    void rootWithoutThePowerToBecomeAnotherDoesNotStart(Stage stage) {
        Sandbox sandbox = stage.sandbox("node").capabilities("-all,+chown,+net_bind_service").start();
        assertEquals(71, sandbox.exitCode(Await.LONG));
        assertTrue(sandbox.log().text().contains("cannot become user postgres"), sandbox.log().text());
    }

    @Test
    void aFreshVolumeOfRootIsTakenOver(Stage stage) {
        Sandbox sandbox = stage.sandbox("node", stage.newDirectory("volume-of-root")).start();
        sandbox.log().await("listening on");
        assertEquals("postgres", sandbox.exec("root", "stat -c %U /var/lib/postgres").text());
        assertTrue(sandbox.exec("postgres", "touch /var/lib/postgres/mine").code() == 0);
    }
}
