package com.tiredpixel.pgxl.agent.supervisor;

import com.tiredpixel.pgxl.agent.base.EventLog;
import com.tiredpixel.pgxl.agent.base.MonotonicClock;
import com.tiredpixel.pgxl.agent.log.ServerLines;
import com.tiredpixel.pgxl.agent.log.ServerLogs;
import com.tiredpixel.pgxl.agent.node.VolumeScan;
import com.tiredpixel.pgxl.agent.os.DiskThreads;
import com.tiredpixel.pgxl.agent.os.ProcessStarter;
import com.tiredpixel.pgxl.agent.os.ProcessTable;
import com.tiredpixel.pgxl.agent.os.ProcessView;
import com.tiredpixel.pgxl.agent.supervisor.lock.VolumeLocks;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleSupplier;

/**
 * What the supervisor works with and what it was told.
 *
 * @param starter starts servers
 * @param processes sees and signals them
 * @param locks keep a directory to one container
 * @param clock for every wait
 * @param agentPid parent of the servers that it starts, and of most orphans
 * @param log where each state change is told
 * @param serverLines where the lines go that servers print
 * @param chance 0 to 1, for jitter
 * @param home {@code PGXL_HOME}, real path
 * @param scanDepth {@code PGXL_SCAN_DEPTH}
 * @param prefix {@code PGXL_PREFIX}
 * @param environment of the servers, as far as it is the same for all
 * @param settleTime between a server's end and the verdict on it
 * @param stopTimeout the budget of a container stop
 * @param restarts how a crashed server comes back
 * @param serverLogs follows the log files that servers write by themselves
 * @param holds which directories the operator keeps down
 * @param environments what servers had in theirs that operators started
 * @param startGuard looks at what a server would start on
 * @param disk does what may hang in a directory
 */
public record SupervisorContext(
        ProcessStarter starter,
        ProcessTable processes,
        VolumeLocks locks,
        MonotonicClock clock,
        int agentPid,
        EventLog log,
        ServerLines serverLines,
        DoubleSupplier chance,
        Path home,
        int scanDepth,
        Path prefix,
        Map<String, String> environment,
        Duration settleTime,
        Duration stopTimeout,
        RestartPolicy restarts,
        ServerLogs serverLogs,
        HoldMarks holds,
        EnvironmentFiles environments,
        StartGuard startGuard,
        DiskThreads disk) {

    /** @return directories of which nothing is to be shown: of keys and passwords, and the agent's own */
    List<Path> secrets() {
        return List.of(home.resolve(".ssh"), holds.file().getParent());
    }

    /**
     * @return whether a server can be supervised: the agent's child, or an orphan that fell to another pid 1. Of the end of
     *     that nobody tells, but {@code /proc} shows it
     */
    boolean isAdoptable(ProcessView server) {
        return server.parent() == agentPid || server.parent() == 1;
    }

    /** @return the directory as people know it: relative to the home where it lies in it */
    String display(Path directory) {
        return VolumeScan.name(home, directory);
    }
}
