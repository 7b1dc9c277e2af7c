package com.tiredpixel.pgxl.agent.os;

/** How a process ended, as {@code waitid(2)} tells it: an exit with 137 is not a death by SIGKILL. */
public sealed interface ExitStatus {

    /**
     * The process called {@code exit}.
     *
     * @param code 0 to 255
     */
    record Exited(int code) implements ExitStatus {
        @Override
        public String toString() {
            return "exit " + code;
        }
    }

    /**
     * A signal ended the process.
     *
     * @param signal its number, 1 to 64
     * @param coreDumped whether the kernel wrote a core file
     */
    record Signaled(int signal, boolean coreDumped) implements ExitStatus {
        @Override
        public String toString() {
            return "signal " + Signal.describe(signal) + (coreDumped ? " with a core dump" : "");
        }
    }

    /**
     * The status could not be learnt. It is never taken for 0.
     *
     * @param reason why, as a lower-case phrase
     */
    record Unknown(String reason) implements ExitStatus {
        @Override
        public String toString() {
            return "unknown status (" + reason + ")";
        }
    }
}
