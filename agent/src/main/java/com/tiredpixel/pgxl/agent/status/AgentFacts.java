package com.tiredpixel.pgxl.agent.status;

import com.tiredpixel.pgxl.agent.os.OwnUsage;
import com.tiredpixel.pgxl.agent.ssh.SshCounters;
import java.time.Duration;

/**
 * The agent itself at one moment.
 *
 * @param version of the program
 * @param servers what they say their version is, empty before they were asked
 * @param pid 1, if all is as it should be
 * @param uptime since its start
 * @param usage of memory and other things
 * @param ssh what the SSH server has done
 * @param orphansReaped so far
 * @param childrenReaped so far, of those that the agent started
 */
record AgentFacts(
        String version,
        String servers,
        int pid,
        Duration uptime,
        OwnUsage usage,
        SshCounters ssh,
        long orphansReaped,
        long childrenReaped) {
}
