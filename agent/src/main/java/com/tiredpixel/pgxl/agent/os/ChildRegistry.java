package com.tiredpixel.pgxl.agent.os;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The children that the agent started and has not reaped, and the one lock that makes that sentence exact: a
 * child is spawned and registered, looked up and reaped, looked up and signalled under it. It is fair, so
 * that a burst of starts does not keep the reaper waiting.
 */
final class ChildRegistry {
    private final Libc libc;
    private final ReentrantLock lock = new ReentrantLock(true);
    private final Map<Integer, OwnChild> running = new HashMap<>();

    ChildRegistry(Libc libc) {
        this.libc = libc;
    }

    /** The two steps of a start. */
    interface Start {
        /** @return pid of a process made by this call */
        int spawn() throws StartFailedException;

        /** @return the child that stands for it */
        OwnChild child(int pid) throws StartFailedException;
    }

    /** A process that cannot be registered is killed: nobody would ever hear of its end. */
    OwnChild register(Start start) throws StartFailedException {
        lock.lock();
        try {
            int pid = start.spawn();
            try {
                OwnChild child = start.child(pid);
                running.put(pid, child);
                return child;
            } catch (StartFailedException | RuntimeException | Error e) {
                libc.kill(pid, Signal.KILL.number());
                throw e;
            }
        } finally {
            lock.unlock();
        }
    }

    /** What the reaper does with a zombie. */
    interface Decision {
        /**
         * @param pid of the zombie
         * @param child the registered child, null for an orphan
         * @return false if there is no such zombie any more
         */
        boolean reap(int pid, OwnChild child);
    }

    /** Decides about a zombie, and strikes it off if it was reaped, for which no memory is needed. */
    void strike(int pid, Decision decision) {
        Integer key = pid;
        lock.lock();
        try {
            if (decision.reap(pid, running.get(key))) {
                running.remove(key);
            }
        } finally {
            lock.unlock();
        }
    }

    /** @return those that are registered now */
    Set<Integer> pids() {
        lock.lock();
        try {
            return Set.copyOf(running.keySet());
        } finally {
            lock.unlock();
        }
    }

    /** @param target the pid of the child, negative for its process group */
    boolean signal(OwnChild child, int target, Signal signal) {
        lock.lock();
        try {
            return running.get(child.identity().pid()) == child && libc.kill(target, signal.number()) == 0;
        } finally {
            lock.unlock();
        }
    }
}
