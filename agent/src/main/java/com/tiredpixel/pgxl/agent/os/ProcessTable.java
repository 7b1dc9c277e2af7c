package com.tiredpixel.pgxl.agent.os;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/** The processes of this pid namespace, read from {@code /proc}. */
public interface ProcessTable {

    /**
     * @param pid any number; a thread id finds nothing, because a thread is not a process ({@code Tgid} differs
     *     from {@code Pid}), though {@code kill(pid, 0)} would answer for it
     * @return the process, zombie or not
     */
    Optional<ProcessView> find(int pid);

    /**
     * @param wanted whether more than its identity is to be read of a child; to look at one that is known costs little
     * @return children of the agent, its own and the orphans that fell to it; zombies left out
     */
    List<ProcessView> children(Predicate<ProcessIdentity> wanted);

    /**
     * Under another pid 1 ({@code docker run --init}, a pod whose containers share a pid namespace) the orphans of what
     * {@code docker exec} started fall to that, because the agent is no ancestor of theirs.
     *
     * @param wanted as in {@link #children}
     * @return children of pid 1 that run as the agent's user; none if the agent is pid 1 itself; zombies left out
     */
    List<ProcessView> orphansOfInit(Predicate<ProcessIdentity> wanted);

    /**
     * @param identity a process of the same user whose working directory has the name of this one
     * @return whether it is this very directory: containers that share a pid namespace may have two of one name
     */
    boolean worksIn(ProcessIdentity identity, Path directory);

    /**
     * @param identity a process of the same user
     * @return the file of its program, which may have been replaced since, or nothing if that cannot be seen
     */
    Optional<Path> executable(ProcessIdentity identity);

    /**
     * @param identity a process of the same user
     * @return whether its working directory has been deleted, as the kernel says; not, if that cannot be seen
     */
    boolean worksInDeleted(ProcessIdentity identity);

    /**
     * @param identity a process of the same user
     * @return the environment that its program was started with, or nothing if it cannot be read or is very large
     */
    Optional<Map<String, String>> environment(ProcessIdentity identity);

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
