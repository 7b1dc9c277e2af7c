package com.tiredpixel.pgxl.agent.supervisor;

import com.tiredpixel.pgxl.agent.node.PidFile;
import com.tiredpixel.pgxl.agent.node.Program;
import com.tiredpixel.pgxl.agent.os.ExitStatus;
import com.tiredpixel.pgxl.agent.os.ProcessIdentity;
import com.tiredpixel.pgxl.agent.os.Signal;
import java.time.Duration;

/**
 * A server that has ended, and what was seen of it while it lived.
 *
 * @param identity which process it was
 * @param program which it was
 * @param since when it was started or adopted
 * @param stopStage how firmly the agent had told it to stop
 * @param namedByPidFile whether the pid file had named it while it lived
 * @param status how the process ended
 */
record EndedServer(
        ProcessIdentity identity,
        Program program,
        Duration since,
        StopStage stopStage,
        boolean namedByPidFile,
        ExitStatus status) {

    /** @param pidFile as it is now, a settle time after the end */
    ExitVerdict judge(PidFile pidFile) {
        return ExitVerdict.judge(program, status, identity.pid(), namedByPidFile, pidFile);
    }

    /**
     * @param pidFile as it is now
     * @return whether a stop that the agent led left nothing to recover
     */
    boolean wentDownCleanly(PidFile pidFile) {
        return stopStage.compareTo(StopStage.FAST) <= 0 && (judge(pidFile).stopped() || diedBeforeItBegan());
    }

    /** @return whether it had no chance to end its children */
    boolean diedSuddenly() {
        return !(status instanceof ExitStatus.Exited);
    }

    /**
     * As {@code pgxc_ctl kill} does it: it kills a postmaster with its children and leaves the pid file, and removes
     * the pid file of a GTM. One that names another server is that of a start that has come already.
     *
     * @param pidFile as it is now
     * @param othersWereKilled see {@link AdoptedExits#othersWereKilled}
     */
    boolean wasKilledByHand(PidFile pidFile, boolean othersWereKilled) {
        boolean killed = status instanceof ExitStatus.Signaled signaled && signaled.signal() == Signal.KILL.number();
        boolean leftIt = pidFile instanceof PidFile.Named named && named.pid() == identity.pid();
        return killed && (leftIt ? othersWereKilled : pidFile instanceof PidFile.Absent);
    }

    /**
     * Both programs take the signal of a fast stop by a handler. One that dies of it had not come so far as to
     * install that, and so had not begun to serve: what lies on disk is as it was.
     */
    private boolean diedBeforeItBegan() {
        return status instanceof ExitStatus.Signaled signaled
                && StopStage.FAST.signal(program, StopStage.NONE)
                        .filter(signal -> signal.number() == signaled.signal())
                        .isPresent();
    }
}
