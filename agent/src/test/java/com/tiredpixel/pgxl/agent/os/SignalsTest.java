package com.tiredpixel.pgxl.agent.os;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tiredpixel.pgxl.agent.base.MonotonicClock;
import java.util.List;
import org.junit.jupiter.api.Test;

@OwnJvm
class SignalsTest {
    private static final String BLOCKED = "--block-signal=TERM,INT,HUP,QUIT,USR1,CHLD";

    @Test
    void signalsArriveOneByOneWithTheirSender() throws Exception {
        Child jvm = ForkedJvm.start(List.of("/usr/bin/env", BLOCKED), SignalScenario.class);
        assertEquals("ready", ProcessesTest.firstLine(jvm));
        int own = (int) ProcessHandle.current().pid();
        int uid = Kernel.LIBC.geteuid();

        for (Signal signal : List.of(Signal.HUP, Signal.INT, Signal.USR1, Signal.QUIT, Signal.TERM)) {
            jvm.signal(signal);
            assertEquals("SIG" + signal + " from pid " + own + ", uid " + uid, ProcessesTest.firstLine(jvm));
        }
        assertEquals(new ExitStatus.Exited(0), Eventually.get(jvm.exit()));
    }

    @Test
    void aSignalThatCameBeforeTheJvmWasReadyIsNotLost() throws Exception {
        // The shell gets it while it is blocked, and the JVM that the shell becomes finds it pending.
        Child jvm = ForkedJvm.start(
                List.of("/usr/bin/env", BLOCKED, "/bin/sh", "-c", "kill -TERM $$; exec \"$@\"", "sh"),
                SignalScenario.class);

        assertEquals("ready", ProcessesTest.firstLine(jvm));
        assertTrue(ProcessesTest.firstLine(jvm).startsWith("SIGTERM from pid " + jvm.identity().pid()));
        assertEquals(new ExitStatus.Exited(0), Eventually.get(jvm.exit()));
    }

    @Test
    void aHandlerThatHadNoMemoryHearsOfTheSignalAgainAndOneThatThrewHearsOfTheNext() throws Exception {
        Child jvm = ForkedJvm.start(List.of("/usr/bin/env", BLOCKED), SignalScenario.class, "failing");
        assertEquals("ready", ProcessesTest.firstLine(jvm));

        jvm.signal(Signal.HUP);
        assertTrue(ProcessesTest.firstLine(jvm).startsWith("SIGHUP"));
        String told = ProcessesTest.firstLine(jvm);
        assertTrue(told.startsWith(
                "handling a signal failed, the next one is awaited: java.lang.OutOfMemoryError: as a test says"), told);
        // Nobody sends it again; this time an exception comes of it.
        assertTrue(ProcessesTest.firstLine(jvm).startsWith("SIGHUP"));
        jvm.signal(Signal.TERM);
        assertTrue(ProcessesTest.firstLine(jvm).startsWith("SIGTERM"));
        assertEquals(new ExitStatus.Exited(0), Eventually.get(jvm.exit()));
    }

    @Test
    void whatRunsWithoutItsLauncherIsToldSo() {
        var failure = assertThrows(IllegalStateException.class, () -> new Signals(
                Kernel.LIBC, Kernel.LOG, MonotonicClock.system(), signal -> { }));

        assertTrue(failure.getMessage().startsWith("signals are not blocked (thread "), failure.getMessage());
        assertTrue(failure.getMessage().contains(" takes HUP INT QUIT USR1 TERM CHLD"), failure.getMessage());
        assertTrue(
                failure.getMessage().endsWith("pgxl-agent must be started by its launcher, bin/pgxl-agent"),
                failure.getMessage());
    }

    @Test
    void oneUnblockedSignalIsEnoughToRefuse() throws Exception {
        String text = ForkedJvm.run(List.of("/usr/bin/env", "--block-signal=TERM,INT,HUP,QUIT,CHLD"), SignalScenario.class);

        assertTrue(text.contains(" takes USR1"), text);
        assertTrue(text.endsWith("exit 1"), text);
    }
}
