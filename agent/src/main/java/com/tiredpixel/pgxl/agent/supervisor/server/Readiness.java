package com.tiredpixel.pgxl.agent.supervisor.server;

import com.tiredpixel.pgxl.agent.node.PidFile;
import com.tiredpixel.pgxl.agent.node.Program;
import java.util.Locale;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Does the server serve? Told from what the server itself wrote and from the ports on which it listens.
 * Nothing connects: GTM logs an error for every connection that sends nothing.
 */
public sealed interface Readiness {

    /** @param evidence for the log */
    record Ready(String evidence) implements Readiness {
    }

    /** @param missing what is still missing */
    record NotYet(String missing) implements Readiness {
    }

    /**
     * @param program which it is
     * @param pid of the server
     * @param pidFile as it is now
     * @param port that the configuration names, for GTM, whose pid file names none
     * @param children asks how far a postmaster is, by its child processes; for one that writes it nowhere
     * @param listening asks for the ports on which the process listens; costly, so asked last
     */
    static Readiness of(
            Program program, int pid, PidFile pidFile, OptionalInt port, Supplier<PidFile.Status> children,
            Supplier<Set<Integer>> listening) {
        String file = program.pidFileName();
        if (!(pidFile instanceof PidFile.Named named) || named.pid() != pid) {
            return new NotYet(file + " does not name pid " + pid);
        }
        return named instanceof PidFile.Postmaster postmaster
                ? ofPostmaster(file, postmaster, children, listening)
                : ofGtm(file, port, listening);
    }

    private static Readiness ofPostmaster(
            String file, PidFile.Postmaster pidFile, Supplier<PidFile.Status> children, Supplier<Set<Integer>> listening) {
        boolean written = pidFile.status() != PidFile.Status.UNSAID;
        PidFile.Status status = written ? pidFile.status() : children.get();
        String says = (written ? file + " says " : "its child processes say ") + status.name().toLowerCase(Locale.ROOT);
        // A standby with hot_standby = off takes no connections, and is all the same as ready as it gets.
        if (status != PidFile.Status.READY && status != PidFile.Status.STANDBY) {
            return new NotYet(says);
        }
        boolean listensOnTcp = pidFile.listenAddress().filter(address -> !address.isEmpty()).isPresent();
        if (!listensOnTcp || pidFile.port().isEmpty()) {
            return new Ready(says);
        }
        int port = pidFile.port().getAsInt();
        return listening.get().contains(port)
                ? new Ready(says + ", port " + port + " listens")
                : new NotYet("port " + port + " does not listen");
    }

    private static Readiness ofGtm(String file, OptionalInt port, Supplier<Set<Integer>> listening) {
        Set<Integer> ports = listening.get();
        if (port.isEmpty()) {
            return ports.isEmpty()
                    ? new NotYet("no port listens")
                    : new Ready(file + " names it, port " + ports.iterator().next() + " listens");
        }
        return ports.contains(port.getAsInt())
                ? new Ready(file + " names it, port " + port.getAsInt() + " listens")
                : new NotYet("port " + port.getAsInt() + " does not listen");
    }
}
