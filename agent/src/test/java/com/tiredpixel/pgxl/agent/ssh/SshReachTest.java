package com.tiredpixel.pgxl.agent.ssh;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whoever is in reaches nothing but the node: tried with the real client, and with servers that would answer. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SshReachTest {
    private Stage stage;
    private AgentProcess agent;

    @BeforeAll
    void start() throws Exception {
        stage = Stage.set();
        agent = AgentProcess.open(stage);
    }

    @AfterAll
    void stop() {
        if (stage != null) {
            stage.close();
        }
    }

    /** What a client may ask for beyond a command; each would lead to a server that answers. */
    @ParameterizedTest
    @ValueSource(strings = {"-W 127.0.0.1:%d", "-o StdinNull=yes -L %s/socket:127.0.0.1:%d", "-L %s/socket:%s/target"})
    void nothingIsForwarded(String form) throws Exception {
        Path place = Files.createTempDirectory(stage.client, "forward");
        try (var target = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            var accepted = new java.util.concurrent.atomic.AtomicBoolean();
            var thread = new Thread(() -> {
                try (var client = target.accept()) {
                    accepted.set(true);
                    client.getOutputStream().write("reached\n".getBytes());
                } catch (java.io.IOException closed) {
                    // Nobody came.
                }
            });
            thread.setDaemon(true);
            thread.start();
            String options = form.startsWith("-W")
                    ? form.formatted(target.getLocalPort())
                    : form.contains("target") ? form.formatted(place, place) : form.formatted(place, target.getLocalPort());
            Run.Result result = Peer.of(stage, agent).with("-o", "LogLevel=INFO").script(form.startsWith("-W")
                    ? "timeout 20 ${SSH% *} " + options + " ${SSH##* } </dev/null; echo code $?"
                    : "${SSH% *} " + options + " ${SSH##* } 'sleep 5' & for i in $(seq 100); do [ -S " + place
                            + "/socket ] && break; sleep 0.1; done; perl -MIO::Socket::UNIX -e 'my $s ="
                            + " IO::Socket::UNIX->new(Peer => \"" + place + "/socket\"); sysread $s, my $x, 99; print $x'; wait");
            assertFalse(result.out().contains("reached"), result::toString);
            assertFalse(accepted.get(), result::toString);
            assertTrue(result.err().contains("administratively prohibited") || result.err().contains("unknown channel type")
                    || result.err().contains("open failed") || result.err().contains("refused"), result::toString);
        }
    }
}
