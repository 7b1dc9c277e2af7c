package com.tiredpixel.pgxl.it.faults;

import com.tiredpixel.pgxl.agent.os.ExitStatus;
import java.util.ArrayList;
import java.util.List;

/**
 * How a process may end: an exit code 0 to 255, or one of ten signals.
 *
 * @param status as the agent must tell it
 * @param shell what a shell does to end so
 */
record End(ExitStatus status, String shell) {
    private static final int[] SIGNALS = {1, 2, 3, 6, 9, 10, 11, 13, 14, 15};

    /** @return all of them; in the quick form every fifteenth code */
    static List<End> all() {
        var ends = new ArrayList<End>();
        for (int code = 0; code < 256; code += Scale.isQuick() ? 15 : 1) {
            ends.add(new End(new ExitStatus.Exited(code), "exit " + code));
        }
        for (int signal : SIGNALS) {
            // Not the shell itself: bash ignores SIGQUIT.
            ends.add(new End(new ExitStatus.Signaled(signal, false),
                    "ulimit -c 0; exec perl -e 'kill " + signal + ", $$; sleep 60'"));
        }
        return ends;
    }
}
