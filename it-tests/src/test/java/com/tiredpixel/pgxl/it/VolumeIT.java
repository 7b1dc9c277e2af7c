package com.tiredpixel.pgxl.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which directory root gives to the user of the servers, and what is said of one in which he can keep nothing. */
@OnStage
class VolumeIT {

    private static final String LOOK = "stat -c '%U %a' ";

    /** @return a sandbox in which something is done before the agent starts */
    private static Sandbox after(String preparation, Sandbox.Plan plan) {
        return plan.command("/bin/sh", "-c", preparation + "; exec " + Sandbox.LAUNCHER).start();
    }

    private static String end(Sandbox sandbox, int code) {
        assertEquals(code, sandbox.exitCode(Await.LONG), sandbox.log().text());
        return sandbox.log().text();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/etc", "/usr", "/root", "/srv", "/var/lib", "/usr/local/lib", "/etc/ssl"})
    void aDirectoryOfTheSystemIsNoHome(String directory, Stage stage) {
        String said = end(stage.sandbox("node").set("PGXL_HOME", directory).start(), 64);
        assertTrue(said.contains("PGXL_HOME is \"" + directory + "\", but must be"), said);
    }

    @Test
    void norIsALinkOfRootsToOne(Stage stage) {
        Sandbox sandbox = after("mkdir /data; ln -s /etc /data/link",
                stage.sandbox("node").set("PGXL_HOME", "/data/link/ssl"));
        String said = end(sandbox, 71);
        assertTrue(said.contains("PGXL_HOME: /data/link/ssl is /etc/ssl, a directory of the system"), said);
    }

    /** Its mode stays too. */
    @Test
    void aDirectoryOfRootsWithSomethingInItIsNotGivenAway(Stage stage) {
        Path volume = stage.bareVolume();
        Sandbox sandbox = stage.sandbox("node", volume).set("PGXL_HOME", "/srv/files").command("/bin/sh", "-c",
                "mkdir /srv/files; chmod 751 /srv/files; touch /srv/files/of-somebody; " + Sandbox.LAUNCHER + "; code=$?; "
                        + LOOK + "/srv/files >/var/lib/postgres/seen; exit $code").start();
        String said = end(sandbox, 71);
        assertTrue(said.contains("/srv/files belongs to root, no volume is mounted there"), said);
        assertEquals("root 751", Program.run(Await.LONG, List.of("cat", volume.resolve("seen").toString())).orFail().text());
    }

    /** An empty one, one that is not there, a mount, and one that was taken before and went back to root. */
    @ParameterizedTest
    @CsvSource({
        "mkdir /srv/home, /srv/home", "true, /srv/home/of/postgres",
        "mkdir /srv/home; mkdir /srv/other; touch /srv/other/file; mount --bind /srv/other /srv/home, /srv/home",
        "mkdir -p /srv/home/.pgxl; touch /srv/home/file; chown postgres /srv/home/.pgxl, /srv/home",
        "chown root /var/lib/postgres; touch /var/lib/postgres/file, /var/lib/postgres"
    })
    void whatMayBeAVolumeIsGivenAway(String preparation, String home, Stage stage) {
        // To mount takes more than a container has by default.
        Sandbox sandbox = after(preparation, stage.sandbox("node").set("PGXL_HOME", home).capabilities("+all"));
        sandbox.log().await("gave " + home + " to postgres");
        sandbox.log().await("listening on");
        assertEquals("postgres 700", sandbox.exec("root", LOOK + home).text());
    }

    /** Host keys, the token and every node would have nowhere to be; and no key of anybody's would be taken. */
    @Test
    void aVolumeOfSomebodyElsesEndsTheStartAndIsSaidToBeHis(Stage stage) {
        Path volume = stage.newDirectory("volume");
        Program.run(Await.LONG, List.of("chown", "1000:1001", volume.toString())).orFail();
        Sandbox sandbox = stage.sandbox("node", volume).start();
        String said = end(sandbox, 71);
        assertTrue(said.contains("PGXL_HOME: uid 999 cannot write in /var/lib/postgres, which belongs to uid 1000, gid 1001, mode 0755"),
                said);
    }

    @Test
    void norMayRootsBeHisWithoutThePowerToGiveItAway(Stage stage) {
        Sandbox sandbox = stage.sandbox("node", stage.newDirectory("volume"))
                .capabilities("-all,+setuid,+setgid,+net_bind_service").start();
        String said = end(sandbox, 71);
        assertTrue(said.contains("cannot write in /var/lib/postgres, which belongs to uid 0") && said.contains("EPERM"), said);
    }

    /** A node on it is started all the same, and what is wrong is said. */
    @Test
    void aNodeOnAVolumeOfSomebodyElsesRuns(Stage stage) {
        Path volume = Cluster.volume(stage);
        Program.run(Await.LONG, List.of("bash", "-c", "rm -rf \"$0/.pgxl\"; chown 1000 \"$0\"; chmod 755 \"$0\"",
                volume.toString())).orFail();
        Sandbox sandbox = stage.sandbox("node", volume).start();
        Cluster.NODES.forEach(node -> sandbox.log().awaitState(0, node, "RUNNING"));
        assertTrue(sandbox.log().text().contains("cannot write in /var/lib/postgres, which belongs to uid 1000"));
    }

    @Test
    void groupsThatTheContainerWasGivenOpenFilesToItsSessions(Stage stage) {
        Sandbox sandbox = stage.sandbox("node").command(
                "/usr/bin/setpriv", "--groups", "0,12345", Sandbox.LAUNCHER).start();
        sandbox.log().await("listening on");
        sandbox.log().await("keeps the groups that the container was given: \\[12345]");
        sandbox.exec("root", "echo word >/tmp/of-the-group; chown 0:12345 /tmp/of-the-group; chmod 640 /tmp/of-the-group").orFail();
        assertEquals("word", new Operator(stage, sandbox).ssh().run("cat /tmp/of-the-group").orFail().text());
    }
}
