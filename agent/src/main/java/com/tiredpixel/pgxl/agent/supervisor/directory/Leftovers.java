package com.tiredpixel.pgxl.agent.supervisor.directory;

import com.tiredpixel.pgxl.agent.os.ProcessIdentity;
import com.tiredpixel.pgxl.agent.os.ProcessView;
import com.tiredpixel.pgxl.agent.os.Signal;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What a postmaster that was killed leaves behind. Some of its children (the pooler, the logger, the
 * cluster monitor of Postgres-XL) live on for up to 30 s, and while one of them is attached to the shared
 * memory the next start fails with "pre-existing shared memory block is still in use".
 */
public final class Leftovers {
    /** SIGQUIT makes a backend leave at once without touching shared memory; some ignore it. */
    private static final Duration GRACE = Duration.ofMillis(250);
    /** Not even SIGKILL ends a process that waits for a disk or is frozen. */
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final DirectoryContext context;
    private final NodeName name;
    private Set<ProcessIdentity> asked = Set.of();
    private Duration askedAt = Duration.ZERO;
    private boolean killed;

    Leftovers(DirectoryContext context, NodeName name) {
        this.context = context;
        this.name = name;
    }

    /** A child of a postmaster says so in its command line ({@code init_ps_display}); a postmaster does not. */
    public static boolean isOne(ProcessView process) {
        return !process.commandLine().isEmpty() && process.commandLine().get(0).startsWith("postgres: ");
    }

    /** Asks them to end, and ends those that are still there a moment later. */
    void end(List<ProcessView> processes) {
        Duration now = context.clock().now();
        if (!wereAsked(processes)) {
            Set<ProcessIdentity> those = identities(processes);
            processes.forEach(process -> context.processes().signal(process.identity(), Signal.QUIT));
            // Once all have been asked, for their time begins now.
            asked = those;
            askedAt = now;
            killed = false;
            context.log().info(name.subject(), "ends what the dead postmaster left behind: "
                    + names(processes));
        } else if (now.minus(askedAt).compareTo(GRACE) >= 0) {
            if (!killed) {
                context.log().warn(name.subject(), "kills what ignored SIGQUIT in " + name.directory() + ": "
                        + names(processes));
            }
            killed = true;
            processes.forEach(process -> context.processes().signal(process.identity(), Signal.KILL));
        }
    }

    /** @return whether these live on long after they were told to end */
    boolean areStubborn(List<ProcessView> processes) {
        return wereAsked(processes) && context.clock().now().minus(askedAt).compareTo(PATIENCE) >= 0;
    }

    private boolean wereAsked(List<ProcessView> processes) {
        return asked.containsAll(identities(processes));
    }

    private static Set<ProcessIdentity> identities(List<ProcessView> processes) {
        return processes.stream().map(ProcessView::identity).collect(Collectors.toSet());
    }

    private static String names(List<ProcessView> processes) {
        return String.join(", ", processes.stream()
                .map(process -> process.identity() + " " + process.shown())
                .toList());
    }
}
