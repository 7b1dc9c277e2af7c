package com.tiredpixel.pgxl.agent.supervisor.server;

import com.tiredpixel.pgxl.agent.node.PidFile;
import com.tiredpixel.pgxl.agent.node.Program;
import com.tiredpixel.pgxl.agent.os.ExitStatus;
import com.tiredpixel.pgxl.agent.os.ExitStatus.Exited;
import com.tiredpixel.pgxl.agent.os.ExitStatus.Signaled;
import com.tiredpixel.pgxl.agent.os.ExitStatus.Unknown;
import com.tiredpixel.pgxl.agent.os.ProcessIdentity;
import com.tiredpixel.pgxl.agent.os.Signal;

/**
 * A server that has ended, and what was seen of it while it lived: enough to judge whether it was stopped or crashed.
 *
 * @param identity which process it was
 * @param program which it was
 * @param stopStage how firmly the agent had told it to stop
 * @param namedByPidFile whether the pid file had named it while it lived
 * @param status how the process ended
 */
public record EndedServer(
        ProcessIdentity identity,
        Program program,
        StopStage stopStage,
        boolean namedByPidFile,
        ExitStatus status) {

    /**
     * @param stopped whether the operator stopped it; otherwise it crashed or failed
     * @param reason for the log
     */
    public record Verdict(boolean stopped, String reason) {
    }

    /**
     * Was it a stop or a crash? The exit code alone cannot tell, because GTM exits 1 on a clean stop. The pid file
     * can: a server that ends in order removes it itself.
     *
     * @param pidFile as it is now, a settle time after the end
     */
    public Verdict judge(PidFile pidFile) {
        if (pidFile instanceof PidFile.Named named && named.pid() == identity.pid()) {
            return leftItsPidFile(named);
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
        if (program != Program.POSTGRES && !namedByPidFile) {
            // GTM writes its pid file only after it has read its configuration.
            return crashed(status + " before it wrote " + file);
        }
        return stopped(status + ", it removed " + file + " itself");
    }

    private Verdict leftItsPidFile(PidFile.Named pidFile) {
        if (pidFile instanceof PidFile.Postmaster postmaster && postmaster.status() == PidFile.Status.STOPPING) {
            return stopped(status + ", in the middle of a stop that the operator had asked for");
        }
        return crashed(status + ", it left " + program.pidFileName() + " behind");
    }

    private static Verdict stopped(String reason) {
        return new Verdict(true, reason);
    }

    private static Verdict crashed(String reason) {
        return new Verdict(false, reason);
    }

    /**
     * @param pidFile as it is now
     * @return whether a stop that the agent led left nothing to recover
     */
    public boolean wentDownCleanly(PidFile pidFile) {
        return stopStage.compareTo(StopStage.FAST) <= 0 && (judge(pidFile).stopped() || diedBeforeItBegan());
    }

    /** @return whether it had no chance to end its children */
    public boolean diedSuddenly() {
        return !(status instanceof Exited);
    }

    /**
     * As {@code pgxc_ctl kill} does it: it kills a postmaster with its children and leaves the pid file, and removes
     * the pid file of a GTM. One that names another server is that of a start that has come already.
     *
     * @param pidFile as it is now
     * @param othersWereKilled see {@link AdoptedExits#othersWereKilled}
     */
    public boolean wasKilledByHand(PidFile pidFile, boolean othersWereKilled) {
        boolean killed = status instanceof Signaled signaled && signaled.signal() == Signal.KILL.number();
        boolean leftIt = pidFile instanceof PidFile.Named named && named.pid() == identity.pid();
        return killed && (leftIt ? othersWereKilled : pidFile instanceof PidFile.Absent);
    }

    /**
     * Both programs take the signal of a fast stop by a handler. One that dies of it had not come so far as to
     * install that, and so had not begun to serve: what lies on disk is as it was.
     */
    private boolean diedBeforeItBegan() {
        return status instanceof Signaled signaled
                && StopStage.FAST.signal(program, StopStage.NONE)
                        .filter(signal -> signal.number() == signaled.signal())
                        .isPresent();
    }
}
