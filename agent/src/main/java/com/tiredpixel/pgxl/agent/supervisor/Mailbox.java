package com.tiredpixel.pgxl.agent.supervisor;

import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/**
 * What other threads leave for the supervisor's. A note needs no memory: a stop, or the end of a server, that was told
 * while there was none would be lost otherwise. Only an operator's command needs some, and who gives it hears if there
 * is none.
 */
final class Mailbox {

    /** One of a kind is as good as many. */
    enum Note {
        /** The container is to stop. */
        STOP,
        /** The servers are to read their configuration again. */
        HANG_UP,
        /** The volume is to be looked at. */
        SCAN,
        /** A directory answers that did not in time, or the volume has been looked at. */
        ANSWER,
        /** A server has ended. */
        SERVER_ENDED,
        /** A process that the agent started has ended. */
        CHILD_ENDED,
        /** An orphan has ended. */
        ORPHAN_ENDED,
        /** The log is to be told of every node. */
        EXPLAIN
    }

    /**
     * An operator's command.
     *
     * @param directory of the node
     * @param order what to do
     * @param answer completed by the supervisor
     */
    record Command(Path directory, NodeCommand order, CompletableFuture<NodeCommand.Result> answer) {
    }

    /** For one whose command failed; made before there may be no memory for it. */
    private static final NodeCommand.Result FAILED = new NodeCommand.Result.Refused(
            "the agent could not do that now, as its log says; look at the status, and try again");

    private final AtomicIntegerArray notes = new AtomicIntegerArray(Note.values().length);
    private final ConcurrentLinkedQueue<Command> commands = new ConcurrentLinkedQueue<>();
    private volatile Thread reader;

    /** For any thread. Costs next to nothing if there is one like it already. */
    void leave(Note note) {
        if (notes.compareAndSet(note.ordinal(), 0, 1)) {
            LockSupport.unpark(reader);
        }
    }

    /** For any thread. */
    void give(Command command) {
        commands.add(command);
        LockSupport.unpark(reader);
    }

    /** @return whether there was one; there is none afterwards */
    boolean take(Note note) {
        return notes.compareAndSet(note.ordinal(), 1, 0);
    }

    /** Takes each command; one on which the reader fails is answered all the same. */
    void obey(Consumer<Command> reader) {
        for (Command command = commands.peek(); command != null; command = commands.peek()) {
            boolean done = false;
            try {
                reader.accept(command);
                done = true;
            } finally {
                commands.poll();
                if (!done) {
                    command.answer().complete(FAILED);
                }
            }
        }
    }

    /** Waits until there is something in it, or the time is over. */
    void await(long nanos) {
        reader = Thread.currentThread();
        if (nanos > 0 && isEmpty()) {
            LockSupport.parkNanos(this, nanos);
        }
        // Nobody may end PID 1 by interrupting its threads.
        Thread.interrupted();
    }

    private boolean isEmpty() {
        for (int i = 0; i < notes.length(); i++) {
            if (notes.get(i) != 0) {
                return false;
            }
        }
        return commands.isEmpty();
    }
}
