package com.tiredpixel.pgxl.agent.os;

import java.io.InputStream;
import java.util.concurrent.CompletableFuture;

/** A {@link Child} in the registry: until it is reaped its number is its own. */
final class OwnChild implements Child {
    private final ChildRegistry registry;
    private final ProcessIdentity identity;
    private final ReadyOutput input;
    private final InputStream output;
    private final InputStream error;
    private final CompletableFuture<ExitStatus> exit = new CompletableFuture<>();

    OwnChild(
            ChildRegistry registry,
            ProcessIdentity identity,
            ReadyOutput input,
            InputStream output,
            InputStream error) {
        this.registry = registry;
        this.identity = identity;
        this.input = input;
        this.output = output;
        this.error = error;
    }

    void exited(ExitStatus status) {
        exit.complete(status);
    }

    @Override
    public ProcessIdentity identity() {
        return identity;
    }

    @Override
    public ReadyOutput input() {
        return input;
    }

    @Override
    public InputStream output() {
        return output;
    }

    @Override
    public InputStream error() {
        return error;
    }

    /** A copy, because whoever completed the original would invent a status. */
    @Override
    public CompletableFuture<ExitStatus> exit() {
        return exit.copy();
    }

    @Override
    public boolean signal(Signal signal) {
        return registry.signal(this, identity.pid(), signal);
    }

    @Override
    public boolean signalGroup(Signal signal) {
        return registry.signal(this, -identity.pid(), signal);
    }

    @Override
    public String toString() {
        return "child " + identity;
    }
}
