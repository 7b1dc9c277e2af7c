package com.tiredpixel.pgxl.agent.ssh;

import com.tiredpixel.pgxl.agent.os.Child;
import com.tiredpixel.pgxl.agent.os.Command;
import com.tiredpixel.pgxl.agent.os.ExitStatus;
import com.tiredpixel.pgxl.agent.os.Signal;
import com.tiredpixel.pgxl.agent.os.Stdio;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.apache.sshd.server.Environment;
import org.apache.sshd.server.channel.ChannelSession;

/**
 * A process behind a channel. It is started, fed and read by threads of its own; MINA's I/O thread never
 * waits for it. Its end is reported when the process ends, and the channel ends when the last holder of its
 * output has closed it: a background process keeps the channel open, as with OpenSSH.
 */
final class ProcessCommand implements CommandWithOwnStreams {
    /** Longer ones wait for the start of their process in the heap that all share. */
    private static final int LONG_LINE = 4 * 1024;

    private final SessionRuntime runtime;
    private final SessionChannel channel;
    private volatile List<String> arguments;
    private volatile Map<String, String> environment;
    private final Consumer<ProcessCommand> whenReleased;
    private final Optional<TerminalRequest> request;
    private final InputPump input;
    private final AtomicInteger openOutputs = new AtomicInteger();
    private final AtomicBoolean finished = new AtomicBoolean();

    private CommandTerminal terminal;
    private Child child;
    private OutputPump output;
    private OutputPump error;
    private volatile ExitStatus status;
    private volatile boolean abandoned;
    private boolean hungUp;
    private boolean outputIsUnwanted;

    /**
     * @param arguments argv
     * @param environment the whole environment, but for what a terminal adds
     * @param whenReleased called when nothing of the client is held any more
     */
    ProcessCommand(
            SessionRuntime runtime,
            SessionChannel channel,
            List<String> arguments,
            Map<String, String> environment,
            Consumer<ProcessCommand> whenReleased) {
        this.runtime = runtime;
        this.channel = channel;
        this.arguments = arguments;
        this.environment = environment;
        this.whenReleased = whenReleased;
        this.request = channel.terminal();
        this.input = new InputPump(
                runtime.executor(), runtime.share(), channel.getLocalWindow(), request.isEmpty(), this::inputUnwanted);
        channel.setDataReceiver(input);
    }

    @Override
    public void start(ChannelSession ignored, Environment environment) throws IOException {
        int length = Stream.concat(arguments.stream(), this.environment.values().stream()).mapToInt(String::length).sum();
        int lent = length > LONG_LINE ? length : 0;
        if (!runtime.share().take(HeapShare.Part.LONG, lent)) {
            channel.refuse("no memory for a command of " + length + " characters beside those of others");
            return;
        }
        try {
            runtime.executor().execute(() -> run(lent));
        } catch (RejectedExecutionException | OutOfMemoryError e) {
            // The JDK says OutOfMemoryError too where the container may have no more threads.
            runtime.share().give(HeapShare.Part.LONG, lent);
            channel.refuse("no thread is left to run the command");
        }
    }

    private void run(int lent) {
        try {
            launch();
        } catch (IOException | RuntimeException | Error e) {
            release();
            refuse(Text.reason(e));
            return;
        } finally {
            // A process has its own, and may live for long.
            arguments = List.of();
            environment = Map.of();
            runtime.share().give(HeapShare.Part.LONG, lent);
        }
        child.exit().whenCompleteAsync(this::exited, runtime.timer());
        output.run();
    }

    private void refuse(String reason) {
        try {
            channel.refuse(reason);
        } catch (IOException | RuntimeException | Error e) {
            channel.breakConnection();
        }
    }

    /**
     * The start itself is outside of the lock: it may hang in a home directory that does not answer, and whoever hangs up, or
     * takes from a command what was its client's, must not hang with it.
     */
    private void launch() throws IOException {
        Command command = prepared();
        attach(runtime.starter().start(command));
        if (abandoned) {
            release();
        }
    }

    private synchronized Command prepared() throws IOException {
        if (abandoned) {
            throw new IOException("the client left before the command could start");
        }
        if (request.isEmpty()) {
            return command(environment, new Stdio.Pipe());
        }
        terminal = CommandTerminal.open(runtime.terminals(), request.get());
        return command(terminal.in(environment), terminal.stdio());
    }

    private synchronized void attach(Child started) {
        child = started;
        if (terminal != null) {
            openOutputs.set(1);
            output = pump(terminal.output(), false);
            input.attach(terminal.input());
        } else {
            openOutputs.set(2);
            output = pump(child.output(), false);
            error = pump(child.error(), true);
            runtime.executor().execute(error);
            input.attach(child.input());
        }
        if (hungUp) {
            child.signalGroup(Signal.HUP);
        }
        if (outputIsUnwanted) {
            outputUnwanted();
        }
    }

    private Command command(Map<String, String> variables, Stdio stdio) {
        return new Command(
                runtime.settings().shell(),
                arguments,
                variables,
                runtime.settings().home(),
                stdio,
                stdio,
                stdio);
    }

    private OutputPump pump(InputStream stream, boolean isError) {
        return new OutputPump(channel, stream, isError, runtime, this::outputEnded);
    }

    private void outputEnded() {
        openOutputs.decrementAndGet();
        finishIfOver();
    }

    private void exited(ExitStatus ended, Throwable problem) {
        ExitStatus known = ended != null ? ended : new ExitStatus.Unknown(String.valueOf(problem));
        try {
            channel.sendStatus(known);
        } catch (IOException | RuntimeException | Error e) {
            channel.breakConnection();
        }
        status = known;
        if (terminal == null) {
            input.shut();
        } else {
            terminal.closeWhenQuiet(output, () -> openOutputs.get() > 0 && !abandoned, runtime.timer());
        }
        finishIfOver();
    }

    private void finishIfOver() {
        if (status != null && openOutputs.get() == 0 && finished.compareAndSet(false, true)) {
            closeTerminal();
            input.shut();
            try {
                channel.finish();
            } catch (IOException | RuntimeException | Error e) {
                channel.breakConnection();
            }
        }
    }

    private void inputUnwanted() {
        try {
            channel.sendInputUnwanted();
        } catch (IOException | RuntimeException e) {
            // The client has gone.
        }
    }

    /** The client's own output is closed: what the command writes next meets a broken pipe. */
    synchronized void outputUnwanted() {
        outputIsUnwanted = true;
        if (output != null && terminal == null) {
            output.stop();
        }
    }

    synchronized void resize(TerminalRequest wanted) {
        if (terminal != null && !finished.get()) {
            terminal.resize(wanted);
        }
    }

    /** @return whether the signal was sent to the process group */
    synchronized boolean signal(String name) {
        return child != null && SignalNames.delivered(name).map(child::signalGroup).orElse(false);
    }

    /** The container stops. */
    synchronized void hangUp() {
        hungUp = true;
        if (terminal != null) {
            closeTerminal();
        } else if (child != null) {
            child.signalGroup(Signal.HUP);
        }
    }

    /** The channel is closed: what the command still has of the client is taken away, it itself lives on. */
    @Override
    public void destroy(ChannelSession ignored) {
        abandoned = true;
        release();
    }

    private synchronized void release() {
        whenReleased.accept(this);
        input.shut();
        closeTerminal();
        if (output != null) {
            output.stop();
        }
        if (error != null) {
            error.stop();
        }
    }

    private void closeTerminal() {
        if (terminal != null) {
            terminal.close(output);
        }
    }
}
