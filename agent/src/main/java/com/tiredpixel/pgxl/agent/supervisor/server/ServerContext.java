package com.tiredpixel.pgxl.agent.supervisor.server;

import com.tiredpixel.pgxl.agent.base.EventLog;
import com.tiredpixel.pgxl.agent.base.MonotonicClock;
import com.tiredpixel.pgxl.agent.log.ServerLines;
import com.tiredpixel.pgxl.agent.log.ServerLogs;
import com.tiredpixel.pgxl.agent.os.ProcessStarter;
import com.tiredpixel.pgxl.agent.os.ProcessTable;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * What is needed to start servers and to watch them.
 *
 * @param starter starts them
 * @param processes sees and signals them
 * @param clock for every wait
 * @param agentPid parent of the servers that the agent starts, and of most orphans
 * @param log where each step is told
 * @param serverLines where the lines go that servers print
 * @param serverLogs follows the log files that servers write by themselves
 * @param prefix {@code PGXL_PREFIX}
 * @param environment of the servers, as far as it is the same for all
 * @param environments what servers had in theirs that operators started
 * @param secrets directories of which nothing is to be shown
 */
public record ServerContext(
        ProcessStarter starter,
        ProcessTable processes,
        MonotonicClock clock,
        int agentPid,
        EventLog log,
        ServerLines serverLines,
        ServerLogs serverLogs,
        Path prefix,
        Map<String, String> environment,
        EnvironmentFiles environments,
        List<Path> secrets) {
}
