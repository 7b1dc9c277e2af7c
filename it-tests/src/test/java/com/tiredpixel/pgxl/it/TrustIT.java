package com.tiredpixel.pgxl.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Root runs nothing and believes nothing that the user of the servers could have written. */
@OnStage
class TrustIT {

    /** Under the names of programs of the launcher, and of files that a shell or a JVM may read by itself. */
    @Test
    void whatLiesOnTheVolumeIsNeverRunByRoot(Stage stage) throws IOException {
        Path volume = stage.volume();
        for (String name : List.of(
                "java", "setpriv", "env", "uname", "dirname", "readlink", "id", "bin/java", "bin/setpriv", ".bashrc",
                ".profile", ".bash_profile", ".pam_environment")) {
            Path file = volume.resolve(name);
            Files.createDirectories(file.getParent());
            Files.writeString(file, "#!/bin/sh\nid -u >>/tmp/ran 2>&1\n[ \"$1\" != -g ] || exec /usr/bin/id \"$@\"\n");
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
        }
        Files.writeString(volume.resolve(".hotspotrc"), "+NoSuchFlag\n");
        Files.writeString(volume.resolve(".hotspot_compiler"), "exclude *\n");
        Files.writeString(volume.resolve("tinylog.properties"), "level = trace\n");
        Program.run(Await.LONG, List.of("chown", "-R", "999:999", volume.toString())).orFail();
        Sandbox sandbox = stage.sandbox("node", volume)
                .command("/usr/bin/env", "-C", "/var/lib/postgres", Sandbox.LAUNCHER).start();
        Ssh ssh = new Ssh(stage, sandbox).awaitLogin();
        new Pgxl(sandbox).await();
        sandbox.exec("root", "cd /var/lib/postgres; for v in status 'explain' 'health' 'reload' 'log-level info'; do "
                + Pgxl.PATH + " $v >/dev/null 2>&1; done");
        ssh.run("true").orFail();
        String ran = sandbox.exec("root", "cat /tmp/ran 2>/dev/null; true").text();
        assertFalse(ran.lines().anyMatch("0"::equals), ran);
        assertFalse(sandbox.log().text().contains("TRACE"));
        assertEquals(0, sandbox.exec("postgres", "./env; true").code());
        assertEquals(0, sandbox.exec("postgres", "cd && ./env").code(), "they can be run");
        assertTrue(sandbox.exec("root", "cat /tmp/ran").text().contains("999"), "and then leave a trace");
    }

    /** In the place of a directory above the home directory the user can put a link to one of the system's. */
    @Test
    void noDirectoryOfTheSystemIsGivenAwayInPlaceOfTheHomeDirectory(Stage stage) throws IOException {
        Path volume = stage.volume();
        Files.createSymbolicLink(volume.resolve("led"), Path.of("/etc"));
        Program.run(Await.LONG, List.of("chown", "-h", "999:999", volume.resolve("led").toString())).orFail();
        Sandbox sandbox = stage.sandbox("node", volume).set("PGXL_HOME", "/var/lib/postgres/led/ssl").start();
        assertEquals(71, sandbox.exitCode(Await.LONG));
        String said = sandbox.log().text();
        assertTrue(said.contains("root leaves /var/lib/postgres/led/ssl as it is"), said);
        // The owner when all is over.
        assertTrue(said.contains("cannot write in /var/lib/postgres/led/ssl, which belongs to uid 0"), said);
    }

    /** The other side of it: what lies below a directory of the user's is his to make. */
    @Test
    void aHomeDirectoryBelowADirectoryOfTheUsersIsMadeByHim(Stage stage) {
        Sandbox sandbox = stage.sandbox("node", stage.bareVolume()).set("PGXL_HOME", "/var/lib/postgres/a/b").start();
        sandbox.log().await("listening on");
        assertEquals("postgres postgres", sandbox.exec("root", "stat -c %U /var/lib/postgres/a /var/lib/postgres/a/b")
                .text().replace('\n', ' '));
    }

    /** In its place he could put a link to a file that he cannot even read, and root would use that for a token. */
    @Test
    void aLinkInPlaceOfTheTokenLeadsRootNowhere(Stage stage) {
        Sandbox sandbox = stage.sandbox("node").start();
        new Pgxl(sandbox).await();
        String token = "printf '%064d\\n' 7";
        sandbox.exec("root", token + " >/root/secret; chmod 600 /root/secret").orFail();
        assertFalse(heard(stage, sandbox, "/root/secret").contains("Pgxl-Nonce"));
        sandbox.exec("postgres", token + " >/tmp/own").orFail();
        assertTrue(heard(stage, sandbox, "/tmp/own").contains("Pgxl-Nonce"), "negative control: it is read, and used");
    }

    /** By a process of his own that has root's terminal, the user could type into it, as TIOCSTI of ioctl_tty(2) lets him. */
    @Test
    void noProcessOfTheUsersHasTheTerminalOfRoot(Stage stage) {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/script")), "no script(1) on this machine");
        Sandbox sandbox = stage.sandbox("node").bind(Places.IMAGE, "/usr/local/lib/pgxl").start();
        new Pgxl(sandbox).await();
        // Stands before the setpriv by which root becomes the user.
        sandbox.exec("root", "mkdir /tmp/shim && cat >/tmp/shim/setpriv <<'END' && chmod 755 /tmp/shim/setpriv\n"
                + "#!/bin/bash\n"
                + "exec 9>>/tmp/seen\nps -o tty= -p $$ >&9\nreadlink /proc/$$/fd/{0,1,2} >&9\n"
                + "exec /usr/bin/setpriv \"$@\"\nEND").orFail();
        String java = "JAVA_HOME=" + System.getProperty("java.home") + " ";
        for (String command : List.of(Pgxl.PATH + " reload", java + "PGXL_STATUS_PORT=1025 " + Pgxl.PATH + " explain",
                "/usr/local/lib/pgxl/init.sh 10.0.1.0/24")) {
            String seen = seenOnTerminal(sandbox, command);
            assertTrue(seen.startsWith("?"), command + " becomes the user: " + seen);
            assertFalse(seen.contains("pts/"), command + ": " + seen);
        }
        String careless = seenOnTerminal(sandbox, "setpriv --reuid 999 --regid 999 --clear-groups true");
        assertEquals(4, careless.lines().filter(line -> line.contains("pts/")).count(), "negative control: " + careless);
    }

    private static String seenOnTerminal(Sandbox sandbox, String command) {
        Program.Result said = sandbox.exec("root", "rm -f /tmp/seen; touch /tmp/seen; chmod 666 /tmp/seen;"
                + " PATH=/tmp/shim:$PATH script -qec '" + command + "' /dev/null");
        assertEquals(0, said.code(), command + ": " + said);
        return sandbox.exec("root", "cat /tmp/seen").text();
    }

    private static String heard(Stage stage, Sandbox sandbox, String target) {
        sandbox.exec("postgres", "cd /var/lib/postgres/.pgxl && ln -sf " + target + " control-token && rm -f /tmp/heard").orFail();
        stage.keep(Program.start(Path.of("/dev/null"), sandbox.inside("postgres", List.of("perl", "-MIO::Socket::INET", "-e",
                "my $s = IO::Socket::INET->new(LocalAddr => '127.0.0.1:9555', Listen => 5, ReuseAddr => 1) or die;"
                        + " open my $up, '>', '/tmp/listens'; close $up; my $c = $s->accept; my $said = '';"
                        + " 1 while $said !~ /\\r\\n\\r\\n/ && sysread $c, $said, 9999, length $said;"
                        + " open my $f, '>', '/tmp/heard.new'; print $f $said; close $f; rename '/tmp/heard.new', '/tmp/heard';"
                        + " print $c \"HTTP/1.0 200 OK\\r\\nPgxl-Exit: 0\\r\\n\\r\\n\""))));
        Await.until(Await.LONG, "listener", () -> sandbox.exec("root", "test -e /tmp/listens && rm /tmp/listens").code() == 0);
        sandbox.exec("root", "PGXL_STATUS_PORT=9555 timeout 20 " + Pgxl.PATH + " stop gtm; true").orFail();
        Await.until(Duration.ofSeconds(30), "words", () -> sandbox.exec("root", "test -e /tmp/heard").code() == 0);
        return sandbox.exec("root", "cat /tmp/heard").text();
    }
}
