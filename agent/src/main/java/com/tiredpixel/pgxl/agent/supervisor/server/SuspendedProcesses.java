package com.tiredpixel.pgxl.agent.supervisor.server;

import com.tiredpixel.pgxl.agent.os.ProcessIdentity;
import com.tiredpixel.pgxl.agent.os.ProcessView;
import com.tiredpixel.pgxl.agent.os.Signal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What somebody stopped (SIGSTOP, SIGTSTP) of a server that is to go down. A stopped process acts on no signal but
 * SIGKILL before it is continued, and a postmaster waits for each of its children.
 */
public final class SuspendedProcesses {
    private static final char STOPPED = 'T';

    /** Each look reads all of {@code /proc}. */
    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(500);

    private final ServerContext context;
    private Optional<Duration> lastLook = Optional.empty();

    /** Those of one server, whichever that is at a time. */
    public SuspendedProcesses(ServerContext context) {
        this.context = context;
    }

    /**
     * @param server to be stopped
     * @param all processes of this pid namespace
     * @return the server and its descendants, as far as they are stopped; one that a debugger traces ({@code t}) is
     *     the debugger's
     */
    public static List<ProcessView> of(ProcessIdentity server, Collection<ProcessView> all) {
        if (all.stream().noneMatch(process -> process.identity().equals(server))) {
            return List.of();
        }
        Set<Integer> family = new HashSet<>(Set.of(server.pid()));
        boolean grown;
        do {
            grown = false;
            for (ProcessView process : all) {
                grown |= family.contains(process.parent()) && family.add(process.identity().pid());
            }
        } while (grown);
        return all.stream()
                .filter(process -> process.state() == STOPPED && family.contains(process.identity().pid()))
                .toList();
    }

    /** The next look is at another server. */
    void forget() {
        lastLook = Optional.empty();
    }

    /** Continues them; looks twice a second at most, however often it is called. */
    public void resume(ProcessIdentity server, String subject) {
        Duration now = context.clock().now();
        if (lastLook.filter(last -> now.minus(last).compareTo(BETWEEN_LOOKS) < 0).isPresent()) {
            return;
        }
        lastLook = Optional.of(now);
        var resumed = new ArrayList<String>();
        for (ProcessView process : of(server, context.processes().processes())) {
            if (context.processes().signal(process.identity(), Signal.CONT)) {
                resumed.add(process.identity() + " " + process.shown());
            }
        }
        if (!resumed.isEmpty()) {
            context.log().warn(subject, "sent SIGCONT to processes that somebody had stopped, because no shutdown"
                    + " comes to its end beside them: " + String.join(", ", resumed));
        }
    }
}
