package com.tiredpixel.pgxl.agent.base;

/** Where the rooms say what happens: one line an event. Never blocks its caller; tests record instead. */
@FunctionalInterface
public interface EventLog {

    /** The subject of the record of who did what over SSH. */
    String AUDIT = "ssh.audit";

    /** How much an operator should care. */
    enum Level {
        /** For whoever debugs the agent. */
        DEBUG,
        /** Something changed, as it should. */
        INFO,
        /** Something is not as it should be, and the agent deals with it. */
        WARN,
        /** A person has to act. */
        ERROR
    }

    /**
     * Logs one event.
     *
     * @param level how much to care
     * @param subject what it is about: {@code "agent"}, {@code "ssh"}, {@link #AUDIT}, or a node such as
     *     {@code "coordinator data/coord"}
     * @param message a lower-case sentence; line breaks in it are made visible
     */
    void event(Level level, String subject, String message);

    /**
     * Counts an event that could not be put into words, as when there is no memory for them. Needs no memory itself; a
     * later line tells how many there were.
     */
    default void leftOut() {
        // Who records for a test has no need of it.
    }

    /** @param message see {@link #event} */
    default void debug(String subject, String message) {
        event(Level.DEBUG, subject, message);
    }

    /** @param message see {@link #event} */
    default void info(String subject, String message) {
        event(Level.INFO, subject, message);
    }

    /** @param message see {@link #event} */
    default void warn(String subject, String message) {
        event(Level.WARN, subject, message);
    }

    /** @param message see {@link #event} */
    default void error(String subject, String message) {
        event(Level.ERROR, subject, message);
    }
}
