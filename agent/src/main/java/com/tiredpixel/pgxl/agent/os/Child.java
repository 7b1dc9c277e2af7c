package com.tiredpixel.pgxl.agent.os;

import java.io.InputStream;
import java.util.concurrent.CompletableFuture;

/**
 * A process that the agent started. Each stream with a pipe behind it holds two descriptors until it is closed or
 * has been read to its end, also after the process has ended.
 */
public interface Child {

    /** @return pid and start time */
    ProcessIdentity identity();

    /** @return our end of the pipe to standard input, or a stream that refuses if there is no pipe */
    ReadyOutput input();

    /**
     * Our end of the pipe from standard output; empty if there is no pipe. It ends when the last holder of
     * the pipe has closed it, which may be a background process long after the child itself has ended.
     * {@link InputStream#close} from another thread ends a blocked read.
     */
    InputStream output();

    /** @return as {@link #output}, for standard error */
    InputStream error();

    /**
     * Completed by the reaper, once. Dependants must not block: chain them with the {@code Async} forms.
     */
    CompletableFuture<ExitStatus> exit();

    /**
     * Sends a signal to the process, never to a later one with the same number.
     *
     * @return whether it was sent; false if the process has already been reaped
     */
    boolean signal(Signal signal);

    /**
     * Sends a signal to the process group that the child leads.
     *
     * @return whether it was sent; false if the child has already been reaped
     */
    boolean signalGroup(Signal signal);
}
