package com.tiredpixel.pgxl.agent.os;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;

/**
 * The three standard descriptors of a process that is being started: what the child does to get them, and
 * our ends of the pipes. Closing it closes the child's ends, and ours too unless they were handed over; it needs no
 * memory, because whoever reads waits for ever if a child's end stays open here.
 */
final class Plumbing implements AutoCloseable {
    private static final byte[] NULL_DEVICE = NativeStrings.text("/dev/null");
    private static final int LOWEST_FREE = 3;
    /** Each of three may have to be moved. */
    private static final int MOST_CHILD_ENDS = 6;

    private final Libc libc;
    private final TransferBuffers buffers;
    private final List<Spawn.Action> actions = new ArrayList<>();
    private final int[] childEnds = new int[MOST_CHILD_ENDS];
    private int childEndCount;
    private final Descriptor[] ourEnds = new Descriptor[3];
    private boolean handedOver;

    private Plumbing(Libc libc, TransferBuffers buffers) {
        this.libc = libc;
        this.buffers = buffers;
    }

    static Plumbing lay(Libc libc, TransferBuffers buffers, Command command) throws StartFailedException {
        Plumbing plumbing = new Plumbing(libc, buffers);
        try {
            plumbing.connect(0, command.input());
            plumbing.connect(1, command.output());
            plumbing.connect(2, command.error());
            return plumbing;
        } catch (IOException e) {
            plumbing.close();
            throw new StartFailedException("cannot start " + command.program() + ": " + e.getMessage());
        } catch (RuntimeException | Error e) {
            plumbing.close();
            throw e;
        }
    }

    List<Spawn.Action> actions() {
        return actions;
    }

    OwnChild child(ChildRegistry registry, ProcessIdentity identity) {
        return new OwnChild(registry, identity, writing(ourEnds[0]), reading(ourEnds[1]), reading(ourEnds[2]));
    }

    /** From now on our ends belong to the child's streams. */
    void handOver() {
        handedOver = true;
    }

    private void connect(int number, Stdio stdio) throws IOException {
        if (stdio instanceof Stdio.Null) {
            int flags = number == 0 ? Libc.O_RDONLY : Libc.O_WRONLY;
            actions.add(new Spawn.Open(number, NULL_DEVICE, flags));
        } else if (stdio instanceof Stdio.Terminal terminal) {
            actions.add(new Spawn.Open(number, NativeStrings.path(terminal.slave()), Libc.O_RDWR));
        } else if (stdio instanceof Stdio.Pipe) {
            actions.add(new Spawn.Duplicate(pipe(number), number));
        } else if (stdio instanceof Stdio.SameAsOutput) {
            if (number != 2) {
                throw new IOException("only standard error can lead where standard output leads");
            }
            actions.add(new Spawn.Duplicate(1, 2));
        }
    }

    /** @return the child's end */
    private int pipe(int number) throws IOException {
        int[] ends = new int[2];
        int result = libc.pipe2(ends, Libc.O_CLOEXEC);
        if (result < 0) {
            throw new IOException("cannot make a pipe: " + Errno.describe(result));
        }
        int childEnd = number == 0 ? ends[0] : ends[1];
        int ourEnd = number == 0 ? ends[1] : ends[0];
        childEnds[childEndCount++] = childEnd;
        ourEnds[number] = Descriptor.own(libc, buffers, ourEnd);
        return childEnd < LOWEST_FREE ? moved(childEnd) : childEnd;
    }

    /** An agent without standard descriptors gets such numbers, and the child's dup2 would run over them. */
    private int moved(int childEnd) throws IOException {
        int higher = libc.fcntl(childEnd, Libc.F_DUPFD_CLOEXEC, LOWEST_FREE);
        if (higher < 0) {
            throw new IOException("cannot move descriptor " + childEnd + ": " + Errno.describe(higher));
        }
        childEnds[childEndCount++] = higher;
        return higher;
    }

    private static ReadyOutput writing(Descriptor descriptor) {
        return descriptor == null ? DescriptorStreams.refusing() : DescriptorStreams.writing(descriptor);
    }

    private static InputStream reading(Descriptor descriptor) {
        return descriptor == null ? InputStream.nullInputStream() : DescriptorStreams.reading(descriptor);
    }

    @Override
    public void close() {
        while (childEndCount > 0) {
            libc.close(childEnds[--childEndCount]);
        }
        for (Descriptor ourEnd : ourEnds) {
            if (ourEnd != null && !handedOver) {
                ourEnd.close();
            }
        }
    }
}
