package com.tiredpixel.pgxl.agent.ssh;

import com.tiredpixel.pgxl.agent.os.ExitStatus;
import java.util.concurrent.atomic.LongAdder;

/** The running sums behind {@link SshCounters}. */
final class Counters {
    private final LongAdder connections = new LongAdder();
    private final LongAdder connectionsClosed = new LongAdder();
    private final LongAdder connectionsRefused = new LongAdder();
    private final LongAdder connectionsEnded = new LongAdder();
    private final LongAdder logins = new LongAdder();
    private final LongAdder authenticationFailures = new LongAdder();
    private final LongAdder commands = new LongAdder();
    private final LongAdder commandsEnded = new LongAdder();
    private final LongAdder commandsRefused = new LongAdder();
    private final LongAdder exitedZero = new LongAdder();
    private final LongAdder exitedNonZero = new LongAdder();
    private final LongAdder signaled = new LongAdder();
    private final LongAdder abandoned = new LongAdder();
    private final LongAdder bytesIn = new LongAdder();
    private final LongAdder bytesOut = new LongAdder();

    void connected() {
        connections.increment();
    }

    void disconnected() {
        connectionsClosed.increment();
    }

    void connectionRefused() {
        connectionsRefused.increment();
    }

    void connectionEnded() {
        connectionsEnded.increment();
    }

    void loggedIn() {
        logins.increment();
    }

    void authenticationFailed() {
        authenticationFailures.increment();
    }

    void commandStarted() {
        commands.increment();
    }

    void commandRefused() {
        commandsRefused.increment();
    }

    void commandEnded(ExitStatus status) {
        commandsEnded.increment();
        if (status instanceof ExitStatus.Exited exited) {
            (exited.code() == 0 ? exitedZero : exitedNonZero).increment();
        } else if (status instanceof ExitStatus.Signaled) {
            signaled.increment();
        }
    }

    void commandAbandoned() {
        commandsEnded.increment();
        abandoned.increment();
    }

    void received(long bytes) {
        bytesIn.add(bytes);
    }

    void sent(long bytes) {
        bytesOut.add(bytes);
    }

    SshCounters snapshot() {
        return new SshCounters(
                connections.sum(),
                connections.sum() - connectionsClosed.sum(),
                connectionsRefused.sum(),
                connectionsEnded.sum(),
                logins.sum(),
                authenticationFailures.sum(),
                commands.sum(),
                commands.sum() - commandsEnded.sum(),
                commandsRefused.sum(),
                exitedZero.sum(),
                exitedNonZero.sum(),
                signaled.sum(),
                abandoned.sum(),
                bytesIn.sum(),
                bytesOut.sum());
    }
}
