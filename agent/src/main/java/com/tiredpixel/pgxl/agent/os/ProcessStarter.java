package com.tiredpixel.pgxl.agent.os;

/** The one place that starts processes; tests put a fake here. */
@FunctionalInterface
public interface ProcessStarter {

    /**
     * Starts a program and registers its pid before the reaper can see it end.
     *
     * @param command what to start
     * @return the running child
     * @throws StartFailedException if the kernel refused; no process and no descriptor is left behind
     */
    Child start(Command command) throws StartFailedException;
}
