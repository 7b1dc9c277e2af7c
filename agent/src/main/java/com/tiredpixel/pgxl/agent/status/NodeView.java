package com.tiredpixel.pgxl.agent.status;

import com.tiredpixel.pgxl.agent.status.probe.ProbeResult;
import com.tiredpixel.pgxl.agent.supervisor.NodeReport;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * A node as others see it at one moment.
 *
 * @param report what the supervisor says
 * @param name by which an operator may call it: its node name, or its directory where two have one name
 * @param directory relative to the home where it lies in it, with odd characters made visible
 * @param nodeName as configured
 * @param slave whether it follows a master; a proxy has no master
 * @param port on which it listens, or would
 * @param availability whether it serves
 */
record NodeView(
        NodeReport report,
        String name,
        String directory,
        Optional<String> nodeName,
        Optional<Boolean> slave,
        OptionalInt port,
        Availability availability) {

    boolean ready() {
        return availability.ready();
    }

    /** @return whether it serves, but has no place for one more client */
    boolean full() {
        return availability.answer().filter(ProbeResult.Kind.FULL::equals).isPresent();
    }

    /** @return {@code master}, {@code slave}, or nothing for a proxy */
    String kind() {
        return slave.map(follows -> follows ? "slave" : "master").orElse("");
    }
}
