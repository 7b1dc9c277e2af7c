package com.tiredpixel.pgxl.agent.supervisor;

import com.tiredpixel.pgxl.agent.log.ServerOutput;
import com.tiredpixel.pgxl.agent.node.Finding;
import com.tiredpixel.pgxl.agent.node.OptionsFile;
import com.tiredpixel.pgxl.agent.node.Role;
import com.tiredpixel.pgxl.agent.node.RoleDetector;
import com.tiredpixel.pgxl.agent.os.Child;
import com.tiredpixel.pgxl.agent.os.Command;
import com.tiredpixel.pgxl.agent.os.ExitStatus;
import com.tiredpixel.pgxl.agent.os.ProcessIdentity;
import com.tiredpixel.pgxl.agent.os.StartFailedException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;

/** Starts the server of one directory as its last real start did, and keeps what it prints. */
final class ServerLauncher {
    private final Surroundings surroundings;
    private final Path directory;
    private Optional<ServerOutput> output = Optional.empty();

    ServerLauncher(Surroundings surroundings, Path directory) {
        this.surroundings = surroundings;
        this.directory = directory;
    }

    /** What came of a launch. */
    sealed interface Outcome {
    }

    record Launched(ProcessIdentity identity, CompletableFuture<ExitStatus> exit, String commandLine)
            implements Outcome {
    }

    record Refused(String reason) implements Outcome {
    }

    Outcome launch(Role role, String subject) {
        Path program = surroundings.prefix().resolve("bin").resolve(role.program());
        List<String> arguments = arguments(role);
        Command command = Command.of(program, arguments, surroundings.environment(), directory);
        try {
            Child child = surroundings.starter().start(command);
            ServerOutput printed = new ServerOutput(
                    child.output(), subject, surroundings.serverLines(), surroundings.clock());
            output = Optional.of(printed);
            Thread reader = new Thread(printed, "output of " + subject);
            reader.setDaemon(true);
            reader.start();
            return new Launched(child.identity(), child.exit(), program + " " + String.join(" ", arguments));
        } catch (StartFailedException e) {
            return new Refused(e.getMessage());
        }
    }

    private List<String> arguments(Role role) {
        var arguments = new ArrayList<String>();
        if (role.isPostgres()) {
            arguments.add("--" + role.label());
        }
        arguments.add("-D");
        arguments.add(directory.toString());
        if (OptionsFile.read(directory, role) instanceof OptionsFile.CommandLine last) {
            arguments.addAll(last.restartArguments());
        }
        return arguments;
    }

    /** The port that GTM's configuration names; PostgreSQL's pid file names its own. */
    static OptionalInt configuredPort(Path directory, Role role) {
        return !role.isPostgres() && RoleDetector.examine(directory, Optional.empty()) instanceof Finding.Node node
                ? node.port()
                : OptionalInt.empty();
    }

    /**
     * @param logged what it wrote last to a log of its own: with {@code logging_collector} its pipe says no more
     *     than where that lies
     * @return what the server said last, as the end of a sentence; empty if it said nothing
     */
    String lastWords(List<String> logged) {
        List<String> tail = logged.isEmpty() ? output.map(ServerOutput::tail).orElse(List.of()) : logged;
        return tail.isEmpty() ? "" : "; it printed last: " + String.join(" / ", tail);
    }
}
