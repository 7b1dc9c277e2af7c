package com.tiredpixel.pgxl.agent.gtm;

import com.tiredpixel.pgxl.agent.gtm.ControlCheck.HighestXid;
import com.tiredpixel.pgxl.agent.gtm.ControlCopies.Known;
import java.util.Optional;

/**
 * What the operator is told whose GTM is not started.
 *
 * @param node as he may call it
 * @param newest the newest copy that is whole
 * @param highest the highest NextXID of a database here
 */
record RepairAdvice(String node, Optional<Known> newest, Optional<HighestXid> highest) {

    String of(String why) {
        return why
                + newest.map(known -> "; the newest copy, of " + known.copy().madeAt() + ", has next_xid "
                        + known.control().nextXid() + " and " + known.control().sequences() + " sequences: "
                        + known.copy().file()).orElse("; there is no copy")
                + highest.map(known -> "; NextXID of " + known.directory() + " is " + known.xid()).orElse("")
                + "; take the highest of pg_controldata's NextXID of all coordinators and datanodes, then: pgxl repair-gtm "
                + node + " --xid HIGHEST";
    }
}
