package com.tiredpixel.pgxl.agent.ssh;

import com.tiredpixel.pgxl.agent.base.MonotonicClock;
import com.tiredpixel.pgxl.agent.os.ProcessStarter;
import com.tiredpixel.pgxl.agent.os.PseudoTerminal;
import java.util.concurrent.ScheduledExecutorService;
import org.apache.sshd.common.util.threads.CloseableExecutorService;

/**
 * What every command needs to run.
 *
 * @param executor threads that may wait; their number is bounded
 * @param timer one thread that must not
 * @param share heap for sessions that are quick
 */
record SessionRuntime(
        SshSettings settings,
        ProcessStarter starter,
        PseudoTerminal.Factory terminals,
        CloseableExecutorService executor,
        ScheduledExecutorService timer,
        HeapShare share,
        MonotonicClock clock) {
}
