package com.tiredpixel.pgxl.agent.ssh;

import com.tiredpixel.pgxl.agent.os.PseudoTerminal;
import com.tiredpixel.pgxl.agent.os.ReadyOutput;
import com.tiredpixel.pgxl.agent.os.Stdio;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** The terminal of a command, as its client asked for it, until nothing more is to come out of it. */
final class CommandTerminal {
    /** How long it has to be silent after the end of its session leader before it is closed. */
    private static final Duration QUIET = Duration.ofMillis(100);

    private final PseudoTerminal terminal;
    private final TerminalRequest wanted;

    private CommandTerminal(PseudoTerminal terminal, TerminalRequest wanted) {
        this.terminal = terminal;
        this.wanted = wanted;
    }

    static CommandTerminal open(PseudoTerminal.Factory terminals, TerminalRequest wanted) throws IOException {
        PseudoTerminal terminal = terminals.open();
        try {
            terminal.applyModes(wanted.modes());
            wanted.applySize(terminal);
            return new CommandTerminal(terminal, wanted);
        } catch (RuntimeException | Error e) {
            terminal.close();
            throw e;
        }
    }

    /** @return the environment with what a terminal adds */
    Map<String, String> in(Map<String, String> environment) {
        var variables = new HashMap<>(environment);
        variables.put("SSH_TTY", terminal.slave().toString());
        if (!wanted.type().isEmpty()) {
            variables.put("TERM", wanted.type());
        }
        return variables;
    }

    Stdio stdio() {
        return new Stdio.Terminal(terminal.slave());
    }

    InputStream output() {
        return terminal.output();
    }

    ReadyOutput input() {
        return terminal.input();
    }

    void resize(TerminalRequest newSize) {
        newSize.applySize(terminal);
    }

    /** @param output of it, or null if it has never been read */
    void close(OutputPump output) {
        if (output != null) {
            output.expectEnd();
        }
        terminal.close();
    }

    /**
     * The end of a session leader hangs its terminal up, but what it wrote last may not have been read yet, and
     * a process that opened the terminal anew may hold it for ever.
     *
     * @param isWaitedFor whether somebody still waits for what comes out of it
     */
    void closeWhenQuiet(OutputPump output, BooleanSupplier isWaitedFor, ScheduledExecutorService timer) {
        if (isWaitedFor.getAsBoolean()) {
            timer.schedule(
                    () -> {
                        if (output.isIdle(QUIET)) {
                            close(output);
                        } else {
                            closeWhenQuiet(output, isWaitedFor, timer);
                        }
                    },
                    QUIET.toMillis(),
                    TimeUnit.MILLISECONDS);
        }
    }
}
