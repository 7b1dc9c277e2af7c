package com.tiredpixel.pgxl.it.faults;

import com.tiredpixel.pgxl.agent.base.EventLog;
import com.tiredpixel.pgxl.agent.base.MonotonicClock;
import com.tiredpixel.pgxl.agent.os.Child;
import com.tiredpixel.pgxl.agent.os.Command;
import com.tiredpixel.pgxl.agent.os.HelperPrograms;
import com.tiredpixel.pgxl.agent.os.Libc;
import com.tiredpixel.pgxl.agent.os.Processes;
import com.tiredpixel.pgxl.agent.os.Reaper;
import com.tiredpixel.pgxl.agent.os.Signal;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * A PID 1 that has nothing of the agent but the room {@code os}, and runs one helper program after another while
 * orphans rain. Run by {@link ServerExitsIT} inside a sandbox.
 */
final class ExitTrial {
    private static final String RAIN = "for (;;) { unless (fork) { fork or select(undef, undef, undef, 0.001);"
            + " POSIX::_exit(3) } wait; select(undef, undef, undef, 0.002) }";

    private ExitTrial() {
    }

    /** @param arguments none */
    public static void main(String[] arguments) throws Exception {
        EventLog log = (level, subject, message) -> System.out.println(level + " " + subject + ": " + message);
        Libc libc = Libc.load();
        var reaper = new Reaper(libc, log, MonotonicClock.system());
        reaper.start();
        var processes = new Processes(libc, reaper);
        Child rain = processes.start(Command.of(
                Path.of("/usr/bin/perl"), List.of("-MPOSIX", "-e", RAIN), Map.of(), Path.of("/")));
        var helpers = new HelperPrograms(processes);
        int right = 0;
        List<End> ends = End.all();
        for (End end : ends) {
            HelperPrograms.Result result = helpers.run(
                    Path.of("/bin/bash"), List.of("-c", end.shell()), Map.of(), Path.of("/"), Duration.ofMinutes(1));
            if (result.equals(new HelperPrograms.Result.Finished(end.status(), ""))) {
                right++;
            } else {
                System.out.println("WRONG " + end + ": " + result);
            }
        }
        rain.signal(Signal.KILL);
        System.out.println("RESULT tried=" + ends.size() + " right=" + right + " orphans=" + reaper.orphansReaped());
        System.exit(0);
    }
}
