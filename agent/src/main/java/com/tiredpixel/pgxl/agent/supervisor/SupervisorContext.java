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
import com.tiredpixel.pgxl.agent.supervisor.directory.DirectoryContext;
import com.tiredpixel.pgxl.agent.supervisor.lock.VolumeLocks;
import com.tiredpixel.pgxl.agent.supervisor.server.EnvironmentFiles;
import com.tiredpixel.pgxl.agent.supervisor.server.ServerContext;
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

    /** @return what of it is needed to start servers and to watch them */
    ServerContext servers() {
        // Of keys and passwords, and the agent's own.
        List<Path> secrets = List.of(home.resolve(".ssh"), holds.file().getParent());
        return new ServerContext(
                starter, processes, clock, agentPid, log, serverLines, serverLogs, prefix, environment, environments, secrets);
    }

    /** @return what of it is needed to claim data directories */
    DirectoryContext directories() {
        return new DirectoryContext(processes, locks, clock, agentPid, log, home);
    }

    /** See {@link DirectoryContext#isAdoptable}. */
    boolean isAdoptable(ProcessView server) {
        return directories().isAdoptable(server);
    }

    /** See {@link DirectoryContext#display}. */
    String display(Path directory) {
        return VolumeScan.name(home, directory);
    }
}
