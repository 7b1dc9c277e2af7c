package com.tiredpixel.pgxl.agent.ssh;

import com.tiredpixel.pgxl.agent.os.Signal;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Signals as RFC 4254, sections 6.9 and 6.10, names them: without {@code SIG}. */
final class SignalNames {
    private static final Map<Integer, String> NAMES = Map.ofEntries(
            Map.entry(6, "ABRT"),
            Map.entry(14, "ALRM"),
            Map.entry(8, "FPE"),
            Map.entry(1, "HUP"),
            Map.entry(4, "ILL"),
            Map.entry(2, "INT"),
            Map.entry(9, "KILL"),
            Map.entry(13, "PIPE"),
            Map.entry(3, "QUIT"),
            Map.entry(11, "SEGV"),
            Map.entry(15, "TERM"),
            Map.entry(10, "USR1"),
            Map.entry(12, "USR2"));

    /** Those that OpenSSH's server delivers. */
    private static final Set<Signal> DELIVERED = Set.of(
            Signal.ABRT, Signal.ALRM, Signal.HUP, Signal.INT, Signal.KILL, Signal.PIPE, Signal.QUIT,
            Signal.TERM, Signal.USR1, Signal.USR2);

    private SignalNames() {
    }

    /** @return the name, or {@code SIG@openssh.com} as OpenSSH says for one without */
    static String name(int number) {
        return NAMES.getOrDefault(number, "SIG@openssh.com");
    }

    /** @return the signal, if clients may send it */
    static Optional<Signal> delivered(String name) {
        return DELIVERED.stream().filter(signal -> signal.name().equals(name)).findFirst();
    }
}
