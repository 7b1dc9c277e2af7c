package com.tiredpixel.pgxl.agent.ssh;

import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * What the SSH server has to know.
 *
 * @param user the one user that may log in; its name, or its number where it has no name
 * @param home the user's home directory; {@code .ssh/authorized_keys} lies under it
 * @param stateDirectory where the agent keeps its own files; host keys lie in {@code ssh/} under it
 * @param shell absolute path of the program that runs commands
 * @param addresses where to listen; empty means every address
 * @param port 1 to 65535, or 0 for a free one
 * @param loginGrace how long a connection may take to authenticate
 * @param maxSessions how many connections, and how many commands, may run at once
 * @param hostKeys which host keys are offered, of {@code ed25519}, {@code ecdsa} and {@code rsa}; all are made
 * @param keyExchanges which are offered, best first, of {@code mlkem768}, {@code sntrup761}, {@code curve25519} and
 *     {@code group16}
 * @param macs which are offered, best first, of {@code hmac-sha2-256-etm}, {@code hmac-sha2-512-etm},
 *     {@code hmac-sha2-256} and {@code hmac-sha2-512}
 * @param audit how much of a command line the log shows
 * @param sftpServer OpenSSH's program for SFTP, which is quicker than the built-in one, keeps the heap small and
 *     knows every extension; empty to use the built-in one
 */
public record SshSettings(
        String user,
        Path home,
        Path stateDirectory,
        Path shell,
        List<InetAddress> addresses,
        int port,
        Duration loginGrace,
        int maxSessions,
        List<String> hostKeys,
        List<String> keyExchanges,
        List<String> macs,
        CommandDetail audit,
        Optional<Path> sftpServer) {

    /** Where Debian, Red Hat, Alpine and SUSE put it. */
    private static final List<Path> SFTP_SERVERS = List.of(
            Path.of("/usr/lib/openssh/sftp-server"),
            Path.of("/usr/libexec/openssh/sftp-server"),
            Path.of("/usr/lib/ssh/sftp-server"));

    /** Checks ranges. */
    public SshSettings {
        addresses = List.copyOf(addresses);
        hostKeys = List.copyOf(hostKeys);
        keyExchanges = List.copyOf(keyExchanges);
        macs = List.copyOf(macs);
        if (port < 0 || port > 65535) {
            throw new IllegalArgumentException("no such port: " + port);
        }
        if (maxSessions < 1) {
            throw new IllegalArgumentException("too few sessions: " + maxSessions);
        }
        if (loginGrace.isNegative() || loginGrace.isZero()) {
            throw new IllegalArgumentException("no time to log in: " + loginGrace);
        }
        if (!shell.isAbsolute()) {
            throw new IllegalArgumentException("shell is not an absolute path: " + shell);
        }
    }

    /** @return OpenSSH's program for SFTP if the machine has it */
    public static Optional<Path> installedSftpServer() {
        return SFTP_SERVERS.stream().filter(Files::isExecutable).findFirst();
    }

    /** @return where public keys are looked up, at every attempt afresh */
    public Path authorizedKeys() {
        return home.resolve(".ssh").resolve("authorized_keys");
    }

    /** @return where host keys are kept */
    public Path hostKeyDirectory() {
        return stateDirectory.resolve("ssh");
    }
}
