package com.tiredpixel.pgxl.agent.supervisor;

import com.tiredpixel.pgxl.agent.log.ServerLogs;
import com.tiredpixel.pgxl.agent.node.PidFile;
import com.tiredpixel.pgxl.agent.node.Role;
import com.tiredpixel.pgxl.agent.node.ServerLogFiles;
import com.tiredpixel.pgxl.agent.os.ProcessIdentity;
import com.tiredpixel.pgxl.agent.os.ProcessView;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/** The place for the one server of a node: puts a process there, watches it, and tells of its end. */
final class ServerSlot {
    private final Surroundings surroundings;
    private final Path directory;
    private final Ends ends;
    private final ServerLauncher launcher;
    private StoppedProcesses stoppedProcesses;
    private Optional<LiveServer> server = Optional.empty();
    private ServerLogs.Following ownLog = ServerLogs.none().follow("", null);

    ServerSlot(Surroundings surroundings, Path directory, Ends ends) {
        this.surroundings = surroundings;
        this.directory = directory;
        this.ends = ends;
        this.launcher = new ServerLauncher(surroundings, directory);
        this.stoppedProcesses = new StoppedProcesses(surroundings);
    }

    Optional<ProcessIdentity> identity() {
        return server.map(LiveServer::identity);
    }

    /**
     * Puts a server there that somebody else started.
     *
     * @param seenAt a moment before it was seen alive
     */
    void adopt(ProcessView view, Role role, String subject, Duration seenAt) {
        Duration now = surroundings.clock().now();
        put(view.parent() == surroundings.agentPid()
                ? new LiveServer(view.identity(), now, ends.watch(view.identity(), seenAt))
                : LiveServer.ofAnotherInit(view.identity(), now), role, subject);
    }

    /** Starts a server, and puts it there if the kernel permits. */
    ServerLauncher.Outcome launch(Role role, String subject) {
        ServerLauncher.Outcome outcome = launcher.launch(role, subject);
        if (outcome instanceof ServerLauncher.Launched launched) {
            put(new LiveServer(launched.identity(), surroundings.clock().now(), launched.exit()), role, subject);
        }
        return outcome;
    }

    private void put(LiveServer live, Role role, String subject) {
        ownLog.end();
        ownLog = surroundings.serverLogs().follow(
                subject, new ServerLogFiles(directory, role, live.identity().pid(), surroundings.secrets()));
        stoppedProcesses = new StoppedProcesses(surroundings);
        server = Optional.of(live);
    }

    /** Leaves the place empty, without a word to the process. */
    void forget() {
        server = Optional.empty();
    }

    /**
     * Looks whether the server has ended, and then leaves the place empty.
     *
     * @return the server, at the first look that finds it gone
     */
    Optional<EndedServer> takeEnded(Role role) {
        Optional<EndedServer> ended = server.flatMap(live -> live
                .end(surroundings.processes(), surroundings.clock().now(), ends)
                .map(status -> {
                    live.note(PidFile.read(directory, role));
                    return new EndedServer(
                            live.identity(), role, live.since(), live.stopStage(), live.pidFileNamedIt(), status);
                }));
        if (ended.isPresent()) {
            server = Optional.empty();
            ownLog.end();
        }
        return ended;
    }

    /** Whether the server serves, by the evidence of this moment. */
    Readiness readiness(Role role) {
        LiveServer live = server.orElseThrow();
        PidFile pidFile = PidFile.read(directory, role);
        live.note(pidFile);
        return Readiness.of(
                role,
                live.identity().pid(),
                pidFile,
                ServerLauncher.configuredPort(directory, role),
                () -> surroundings.processes().listeningPorts(live.identity()));
    }

    /** How long the server has been there. */
    Duration age() {
        return surroundings.clock().now().minus(server.orElseThrow().since());
    }

    /** How long to wait before the next look for readiness. */
    Duration nextLook() {
        return server.orElseThrow().nextLook();
    }

    /**
     * Tells the server, and continues what is stopped of it: even one whose turn is yet to come, for others may need
     * it to go down themselves.
     *
     * @return what was done, for the log; nothing if there is no server or it has been told as firmly already
     */
    Optional<String> tellToStop(StopStage stage, Role role, String subject) {
        Optional<String> told = server.flatMap(live -> live.tellToStop(stage, role, surroundings.processes()));
        server.ifPresent(live -> stoppedProcesses.resume(live.identity(), subject));
        return told;
    }

    /** @return what the server said last, as the end of a sentence; empty if it said nothing */
    String lastWords() {
        return launcher.lastWords(ownLog.tail());
    }
}
