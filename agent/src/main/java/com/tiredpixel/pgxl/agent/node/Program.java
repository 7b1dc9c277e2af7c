package com.tiredpixel.pgxl.agent.node;

import java.util.Optional;

/**
 * The three programs that serve nodes. What does not depend on the kind of node depends on these: how a server is stopped,
 * and what its files are called and hold.
 */
public enum Program {
    /** A postmaster, of a coordinator or a datanode. */
    POSTGRES("postgres", "postmaster"),
    /** The global transaction manager. */
    GTM("gtm", "gtm"),
    /** Its proxy. */
    GTM_PROXY("gtm_proxy", "gtm_proxy");

    private final String executable;
    private final String fileStem;

    Program(String executable, String fileStem) {
        this.executable = executable;
        this.fileStem = fileStem;
    }

    /** @return base name of the program */
    public String executable() {
        return executable;
    }

    /** @return base name of the pid file in the data directory */
    public String pidFileName() {
        return fileStem + ".pid";
    }

    /** @return base name of the file with the command line of the last start */
    public String optionsFileName() {
        return fileStem + ".opts";
    }

    /** @return the program with this base name */
    public static Optional<Program> named(String executable) {
        for (Program program : values()) {
            if (program.executable.equals(executable)) {
                return Optional.of(program);
            }
        }
        return Optional.empty();
    }
}
