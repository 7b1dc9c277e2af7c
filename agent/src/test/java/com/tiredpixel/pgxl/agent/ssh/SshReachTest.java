package com.tiredpixel.pgxl.agent.ssh;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

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
    private enum Way {
        TO_A_PORT("-W 127.0.0.1:%1$d"),
        FROM_A_SOCKET_TO_A_PORT("-L %2$s/socket:127.0.0.1:%1$d"),
        FROM_A_SOCKET_TO_A_SOCKET("-L %2$s/socket:%3$s/target"),
        BACK_FROM_A_PORT("-o ExitOnForwardFailure=yes -R 0:127.0.0.1:%1$d"),
        BACK_FROM_A_SOCKET("-o ExitOnForwardFailure=yes -R %3$s/socket:127.0.0.1:%1$d");

        private final String form;

        Way(String form) {
            this.form = form;
        }
    }

    @ParameterizedTest
    @EnumSource(Way.class)
    void nothingIsForwarded(Way way) throws Exception {
        Attempt attempt = attempt(way, agent);
        assertFalse(attempt.reached(), attempt::toString);
        String error = attempt.result().err();
        assertTrue(error.contains("administratively prohibited") || error.contains("unknown channel type")
                || error.contains("open failed") || error.contains("refused")
                || error.contains("forwarding failed"), attempt::toString);
    }

    /** The negative control: a server that forwards is reached through in each of these ways. */
    @ParameterizedTest
    @EnumSource(Way.class)
    void aServerThatForwardsIsReachedThrough(Way way) throws Exception {
        try (OpenSshProcess open = OpenSshProcess.forwarding(stage)) {
            Attempt attempt = attempt(way, open);
            assertTrue(attempt.reached(), attempt::toString);
        }
    }

    private record Attempt(boolean reached, Run.Result result) {}

    private Attempt attempt(Way way, TestServer server) throws Exception {
        Path here = Files.createTempDirectory(stage.client, "forward");
        Path there = Files.createTempDirectory(stage.root, "there");
        stage.ok("chown", stage.user + ":", there.toString());
        try (var target = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
                var socket = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            socket.bind(UnixDomainSocketAddress.of(there.resolve("target")));
            stage.ok("chmod", "777", there.resolve("target").toString());
            var accepted = new AtomicBoolean();
            answer(accepted, () -> target.accept().getOutputStream());
            answer(accepted, () -> Channels.newOutputStream(socket.accept()));
            String options = way.form.formatted(target.getLocalPort(), here, there);
            Run.Result result = Peer.of(stage, server).with("-o", "LogLevel=INFO").script(switch (way) {
                case TO_A_PORT -> "timeout 20 ${SSH% *} " + options + " ${SSH##* } </dev/null; echo code $?";
                case FROM_A_SOCKET_TO_A_PORT, FROM_A_SOCKET_TO_A_SOCKET -> "${SSH% *} " + options + " ${SSH##* } 'sleep 5' & "
                        + connect(here);
                case BACK_FROM_A_PORT -> "mkfifo " + here + "/said; ${SSH% *} " + options + " ${SSH##* } 'sleep 5' 2>" + here
                        + "/said & while read -r line; do echo \"$line\" >&2; case $line in Allocated*) port=${line#*port };"
                        + " exec 3<>/dev/tcp/127.0.0.1/${port%% *}; timeout 3 head -n 1 <&3; exec 3<&-;; esac; done <" + here
                        + "/said; wait";
                case BACK_FROM_A_SOCKET -> "${SSH% *} " + options + " ${SSH##* } 'sleep 5' & " + connect(there);
            });
            return new Attempt(accepted.get() || result.out().contains("reached"), result);
        }
    }

    private static String connect(Path directory) {
        return "for i in $(seq 40); do [ -S " + directory + "/socket ] && break; sleep 0.1; done; perl -MIO::Socket::UNIX -e"
                + " 'my $s = IO::Socket::UNIX->new(Peer => \"" + directory + "/socket\") or exit; sysread $s, my $x, 99; print $x';"
                + " wait";
    }

    private static void answer(AtomicBoolean accepted, Callable<OutputStream> accept) {
        var thread = new Thread(() -> {
            try (OutputStream client = accept.call()) {
                accepted.set(true);
                client.write("reached\n".getBytes(StandardCharsets.UTF_8));
            } catch (Exception closed) {
                // Nobody came.
            }
        });
        thread.setDaemon(true);
        thread.start();
    }
}
