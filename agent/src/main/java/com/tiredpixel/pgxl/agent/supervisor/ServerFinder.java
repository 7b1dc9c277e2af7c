package com.tiredpixel.pgxl.agent.supervisor;

import com.tiredpixel.pgxl.agent.node.Finding;
import com.tiredpixel.pgxl.agent.node.PidFile;
import com.tiredpixel.pgxl.agent.node.Program;
import com.tiredpixel.pgxl.agent.node.Role;
import com.tiredpixel.pgxl.agent.node.RoleDetector;
import com.tiredpixel.pgxl.agent.node.ServerCommandLine;
import com.tiredpixel.pgxl.agent.os.ProcessIdentity;
import com.tiredpixel.pgxl.agent.os.ProcessView;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Finds the servers that others started: {@code pg_ctl} and {@code gtm_ctl}, which {@code pgxc_ctl} runs
 * over SSH, leave a server behind as an orphan, and orphans become children of the agent. Where the agent is not pid 1,
 * those of {@code docker exec} become children of pid 1.
 */
final class ServerFinder {
    /** {@code pgxc_ctl} lets a new GTM run for a second to initialise it; one that stays was meant to stay. */
    private static final Duration GTM_INITIALISATION = Duration.ofSeconds(5);

    private final SupervisorContext context;
    private final Lanes lanes;
    private final Map<ProcessIdentity, Duration> firstSeen = new HashMap<>();
    private List<ProcessView> passing = List.of();

    ServerFinder(SupervisorContext context, Lanes lanes) {
        this.context = context;
        this.lanes = lanes;
    }

    /** @param server a live server in charge of its directory, as the pid file says */
    record Sighting(ProcessView server, Role role, Path directory) {
    }

    /**
     * What one look showed.
     *
     * @param sightings servers to adopt
     * @param unclear whether a server may become one of them in a moment
     */
    record Look(List<Sighting> sightings, boolean unclear) {
    }

    /**
     * @param known servers that are supervised already
     */
    Look look(Predicate<ProcessIdentity> known) {
        var sightings = new ArrayList<Sighting>();
        var inRestoreMode = new ArrayList<ProcessView>();
        boolean unclear = false;
        Duration now = context.clock().now();
        Set<ProcessIdentity> present = new HashSet<>();
        for (ProcessView process : candidates(known.negate())) {
            present.add(process.identity());
            Duration seenFor = now.minus(firstSeen.computeIfAbsent(process.identity(), unseen -> now));
            Optional<Path> directory = process.directory();
            ServerCommandLine said = ServerCommandLine.roleOf(process.program(), process.commandLine());
            if (directory.isEmpty() || said instanceof ServerCommandLine.NotAServer) {
                continue;
            }
            if (said instanceof ServerCommandLine.RestoreMode) {
                inRestoreMode.add(process);
                continue;
            }
            boolean mayBeInitialisation = said instanceof ServerCommandLine.GtmInitialisation
                    && seenFor.compareTo(GTM_INITIALISATION) < 0;
            Optional<Optional<Role>> role = lanes.of(directory.get()).ask(lanes.patience(), () ->
                    role(said, directory.get()).filter(served -> isInCharge(process, directory.get(), served)
                            && context.processes().worksIn(process.identity(), directory.get())));
            if (role.isEmpty()) {
                // The directory does not answer; a later look asks again.
                continue;
            }
            if (role.get().isPresent() && !mayBeInitialisation) {
                sightings.add(new Sighting(process, role.get().get(), directory.get()));
            } else {
                unclear |= seenFor.compareTo(Duration.ofSeconds(30)) < 0;
            }
        }
        firstSeen.keySet().retainAll(present);
        tellPassing(inRestoreMode);
        return new Look(sightings, unclear);
    }

    /** Servers in restore mode as of the last look, which {@code pgxc_ctl} stops again: not nodes yet. */
    List<ProcessView> passing() {
        return passing;
    }

    private void tellPassing(List<ProcessView> now) {
        List<ProcessView> before = passing;
        passing = now;
        for (ProcessView process : now) {
            if (before.stream().noneMatch(known -> known.identity().equals(process.identity()))) {
                context.log().info("agent", process.identity() + " is a server in restore mode in "
                        + process.directory().map(context::display).orElse("?") + ": not a node yet");
            }
        }
    }

    /** Under another pid 1 there may be servers of others: those in a directory of the volume are this container's. */
    private List<ProcessView> candidates(Predicate<ProcessIdentity> unknown) {
        var servers = new ArrayList<>(context.processes().children(unknown));
        context.processes().orphansOfInit(unknown).stream()
                .filter(process -> process.directory().filter(path -> path.startsWith(context.home())).isPresent())
                .forEach(servers::add);
        servers.removeIf(process -> Program.named(process.program()).isEmpty());
        return servers;
    }

    private static Optional<Role> role(ServerCommandLine said, Path directory) {
        if (said instanceof ServerCommandLine.Serving serving) {
            return Optional.of(serving.role());
        }
        if (said instanceof ServerCommandLine.GtmInitialisation) {
            return Optional.of(Role.GTM);
        }
        return RoleDetector.examine(directory, Optional.empty()) instanceof Finding.Node node
                ? Optional.of(node.role())
                : Optional.empty();
    }

    private static boolean isInCharge(ProcessView process, Path directory, Role role) {
        return PidFile.read(directory, role.program()) instanceof PidFile.Named named
                && named.pid() == process.identity().pid();
    }
}
