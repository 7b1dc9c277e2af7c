package com.tiredpixel.pgxl.agent.ssh;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** OpenSSH's own server, with a configuration of its own, on loopback. */
final class OpenSshProcess implements TestServer {
    private final Process process;
    private final int port;

    private OpenSshProcess(Process process, int port) {
        this.process = process;
        this.port = port;
    }

    static OpenSshProcess start(Stage stage) throws Exception {
        return start(stage, "no");
    }

    /** The same, which forwards whatever it is asked to. */
    static OpenSshProcess forwarding(Stage stage) throws Exception {
        return start(stage, "yes");
    }

    private static OpenSshProcess start(Stage stage, String forwards) throws Exception {
        assumeTrue(Files.isExecutable(Stage.SSHD), "OpenSSH's server is not installed: nothing to compare with");
        int port;
        try (var free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        Path keys = Files.createTempDirectory(stage.root, "sshd");
        for (String type : List.of("ed25519", "ecdsa", "rsa")) {
            stage.ok("ssh-keygen", "-q", "-N", "", "-t", type, "-f", keys.resolve(type).toString());
        }
        Path configuration = keys.resolve("sshd_config");
        Files.write(configuration, List.of(
                "ListenAddress 127.0.0.1",
                "Port " + port,
                "HostKey " + keys.resolve("ed25519"),
                "HostKey " + keys.resolve("ecdsa"),
                "HostKey " + keys.resolve("rsa"),
                "PidFile none",
                "UsePAM no",
                "UseDNS no",
                "StrictModes yes",
                "PasswordAuthentication no",
                "KbdInteractiveAuthentication no",
                "PermitRootLogin prohibit-password",
                "AcceptEnv LANG LC_*",
                "AllowAgentForwarding " + forwards,
                "AllowTcpForwarding " + forwards,
                "AllowStreamLocalForwarding " + forwards,
                "X11Forwarding " + forwards,
                "PrintMotd no",
                "PrintLastLog no",
                "MaxStartups 500",
                "Subsystem sftp internal-sftp"));
        Process process = stage.inNamespace(
                false, List.of(Stage.SSHD.toString(), "-D", "-e", "-f", configuration.toString()));
        Run.read(process.getInputStream());
        var said = Run.read(process.getErrorStream());
        var server = stage.add(new OpenSshProcess(process, port));
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (!accepts(port)) {
            if (!process.isAlive() || System.nanoTime() > deadline) {
                process.destroy();
                throw new AssertionError("sshd does not start: " + new String(said.get(10, TimeUnit.SECONDS)));
            }
            TimeUnit.MILLISECONDS.sleep(20);
        }
        return server;
    }

    private static boolean accepts(int port) {
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return socket.isConnected();
        } catch (IOException e) {
            return false;
        }
    }

    @Override
    public int port() {
        return port;
    }

    @Override
    public String name() {
        return "OpenSSH";
    }

    @Override
    public void close() {
        process.destroy();
        Run.awaitEnd(process);
    }
}
