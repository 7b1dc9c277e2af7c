package com.tiredpixel.pgxl.it;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** The real OpenSSH clients, from the outside of the network to one sandbox. */
public final class Ssh {

    private final Stage stage;
    private final Sandbox sandbox;
    private final List<String> options;

    /** A client that has the key and has accepted whatever host key it saw first. */
    public Ssh(Stage stage, Sandbox sandbox) {
        this(stage, sandbox, stage.key());
    }

    /** A client with a key of its own. */
    public Ssh(Stage stage, Sandbox sandbox, Path key) {
        this.stage = stage;
        this.sandbox = sandbox;
        this.options = List.of(
                "-F", "/dev/null",
                "-o", "Port=" + sandbox.sshPort(),
                "-i", key.toString(),
                "-o", "IdentitiesOnly=yes",
                "-o", "BatchMode=yes",
                "-o", "StrictHostKeyChecking=accept-new",
                "-o", "UserKnownHostsFile=" + stage.directory().resolve("known_hosts"),
                "-o", "ConnectTimeout=20",
                "-o", "LogLevel=ERROR");
    }

    /** @return the command line of a client such as {@code scp}, with its own arguments at the end */
    public List<String> client(String program, String... arguments) {
        var line = new ArrayList<>(List.of(program));
        line.addAll(options);
        line.addAll(List.of(arguments));
        return stage.wire().outside(line);
    }

    /** @return {@code user@address}, for the arguments of a client */
    public String target() {
        return "postgres@" + sandbox.address();
    }

    /** @return the value of {@code rsync -e} */
    public String rsh() {
        return "ssh " + String.join(" ", options);
    }

    /** @return the command line of {@code ssh} with extra options in front of the target */
    public List<String> commandLine(List<String> extra, String command) {
        var arguments = new ArrayList<>(extra);
        arguments.add(target());
        if (!command.isEmpty()) {
            arguments.add(command);
        }
        return client("ssh", arguments.toArray(String[]::new));
    }

    /** Runs a command on the node. */
    public Program.Result run(String command) {
        return Program.run(Duration.ofSeconds(120), commandLine(List.of(), command));
    }

    /** As {@link #run}, with a file as its standard input. */
    public Program.Result run(Path input, String command) {
        return Program.run(Duration.ofSeconds(120), input, commandLine(List.of(), command));
    }

    /** Starts a command on the node and leaves it running. */
    public Program start(String command) {
        return stage.keep(Program.start(Path.of("/dev/null"), commandLine(List.of(), command)));
    }

    /** Waits until the server answers with its banner and lets us in. */
    public Ssh awaitLogin() {
        Await.until(Await.LONG, "login to " + sandbox.address(), () -> {
            if (!sandbox.isRunning()) {
                throw new AssertionError("PID 1 has ended:\n" + sandbox.log().text());
            }
            return run("true").code() == 0;
        });
        return this;
    }
}
