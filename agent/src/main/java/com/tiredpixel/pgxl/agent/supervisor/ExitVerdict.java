package com.tiredpixel.pgxl.agent.supervisor;

import com.tiredpixel.pgxl.agent.node.PidFile;
import com.tiredpixel.pgxl.agent.node.Program;
import com.tiredpixel.pgxl.agent.os.ExitStatus;
import com.tiredpixel.pgxl.agent.os.ExitStatus.Exited;
import com.tiredpixel.pgxl.agent.os.ExitStatus.Signaled;
import com.tiredpixel.pgxl.agent.os.ExitStatus.Unknown;

/**
 * Was it a stop or a crash? The exit code alone cannot tell, for GTM exits 1 on a clean stop. The pid file
 * can: a server that ends in order removes it itself.
 *
 * @param stopped whether the operator stopped it; otherwise it crashed or failed
 * @param reason for the log
 */
record ExitVerdict(boolean stopped, String reason) {

    /**
     * @param program which it was
     * @param status how the process ended
     * @param pid its pid
     * @param pidFileSeen whether the pid file had named it while it lived
     * @param pidFile as it is now, a settle time after the end
     */
    static ExitVerdict judge(Program program, ExitStatus status, int pid, boolean pidFileSeen, PidFile pidFile) {
        if (pidFile instanceof PidFile.Named named && named.pid() == pid) {
            return leftItsPidFile(program, status, named);
        }
        String file = program.pidFileName();
        if (status instanceof Signaled) {
            // No process removes a file after a deadly signal: somebody else did, as `pgxc_ctl kill` does.
            return crashed(status + ", and somebody else removed " + file);
        }
        if (status instanceof Unknown) {
            return stopped(status + ", but " + file + " is gone");
        }
        if (program == Program.POSTGRES && !status.equals(new Exited(0))) {
            // A stop always ends with 0; 1 with the pid file removed is a failed start or recovery.
            return crashed(status + ", which for a postmaster is a failure");
        }
        if (program != Program.POSTGRES && !pidFileSeen) {
            // GTM writes its pid file only after it has read its configuration.
            return crashed(status + " before it wrote " + file);
        }
        return stopped(status + ", it removed " + file + " itself");
    }

    private static ExitVerdict leftItsPidFile(Program program, ExitStatus status, PidFile.Named pidFile) {
        if (pidFile instanceof PidFile.Postmaster postmaster && postmaster.status() == PidFile.Status.STOPPING) {
            return stopped(status + ", in the middle of a stop that the operator had asked for");
        }
        return crashed(status + ", it left " + program.pidFileName() + " behind");
    }

    private static ExitVerdict stopped(String reason) {
        return new ExitVerdict(true, reason);
    }

    private static ExitVerdict crashed(String reason) {
        return new ExitVerdict(false, reason);
    }
}
