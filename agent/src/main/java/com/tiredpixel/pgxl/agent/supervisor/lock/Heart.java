package com.tiredpixel.pgxl.agent.supervisor.lock;

import com.tiredpixel.pgxl.agent.base.EventLog;
import java.io.IOException;
import java.util.Optional;

/** An owner's sign of life, and its look whether it still is the owner: it may have been frozen, and given up meanwhile. */
final class Heart implements Runnable {
    private final OwnerFiles files;
    private final Owner me;
    private final EventLog log;
    private final String subject;
    private long number;
    private boolean ended;
    private String trouble = "";
    private volatile Optional<String> successor = Optional.empty();

    Heart(OwnerFiles files, Owner me, EventLog log, String subject) {
        this.files = files;
        this.me = me;
        this.log = log;
        this.subject = subject;
    }

    /** Looks first: a sign of life of an owner that is none any more would mislead nobody, but help nobody either. */
    @Override
    public synchronized void run() {
        if (ended) {
            return;
        }
        try {
            OwnerFiles.Record record = files.read();
            if (record instanceof OwnerFiles.Names names && !names.owner().instance().equals(me.instance())) {
                successor = Optional.of(names.owner().host());
                ended = true;
                return;
            }
            if (record instanceof OwnerFiles.None) {
                claimAgain();
            }
            files.writeBeat(me.instance(), ++number);
            tell("");
        } catch (IOException e) {
            tell("cannot show in " + files.folder() + " that this agent lives, so others may take it for dead: " + e);
        }
    }

    private void claimAgain() throws IOException {
        files.make();
        if (files.create(me)) {
            log.warn(subject, "somebody removed " + files.record()
                    + ", the record of who may run a server here; it is written again, because this agent does");
        }
    }

    private void tell(String problem) {
        if (!problem.equals(trouble) && !problem.isEmpty()) {
            log.warn(subject, problem);
        }
        trouble = problem;
    }

    /** @return the host of the owner that came after this one, once there is one */
    Optional<String> successor() {
        return successor;
    }

    /** Read at this moment: whoever wakes up to a stop must not remove the record of the owner that came after it. */
    boolean isStillOwner() {
        return files.read() instanceof OwnerFiles.Names names && names.owner().instance().equals(me.instance());
    }

    /** After this it writes nothing any more. */
    synchronized void end() {
        ended = true;
    }
}
