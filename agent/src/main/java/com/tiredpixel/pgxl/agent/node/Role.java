package com.tiredpixel.pgxl.agent.node;

import java.util.Optional;

/** The four kinds of node, in the order in which they start. A slave has the role of its master. */
public enum Role {
    GTM("gtm", "gtm", "gtm"),
    GTM_PROXY("gtm_proxy", "gtm_proxy", "gtm_proxy"),
    DATANODE("datanode", "postgres", "postmaster"),
    COORDINATOR("coordinator", "postgres", "postmaster");

    private final String label;
    private final String program;
    private final String fileStem;

    Role(String label, String program, String fileStem) {
        this.label = label;
        this.program = program;
        this.fileStem = fileStem;
    }

    /** @return as the operator writes it, in {@code PGXL_ROLE} and after {@code pg_ctl -Z} */
    public String label() {
        return label;
    }

    /** @return base name of the program that serves this role */
    public String program() {
        return program;
    }

    /** @return base name of the pid file in the data directory */
    public String pidFileName() {
        return fileStem + ".pid";
    }

    /** @return base name of the file with the command line of the last start */
    public String optionsFileName() {
        return fileStem + ".opts";
    }

    /** @return whether a postmaster serves it, rather than GTM's programs */
    public boolean isPostgres() {
        return this == COORDINATOR || this == DATANODE;
    }

    /** @return the role with this label */
    public static Optional<Role> labelled(String label) {
        for (Role role : values()) {
            if (role.label.equals(label)) {
                return Optional.of(role);
            }
        }
        return Optional.empty();
    }
}
