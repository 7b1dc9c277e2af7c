package com.tiredpixel.pgxl.agent.supervisor.directory;

import com.tiredpixel.pgxl.agent.base.EventLog;
import com.tiredpixel.pgxl.agent.base.MonotonicClock;
import com.tiredpixel.pgxl.agent.node.VolumeScan;
import com.tiredpixel.pgxl.agent.os.ProcessTable;
import com.tiredpixel.pgxl.agent.os.ProcessView;
import com.tiredpixel.pgxl.agent.supervisor.lock.VolumeLocks;
import java.nio.file.Path;

/**
 * What is needed to claim data directories.
 *
 * @param processes sees and signals them
 * @param locks keep a directory to one container
 * @param clock for every wait
 * @param agentPid parent of the servers that the agent starts, and of most orphans
 * @param log where each step is told
 * @param home {@code PGXL_HOME}, real path
 */
public record DirectoryContext(
        ProcessTable processes, VolumeLocks locks, MonotonicClock clock, int agentPid, EventLog log, Path home) {

    /**
     * @return whether a server can be supervised: the agent's child, or an orphan that fell to another pid 1. Of the end of
     *     that nobody tells, but {@code /proc} shows it
     */
    public boolean isAdoptable(ProcessView server) {
        return server.parent() == agentPid || server.parent() == 1;
    }

    /** @return the directory as people know it: relative to the home where it lies in it */
    public String display(Path directory) {
        return VolumeScan.name(home, directory);
    }
}
