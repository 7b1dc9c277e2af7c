package com.tiredpixel.pgxl.it;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The real clients of OpenSSH against PID 1. The parity suite has the details; this is the whole in its place. */
@OnStage
class SshIT {

    @Test
    void filesComeAndGoUnchangedByEveryClient(Stage stage) throws IOException {
        Sandbox sandbox = stage.sandbox("node").start();
        Ssh ssh = new Ssh(stage, sandbox).awaitLogin();
        byte[] content = new byte[3_000_000];
        new Random(1).nextBytes(content);
        Path local = Files.write(stage.directory().resolve("local"), content);
        Path back = stage.directory().resolve("back");
        Path batch = Files.writeString(stage.directory().resolve("batch"),
                "put " + local + " by-sftp\nget by-sftp " + back + "\n");

        for (List<String> copy : List.of(
                ssh.client("scp", local.toString(), ssh.target() + ":by-scp"),
                ssh.client("scp", ssh.target() + ":by-scp", back.toString()),
                ssh.client("scp", "-O", local.toString(), ssh.target() + ":by-old-scp"),
                ssh.client("scp", "-O", ssh.target() + ":by-old-scp", back.toString()),
                ssh.client("sftp", "-b", batch.toString(), ssh.target()),
                stage.wire().outside(List.of("rsync", "-e", ssh.rsh(), local.toString(), ssh.target() + ":by-rsync")),
                stage.wire().outside(List.of("rsync", "-e", ssh.rsh(), ssh.target() + ":by-rsync", back.toString())))) {
            Program.Result result = Program.run(Await.LONG, copy);
            assertEquals(0, result.code(), () -> copy + ": " + result);
            if (Files.exists(back)) {
                assertArrayEquals(content, Files.readAllBytes(back), copy.toString());
                Files.delete(back);
            }
        }
        String sums = ssh.run("md5sum by-* | cut -d' ' -f1 | sort -u | wc -l; ls by-* | wc -l").orFail().text();
        assertEquals("1\n4", sums);
    }

    @Test
    void aTerminalIsATerminal(Stage stage) {
        Sandbox sandbox = stage.sandbox("node").start();
        Ssh ssh = new Ssh(stage, sandbox).awaitLogin();
        Program.Result terminal = Program.run(Await.LONG, ssh.commandLine(List.of("-tt"), "tty; exit 9"));
        assertEquals(9, terminal.code());
        assertTrue(terminal.text().startsWith("/dev/pts/"), terminal.text());
        assertNotEquals(0, ssh.run("tty").code());
    }

    @Test
    void aSessionHasTheEnvironmentThatPgxcCtlNeeds(Stage stage) {
        Sandbox sandbox = stage.sandbox("node").set("PGXL_STOP_TIMEOUT", "8s").start();
        Ssh ssh = new Ssh(stage, sandbox).awaitLogin();
        assertEquals("/var/lib/postgres postgres postgres /bin/bash 8s", ssh.run(
                "echo $HOME $USER $LOGNAME $SHELL $PGXL_STOP_TIMEOUT").text());
        assertEquals("/usr/local/lib/postgres/bin/pg_ctl", ssh.run("command -v pg_ctl").text());
        assertTrue(ssh.run("echo $SSH_CONNECTION").text().endsWith(sandbox.address() + " 22"));
        assertEquals("", ssh.run("echo $JAVA_HOME$MALLOC_ARENA_MAX").text());
    }

    @Test
    void keysOthersMayWriteAreRefusedAndTheLogSaysSo(Stage stage) throws IOException {
        Sandbox sandbox = stage.sandbox("node").start();
        Ssh ssh = new Ssh(stage, sandbox).awaitLogin();
        Path keys = sandbox.volume().resolve(".ssh/authorized_keys");
        Files.setPosixFilePermissions(keys, PosixFilePermissions.fromString("rw--w----"));
        assertEquals(0, ssh.run("true").code(), "the group is the user's own, and nobody else's");
        Files.setAttribute(keys, "unix:gid", 1);
        assertEquals(255, ssh.run("true").code());
        sandbox.log().await("authorized_keys");
        Files.setPosixFilePermissions(keys, PosixFilePermissions.fromString("rw-----w-"));
        assertEquals(255, ssh.run("true").code());
        Files.setPosixFilePermissions(keys, PosixFilePermissions.fromString("rw-------"));
        assertEquals(0, ssh.run("true").code());
        Files.setPosixFilePermissions(keys.getParent(), PosixFilePermissions.fromString("rwxrwxrwx"));
        assertEquals(255, ssh.run("true").code());
    }

    @Test
    void aStrangersKeyIsRefusedAndAKeyAddedLaterIsTaken(Stage stage) throws IOException {
        Sandbox sandbox = stage.sandbox("node").start();
        new Ssh(stage, sandbox).awaitLogin();
        Path key = stage.directory().resolve("other");
        Program.run(Await.LONG, List.of("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key.toString())).orFail();
        Ssh other = new Ssh(stage, sandbox, key);
        assertEquals(255, other.run("true").code());
        Files.writeString(sandbox.volume().resolve(".ssh/authorized_keys"), Files.readString(Path.of(key + ".pub")));
        assertEquals(0, other.run("true").code());
    }

    @Test
    void aClientWithoutAKeyIsToldOfAndALookWhetherThePortIsOpenIsNot(Stage stage) {
        Sandbox sandbox = stage.sandbox("node").start();
        Ssh ssh = new Ssh(stage, sandbox).awaitLogin();
        int mark = sandbox.log().mark();
        // Whoever closes with something unread resets the connection.
        Program.run(Await.LONG, stage.wire().outside(List.of("bash", "-c",
                "exec 3<>/dev/tcp/" + sandbox.address() + "/22; read -n 1 <&3"))).orFail();
        var keyless = ssh.commandLine(List.of("-o", "PubkeyAuthentication=no"), "true");
        assertEquals(255, Program.run(Await.LONG, keyless).code());
        sandbox.log().await(mark, "ssh.audit: no login: no key was offered, from ", Await.LONG);
        assertEquals(List.of(), sandbox.log().lines(mark, "(?:WARN|ERROR) "));
    }

    @Test
    void fiftyConnectionsAtOnceEachGetTheirOwnAnswer(Stage stage) {
        Sandbox sandbox = stage.sandbox("node").start();
        Ssh ssh = new Ssh(stage, sandbox).awaitLogin();
        List<Program> clients = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            clients.add(ssh.start("echo " + i + "; exit " + i));
        }
        for (int i = 0; i < 50; i++) {
            Program.Result result = clients.get(i).await(Duration.ofSeconds(120));
            assertEquals(i + " " + i, result.code() + " " + result.text(), result::toString);
        }
    }
}
