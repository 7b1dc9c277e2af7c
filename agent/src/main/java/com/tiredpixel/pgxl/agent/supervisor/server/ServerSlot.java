package com.tiredpixel.pgxl.agent.supervisor.server;

import com.tiredpixel.pgxl.agent.log.ServerLogs;
import com.tiredpixel.pgxl.agent.node.NodeFacts;
import com.tiredpixel.pgxl.agent.node.PidFile;
import com.tiredpixel.pgxl.agent.node.ServerLogFiles;
import com.tiredpixel.pgxl.agent.os.ExitStatus;
import com.tiredpixel.pgxl.agent.os.ProcessIdentity;
import com.tiredpixel.pgxl.agent.os.ProcessView;
import com.tiredpixel.pgxl.agent.os.StartFailedException;
import com.tiredpixel.pgxl.agent.supervisor.directory.NodeName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.Optional;

/** The place for the one server of a node: puts a process there, watches it, and tells of its end. */
public final class ServerSlot {
    private final ServerContext context;
    private final NodeName name;
    private final AdoptedExits ends;
    private final ServerLauncher launcher;
    private final SuspendedProcesses stoppedProcesses;
    private Optional<Object> seenIn = Optional.empty();
    private Optional<Object> startedIn = Optional.empty();
    private boolean lostDirectory;
    private Optional<LiveServer> server = Optional.empty();
    private boolean followed;
    private boolean adoptedUnexamined;
    private ServerLogs.Following ownLog = ServerLogs.none().follow("", null);

    /** @param ends tells how adopted servers ended */
    public ServerSlot(ServerContext context, NodeName name, AdoptedExits ends) {
        this.context = context;
        this.name = name;
        this.ends = ends;
        this.launcher = new ServerLauncher(context, name);
        this.stoppedProcesses = new SuspendedProcesses(context);
    }

    /** Which process it is, if there is one. */
    public Optional<ProcessIdentity> identity() {
        return server.map(LiveServer::identity);
    }

    /** Puts a server there that {@link #watch} made. Needs no memory. */
    public void put(Optional<LiveServer> adopted) {
        leaveLog();
        server = adopted;
        adoptedUnexamined = true;
        startedIn = seenIn;
        lostDirectory = false;
    }

    /**
     * A server that somebody else started; if it is a child of the agent the reaper will tell of its end.
     *
     * @param seenAt a moment before it was seen alive
     */
    public Optional<LiveServer> watch(ProcessView view, Duration seenAt) {
        seenIn = key();
        Duration now = context.clock().now();
        return Optional.of(view.parent() == context.agentPid()
                ? new LiveServer(view.identity(), now, ends.watch(view.identity(), seenAt))
                : LiveServer.ofAnotherInit(view.identity(), now));
    }

    /**
     * Starts a server. It stands in its place as soon as there is a process, whatever fails then.
     *
     * @return its command line
     * @throws StartFailedException if it cannot be started, and there is no process
     */
    public String launch() throws StartFailedException {
        var live = new LiveServer(context.clock().now());
        Optional<LiveServer> place = Optional.of(live);
        startedIn = key();
        lostDirectory = false;
        leaveLog();
        ServerLauncher.Prepared prepared = launcher.prepare();
        try {
            launcher.start(prepared, live);
        } finally {
            if (live.hasProcess()) {
                server = place;
                adoptedUnexamined = false;
            }
        }
        followLog();
        return prepared.commandLine();
    }

    /**
     * Looks whether the directory of the server was removed under it; another may have its name. A server that lost it could
     * serve on for a minute, and longer, in the way of the node that is made there anew.
     *
     * @param removed whether there is nothing in the place of the directory
     */
    public boolean hasLostDirectory(boolean removed) {
        boolean lost = server.filter(live -> (removed || isAnotherDirectory())
                && context.processes().worksInDeleted(live.identity())).isPresent();
        lostDirectory |= lost;
        return lost;
    }

    /** Whether the last server has lost its directory: another that has its name is no reason to start one. */
    public boolean lostDirectory() {
        return lostDirectory;
    }

    /** Only while the server lives: its working directory keeps its number. */
    private boolean isAnotherDirectory() {
        Optional<Object> now = key();
        return startedIn.isPresent() && now.isPresent() && !startedIn.equals(now);
    }

    /** Which directory it is, whatever its name; nothing if that cannot be seen. */
    private Optional<Object> key() {
        try {
            return Optional.ofNullable(Files.readAttributes(name.directory(), BasicFileAttributes.class).fileKey());
        } catch (IOException unseen) {
            return Optional.empty();
        }
    }

    /** Begins to follow the log files of the server. If that fails it is tried again later: a server is worth more. */
    private void followLog() {
        try {
            ownLog = context.serverLogs().follow(
                    name.subject(),
                    new ServerLogFiles(
                            name.directory(), name.program(), server.orElseThrow().identity().pid(), context.secrets()));
            followed = true;
        } catch (Throwable e) {
            context.log().leftOut();
        }
    }

    /** Looks at a server that somebody else started, for later starts. If that fails it is tried again later. */
    private void examineAdopted() {
        try {
            launcher.environment().keep(server.orElseThrow().identity());
            launcher.compare(server.orElseThrow().identity());
            adoptedUnexamined = false;
        } catch (Throwable e) {
            context.log().leftOut();
        }
    }

    /** Whether something is still to be done about the server beside watching it. */
    public boolean hasToMakeUp() {
        return server.isPresent() && (!followed || adoptedUnexamined);
    }

    /** Does it. */
    public void makeUp() {
        if (server.isPresent() && !followed) {
            followLog();
        }
        if (server.isPresent() && adoptedUnexamined) {
            examineAdopted();
        }
    }

    /** The directory is no more, and so what was kept for its starts. */
    public void forgetDirectory() {
        forget();
        launcher.environment().forget();
    }

    private void leaveLog() {
        ownLog.end();
        followed = false;
        stoppedProcesses.forget();
    }

    /** Leaves the place empty, without a word to the process. Needs no memory. */
    public void forget() {
        server = Optional.empty();
        leaveLog();
    }

    /**
     * Looks whether the server has ended. It keeps its place until {@link #forget}.
     *
     * @return the server, if it is gone
     */
    public Optional<EndedServer> ended() {
        return server.flatMap(live -> end(live)
                .map(status -> {
                    live.note(name.pidFile());
                    return new EndedServer(
                            live.identity(), name.program(), live.stopStage(), live.pidFileNamedIt(), status);
                }));
    }

    /** Whether the server has ended: asks {@code /proc}, and no disk. */
    public boolean mayHaveEnded() {
        return server.flatMap(this::end).isPresent();
    }

    private Optional<ExitStatus> end(LiveServer live) {
        return live.end(context.processes(), context.clock().now(), ends);
    }

    /** Whether the server serves, by the evidence of this moment. */
    public Readiness readiness() {
        LiveServer live = server.orElseThrow();
        PidFile pidFile = name.pidFile();
        NodeFacts facts = NodeFacts.read(name.directory(), name.role());
        live.note(pidFile);
        return Readiness.of(
                name.program(),
                live.identity().pid(),
                pidFile,
                facts.port(),
                () -> PostmasterChildren.status(
                        live.identity().pid(),
                        context.processes().processes(),
                        facts::hotStandby),
                () -> context.processes().listeningPorts(live.identity()));
    }

    /** How long the server has been there. */
    public Duration age() {
        return context.clock().now().minus(server.orElseThrow().since());
    }

    /** How long to wait before the next look for readiness. */
    public Duration nextLook() {
        return server.orElseThrow().nextLook();
    }

    /**
     * Tells the server, and continues what is stopped of it: even one whose turn is yet to come, because others may need
     * it to go down themselves.
     *
     * @return what was done, for the log; nothing if there is no server or it has been told as firmly already
     */
    public Optional<String> tellToStop(StopStage stage) {
        Optional<String> told = server.flatMap(live -> live.tellToStop(stage, name.program(), context.processes()));
        server.ifPresent(live -> stoppedProcesses.resume(live.identity(), name.subject()));
        return told;
    }

    /** @return what the server said last, as the end of a sentence; empty if it said nothing */
    public String lastWords() {
        return launcher.lastWords(ownLog.tail());
    }
}
