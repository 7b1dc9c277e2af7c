package com.tiredpixel.pgxl.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Host keys belong to the volume, not to the container. */
@OnStage
class HostKeyIT {
    private static final String KINDS = "PGXL_SSH_HOST_KEYS";

    @Test
    void aNewSandboxOnTheVolumeHasTheSameKeysAndAnotherVolumeHasOthers(Stage stage) {
        Sandbox first = stage.sandbox("first").set(KINDS, "ed25519,ecdsa,rsa").start();
        Set<String> keys = keys(stage, first);
        assertEquals(Set.of("ssh-ed25519", "ecdsa-sha2-nistp256", "ssh-rsa"),
                keys.stream().map(key -> key.split(" ")[0]).collect(Collectors.toSet()));
        String modes = first.exec("root", "stat -c '%a %U' $(grep -rl 'PRIVATE KEY' /var/lib/postgres/.pgxl)").orFail()
                .text();
        assertEquals(Set.of("600 postgres"), modes.lines().collect(Collectors.toSet()));
        assertEquals(0, first.stop(Duration.ofSeconds(20)));

        Sandbox second = stage.sandbox("second", first.volume()).set(KINDS, "ed25519,ecdsa,rsa").start();
        assertEquals(keys, keys(stage, second));
        assertNotEquals(keys, keys(stage, stage.sandbox("third").set(KINDS, "ed25519,ecdsa,rsa").start()));
        assertFalse(second.log().text().contains("PRIVATE KEY"));
    }

    /** As a secret that is mounted for root alone: no client could know the server, and so none is told that it is well. */
    @Test
    void whereNoHostKeyCanBeReadTheHealthCheckFails(Stage stage) {
        Path volume = stage.volume();
        Program.run(Await.LONG, List.of("bash", "-euc", "mkdir -p \"$0/.pgxl/ssh\"; chown -R 999:999 \"$0/.pgxl\"; chmod 700 \"$0/.pgxl\";"
                + " for kind in ed25519 ecdsa rsa; do ssh-keygen -q -N '' -t $kind -f \"$0/.pgxl/ssh/ssh_host_${kind}_key\"; done",
                volume.toString())).orFail();
        Sandbox sandbox = stage.sandbox("node", volume).bind(Places.IMAGE, "/usr/local/lib/pgxl").start();
        sandbox.log().await("no client is let in");
        assertNotEquals(0, sandbox.exec("root", "/usr/local/lib/pgxl/healthcheck").code());
        assertEquals(0, sandbox.stop(Duration.ofSeconds(20)));

        Program.run(Await.LONG, List.of("bash", "-c", "chmod 644 \"$0\"/.pgxl/ssh/*_key", volume.toString())).orFail();
        Sandbox readable = stage.sandbox("readable", volume).bind(Places.IMAGE, "/usr/local/lib/pgxl").start();
        new Ssh(stage, readable).awaitLogin();
        assertEquals(0, readable.exec("root", "/usr/local/lib/pgxl/healthcheck").code());
        assertTrue(readable.log().text().contains("can be read by others, and that cannot be changed"), readable.log().text());
    }

    /** The RSA key takes a while to be made; the server offers it when it is there. */
    private static Set<String> keys(Stage stage, Sandbox sandbox) {
        new Ssh(stage, sandbox).awaitLogin();
        return Await.value(Await.LONG, "three host keys", () -> {
            Set<String> keys = Program.run(Await.LONG, stage.wire().outside(
                            List.of("ssh-keyscan", "-T", "10", sandbox.address()))).text().lines()
                    .filter(line -> !line.startsWith("#"))
                    .map(line -> line.substring(line.indexOf(' ') + 1))
                    .collect(Collectors.toSet());
            return keys.size() == 3 ? java.util.Optional.of(keys) : java.util.Optional.empty();
        });
    }
}
