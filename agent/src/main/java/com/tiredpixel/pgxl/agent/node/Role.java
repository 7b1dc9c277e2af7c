package com.tiredpixel.pgxl.agent.node;

import java.util.Optional;

/** The four kinds of node, in the order in which they start. A slave has the role of its master. */
public enum Role {
    GTM("gtm", Program.GTM),
    GTM_PROXY("gtm_proxy", Program.GTM_PROXY),
    DATANODE("datanode", Program.POSTGRES),
    COORDINATOR("coordinator", Program.POSTGRES);

    private final String label;
    private final Program program;

    Role(String label, Program program) {
        this.label = label;
        this.program = program;
    }

    /** @return as the operator writes it, in {@code PGXL_ROLE} and after {@code pg_ctl -Z} */
    public String label() {
        return label;
    }

    /** @return what serves it */
    public Program program() {
        return program;
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
