package com.tiredpixel.pgxl.agent.supervisor.lock;

/** Runs what owners do again and again while they live, beside the supervisor: a file system that hangs delays nobody. */
public interface Heartbeats {

    /** @return in a thread, which is there only while there is something to do */
    static Heartbeats inAThread() {
        return new HeartbeatThread();
    }

    /** @param beat run every {@link SignsOfLife#BEAT}, until removed */
    void add(Runnable beat);

    /** @param beat not begun any more when this returns; one that is under way may go on */
    void remove(Runnable beat);
}
