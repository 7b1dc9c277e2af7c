package com.tiredpixel.pgxl.agent.supervisor.server;

import com.tiredpixel.pgxl.agent.base.Daemon;
import com.tiredpixel.pgxl.agent.log.ServerOutput;
import com.tiredpixel.pgxl.agent.node.NodeFacts;
import com.tiredpixel.pgxl.agent.os.Child;
import com.tiredpixel.pgxl.agent.os.Command;
import com.tiredpixel.pgxl.agent.os.ProcessIdentity;
import com.tiredpixel.pgxl.agent.os.StartFailedException;
import com.tiredpixel.pgxl.agent.supervisor.directory.NodeName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Starts the server of one directory as its last real start did, and keeps what it prints. */
final class ServerLauncher {
    private final ServerContext context;
    private final NodeName name;
    private final KeptEnvironment environment;
    private ServerOutput output;

    ServerLauncher(ServerContext context, NodeName name) {
        this.context = context;
        this.name = name;
        this.environment = new KeptEnvironment(context, name);
    }

    /** @return what it starts servers with */
    KeptEnvironment environment() {
        return environment;
    }

    /** Warns of a server whose program is that of another Postgres-XL: of a {@code pgxc_ctl deploy}, as tutorials begin with. */
    void compare(ProcessIdentity server) {
        Path own = context.prefix().resolve("bin").resolve(name.program().executable());
        context.processes().executable(server)
                .filter(running -> Files.exists(running.resolveSibling("gtm_ctl")) && !isSameFile(running, own))
                .ifPresent(running -> context.log().warn(name.subject(), "runs " + running + ", but a start by the agent,"
                        + " after a crash or in the next container, takes " + own + ": set PGXL_PREFIX to "
                        + running.getParent().getParent() + " if that one is meant"));
    }

    private static boolean isSameFile(Path one, Path other) {
        try {
            return Files.isSameFile(one, other);
        } catch (IOException unseen) {
            return false;
        }
    }

    /**
     * A server that can be started: all that its start needs is there, and nothing has begun.
     *
     * @param command that starts it
     * @param output what will read what it prints
     * @param commandLine for the log
     */
    record Prepared(Command command, ServerOutput output, String commandLine) {
    }

    /**
     * Makes everything ready, the thread that reads its output too: a server without one would stand still as soon as
     * its pipe is full.
     *
     * @throws StartFailedException if there can be no such thread
     */
    Prepared prepare() throws StartFailedException {
        List<String> words = NodeFacts.read(name.directory(), name.role()).startCommand(context.prefix());
        Path program = Path.of(words.get(0));
        var prepared = new Prepared(
                Command.of(program, words.subList(1, words.size()), environment.next(), name.directory()),
                new ServerOutput(name.subject(), context.serverLines(), context.clock()),
                String.join(" ", words));
        try {
            Daemon.start("output of " + name.subject(), prepared.output());
        } catch (OutOfMemoryError e) {
            if (!String.valueOf(e.getMessage()).contains("thread")) {
                // No memory at all, which passes, and is no failure of the server.
                throw e;
            }
            throw new StartFailedException("cannot start " + program + ": no thread to read what it prints: "
                    + e.getMessage());
        }
        return prepared;
    }

    /**
     * Starts what was prepared; whatever happens then needs no memory.
     *
     * @param server told which process it is
     * @throws StartFailedException if the kernel refuses
     */
    void start(Prepared prepared, LiveServer server) throws StartFailedException {
        boolean started = false;
        try {
            Child child = context.starter().start(prepared.command());
            server.is(child);
            prepared.output().readFrom(child.output());
            started = true;
        } finally {
            if (!started) {
                prepared.output().readNothing();
            }
        }
        output = prepared.output();
    }

    /**
     * @param logged what it wrote last to a log of its own: with {@code logging_collector} its pipe says no more
     *     than where that lies
     * @return what the server said last, as the end of a sentence; empty if it said nothing
     */
    String lastWords(List<String> logged) {
        List<String> printed = output == null ? List.of() : output.tail();
        List<String> tail = logged.isEmpty() ? printed : logged;
        return tail.isEmpty() ? "" : "; it printed last: " + String.join(" / ", tail);
    }
}
