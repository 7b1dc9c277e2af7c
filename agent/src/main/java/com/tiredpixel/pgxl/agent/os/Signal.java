package com.tiredpixel.pgxl.agent.os;

/** The signals that the agent sends or takes, with the numbers of Linux on x86-64 and aarch64. */
public enum Signal {
    HUP(1),
    INT(2),
    QUIT(3),
    ABRT(6),
    KILL(9),
    USR1(10),
    SEGV(11),
    USR2(12),
    PIPE(13),
    ALRM(14),
    TERM(15),
    CHLD(17),
    CONT(18),
    STOP(19),
    TSTP(20),
    WINCH(28);

    private final int number;

    Signal(int number) {
        this.number = number;
    }

    /** @return the number that {@code kill(2)} takes */
    public int number() {
        return number;
    }

    /** @return its place in a mask: bit n-1 for signal n */
    long bit() {
        return 1L << (number - 1);
    }

    /**
     * @param number 1 to 64
     * @return {@code "9 (KILL)"}, or the bare number where this enum has no name for it
     */
    public static String describe(int number) {
        for (Signal signal : values()) {
            if (signal.number == number) {
                return number + " (" + signal.name() + ")";
            }
        }
        return Integer.toString(number);
    }
}
