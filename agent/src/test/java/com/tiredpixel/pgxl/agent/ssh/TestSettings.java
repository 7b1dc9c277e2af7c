package com.tiredpixel.pgxl.agent.ssh;

import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** Settings of servers that a test makes in its own JVM. */
final class TestSettings {
    private TestSettings() {
    }

    /** Of a server that listens on loopback. */
    static SshSettings of(String user, Path home, Path stateDirectory, int port) {
        return new SshSettings(
                user,
                home,
                stateDirectory,
                Path.of("/bin/bash"),
                List.of(InetAddress.getLoopbackAddress()),
                port,
                Duration.ofSeconds(120),
                100,
                List.of("ed25519", "rsa"),
                List.of("mlkem768", "curve25519", "group16"),
                List.of("hmac-sha2-256-etm", "hmac-sha2-512-etm"),
                CommandDetail.COMMAND,
                SshSettings.installedSftpServer());
    }
}
