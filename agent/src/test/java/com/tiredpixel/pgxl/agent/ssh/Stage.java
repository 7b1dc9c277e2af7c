package com.tiredpixel.pgxl.agent.ssh;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * A home directory for the user that logs in, keys, and the real OpenSSH clients. Both servers run in a mount
 * namespace where the user's home of {@code /etc/passwd} is the one here, so that they agree about it.
 */
final class Stage implements AutoCloseable {
    static final Path SSHD = Path.of("/usr/sbin/sshd");

    final String user;
    final Path root;
    final Path home;
    final Path client;
    /** What the home directory is called in the namespace of the servers. */
    final Path homeThere;
    private final List<TestServer> servers = new ArrayList<>();

    private Stage(String user, Path root, Path homeThere) throws IOException {
        this.user = user;
        this.root = root;
        this.home = Files.createDirectory(root.resolve("home"));
        this.client = Files.createDirectory(root.resolve("client"));
        this.homeThere = homeThere;
    }

    static Stage set() throws IOException {
        assumeTrue("root".equals(System.getProperty("user.name")), "needs root: namespaces, and a user to log in");
        for (String program : List.of("ssh", "ssh-keygen", "scp", "sftp", "rsync", "unshare", "setpriv")) {
            assumeTrue(Files.isExecutable(Path.of("/usr/bin", program)), program + " is not installed");
        }
        String user = passwd("postgres") != null ? "postgres" : "root";
        Path root = Files.createTempDirectory("pgxl-ssh-");
        Files.setPosixFilePermissions(root, PosixFilePermissions.fromString("rwxr-xr-x"));
        var stage = new Stage(user, root, Path.of(passwd(user).split(":")[5]));
        Files.createDirectory(stage.home.resolve(".ssh"));
        for (String type : List.of("ed25519", "ecdsa", "rsa")) {
            stage.makeKey(type, type);
        }
        stage.makeKey("stranger", "ed25519");
        stage.authorize(stage.publicKey("ed25519"), stage.publicKey("ecdsa"), stage.publicKey("rsa"));
        return stage;
    }

    static String passwd(String user) throws IOException {
        try (Stream<String> lines = Files.lines(Path.of("/etc/passwd"))) {
            return lines.filter(line -> line.startsWith(user + ":")).findFirst().orElse(null);
        }
    }

    void makeKey(String name, String... type) {
        var command = new ArrayList<>(List.of("ssh-keygen", "-q", "-N", "", "-C", name, "-f", client.resolve(name).toString(), "-t"));
        command.addAll(List.of(type));
        ok(command.toArray(String[]::new));
    }

    String publicKey(String name) throws IOException {
        return Files.readString(client.resolve(name + ".pub")).strip();
    }

    void authorize(String... lines) throws IOException {
        Files.writeString(home.resolve(".ssh/authorized_keys"), String.join("\n", lines) + "\n");
        own();
    }

    /** What was put into the home directory belongs to the user. */
    void own() {
        ok("chown", "-R", user + ":", home.toString());
        ok("chmod", "go-w", home.toString(), home + "/.ssh", home + "/.ssh/authorized_keys");
    }

    /** Something that must succeed. */
    Run.Result ok(String... command) {
        Run.Result result = run(new byte[0], command);
        assertEquals(0, result.code(), () -> List.of(command) + ": " + result);
        return result;
    }

    Run.Result run(byte[] input, String... command) {
        return Run.run(clientEnvironment(), client, input, List.of(command));
    }

    Map<String, String> clientEnvironment() {
        return Map.of("HOME", client.toString(), "PATH", "/usr/bin:/bin:/usr/sbin:/sbin", "USER", "client", "TERM", "xterm", "LC_ALL", "C.UTF-8");
    }

    /** Options that keep a client away from the machine's own files, questions and agents. */
    List<String> options(String... more) {
        var options = new ArrayList<>(List.of(
                "-F", "none",
                "-o", "UserKnownHostsFile=" + client.resolve("known_hosts"),
                "-o", "GlobalKnownHostsFile=none",
                "-o", "StrictHostKeyChecking=no",
                "-o", "LogLevel=ERROR",
                "-o", "BatchMode=yes",
                "-o", "IdentitiesOnly=yes",
                "-o", "ConnectTimeout=20"));
        options.addAll(List.of(more));
        return options;
    }

    /** Starts a program in the namespace of the servers. */
    Process inNamespace(boolean asUser, List<String> command) throws IOException {
        String script = "set -e; mount --make-rprivate /; mount --bind \"$1\" \"$2\"; "
                // A locked password locks keys out as well where PAM does not say otherwise.
                + "sed \"s/^$3:[^:]*:/$3:*:/\" /etc/shadow >\"$4/shadow\"; chmod 600 \"$4/shadow\"; "
                + "mount --bind \"$4/shadow\" /etc/shadow; "
                + "mount -t tmpfs tmpfs /run; mkdir -m 755 /run/sshd; "
                + "user=$3; as=$5; shift 5; cd /; "
                + "if [ $as = true ]; then exec setpriv --reuid=$user --regid=$(id -g $user) --init-groups \"$@\"; fi; "
                + "exec \"$@\"";
        var whole = new ArrayList<>(List.of(
                "unshare", "--mount", "sh", "-c", script, "sh",
                home.toString(), homeThere.toString(), user, root.toString(), Boolean.toString(asUser)));
        whole.addAll(command);
        return Run.start(clientEnvironment(), root, whole);
    }

    <S extends TestServer> S add(S server) {
        servers.add(server);
        return server;
    }

    @Override
    public void close() {
        servers.forEach(TestServer::close);
        ok("rm", "-rf", root.toString());
    }
}
