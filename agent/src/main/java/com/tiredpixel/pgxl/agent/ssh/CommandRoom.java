package com.tiredpixel.pgxl.agent.ssh;

import java.util.Optional;
import java.util.concurrent.Semaphore;

/** How many commands may run at once, and how many file transfers for which there is no program: MINA keeps their requests. */
final class CommandRoom {
    private static final int MOST_TRANSFERS = 6;

    private final int most;
    private final Semaphore commands;
    private final Semaphore transfers = new Semaphore(MOST_TRANSFERS);

    CommandRoom(int most) {
        this.most = most;
        this.commands = new Semaphore(most);
    }

    /** @return why there is none; or nothing, and then it is taken until {@link #leave} */
    Optional<String> refusal(boolean isTransfer) {
        if (!commands.tryAcquire()) {
            return Optional.of("too many sessions, " + most + " are running");
        }
        if (isTransfer && !transfers.tryAcquire()) {
            commands.release();
            return Optional.of("too many file transfers, " + MOST_TRANSFERS + " are running");
        }
        return Optional.empty();
    }

    void leave(boolean isTransfer) {
        commands.release();
        if (isTransfer) {
            transfers.release();
        }
    }
}
