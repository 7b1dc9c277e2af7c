package com.tiredpixel.pgxl.agent.os;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/** The processes of this pid namespace, read from {@code /proc}. */
public interface ProcessTable {

    /**
     * @param pid any number; a thread id finds nothing, for a thread is not a process ({@code Tgid} differs
     *     from {@code Pid}), though {@code kill(pid, 0)} would answer for it
     * @return the process, zombie or not
     */
    Optional<ProcessView> find(int pid);

    /**
     * @param wanted whether more than its identity is to be read of a child; to look at one that is known costs little
     * @return children of the agent, its own and the orphans that fell to it; zombies left out
     */
    List<ProcessView> children(Predicate<ProcessIdentity> wanted);

    /** @return every process of this pid namespace, zombies left out */
    List<ProcessView> processes();

    /**
     * @param identity pid and start time
     * @return whether this very process is there and no zombie
     */
    boolean isAlive(ProcessIdentity identity);

    /**
     * @param identity pid and start time
     * @return whether this very process is there, zombie or not
     */
    boolean exists(ProcessIdentity identity);

    /**
     * @param identity a process of the same user
     * @return the TCP ports on which it listens, from {@code /proc/net/tcp}, {@code tcp6} and its
     *     descriptors; no connection is made
     */
    Set<Integer> listeningPorts(ProcessIdentity identity);

    /**
     * Sends a signal to this very process: never to a later owner of its number.
     *
     * @return whether it was sent
     */
    boolean signal(ProcessIdentity identity, Signal signal);
}
