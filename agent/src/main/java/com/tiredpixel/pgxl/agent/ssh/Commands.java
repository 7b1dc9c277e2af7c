package com.tiredpixel.pgxl.agent.ssh;

import com.tiredpixel.pgxl.agent.base.EventLog;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.sshd.server.Environment;
import org.apache.sshd.server.channel.ChannelSession;
import org.apache.sshd.server.command.Command;
import org.apache.sshd.server.command.CommandFactory;
import org.apache.sshd.server.shell.ShellFactory;
import org.apache.sshd.server.subsystem.SubsystemFactory;

/** Decides what runs behind a channel, and whether there is room for it. */
final class Commands implements CommandFactory, ShellFactory, SubsystemFactory {
    private static final Pattern INTERNAL_SFTP = Pattern.compile("internal-sftp((?:[ \t].*)?)");

    private final SessionRuntime runtime;
    private final SessionEnvironment environment;
    private final FileTransfer fileTransfer;
    private final EventLog log;
    private final Counters counters;
    private final CommandRoom room;
    private final boolean hasScp;
    private final Set<ProcessCommand> running = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    Commands(
            SessionRuntime runtime,
            SessionEnvironment environment,
            FileTransfer fileTransfer,
            EventLog log,
            Counters counters) {
        this.runtime = runtime;
        this.environment = environment;
        this.fileTransfer = fileTransfer;
        this.log = log;
        this.counters = counters;
        this.room = new CommandRoom(runtime.settings().maxSessions());
        // Not when it is asked for: that is in the thread of all connections, and PATH may lead to any disk.
        this.hasScp = environment.hasProgram("scp");
    }

    /** What makes a command once there is room. */
    @FunctionalInterface
    private interface Maker {
        Command make(SessionChannel channel) throws IOException;
    }

    /** From here on every command is refused. */
    void closeToNewSessions() {
        closed = true;
    }

    /** Hangs up what runs and still has a client. */
    void hangUp() {
        running.forEach(ProcessCommand::hangUp);
    }

    @Override
    public Command createCommand(ChannelSession channel, String line) throws IOException {
        boolean isBuiltIn = fileTransfer.isScp(line) && !hasScp;
        Maker maker = isBuiltIn
                ? target -> fileTransfer.scp(target, line)
                : target -> shell(target, line, Map.of());
        return admit((SessionChannel) channel, line, maker, isBuiltIn);
    }

    @Override
    public Command createShell(ChannelSession channel) throws IOException {
        return admit((SessionChannel) channel, "", target -> loginShell(target), false);
    }

    @Override
    public String getName() {
        return "sftp";
    }

    @Override
    public Command createSubsystem(ChannelSession channel) throws IOException {
        Maker maker = runtime.settings().sftpServer()
                .<Maker>map(program -> target -> shell(target, program.toString(), Map.of()))
                .orElse(fileTransfer::sftp);
        return admit((SessionChannel) channel, "sftp", maker, runtime.settings().sftpServer().isEmpty());
    }

    private Command admit(SessionChannel channel, String line, Maker maker, boolean isBuiltIn) throws IOException {
        String forced = channel.grant().options().command().orElse(null);
        String what = forced == null ? (line.isEmpty() ? "a shell" : shown(line)) : shown(forced) + ", forced";
        if (closed) {
            return refused(what, "the container is stopping");
        }
        boolean isTransfer = forced == null ? isBuiltIn : isBuiltInSftp(forced);
        Optional<String> lack = room.refusal(isTransfer);
        if (lack.isPresent()) {
            return refused(what, lack.get());
        }
        counters.commandStarted();
        channel.audit(new Audit(log, runtime.clock(), counters, intro(channel, what), () -> room.leave(isTransfer)));
        // MINA waits for the whole of a request over SFTP before it takes any of it.
        if (isTransfer && !channel.getLocalWindow().widenToUsual()) {
            return new Refusal("no memory for a file transfer beside those of others");
        }
        if (forced != null) {
            return forced(channel, forced, line.isEmpty() ? Map.of() : Map.of("SSH_ORIGINAL_COMMAND", line));
        }
        return maker.make(channel);
    }

    private boolean isBuiltInSftp(String line) {
        return runtime.settings().sftpServer().isEmpty() && INTERNAL_SFTP.matcher(line).matches();
    }

    /** OpenSSH runs this word as its own server of SFTP, whose options are those of the program. */
    private Command forced(SessionChannel channel, String line, Map<String, String> more) throws IOException {
        Matcher sftp = INTERNAL_SFTP.matcher(line);
        if (!sftp.matches()) {
            return shell(channel, line, more);
        }
        Optional<Path> program = runtime.settings().sftpServer();
        if (program.isPresent()) {
            return shell(channel, "exec " + program.get() + sftp.group(1), more);
        }
        if (!sftp.group(1).isBlank()) {
            return new Refusal("internal-sftp takes no options here: there is no sftp-server");
        }
        return fileTransfer.sftp(channel);
    }

    private String shown(String line) {
        return runtime.settings().audit().of(line);
    }

    private String intro(SessionChannel channel, String what) {
        SocketAddress client = channel.getSession().getRemoteAddress();
        return runtime.settings().user() + " with " + channel.grant().fingerprint() + " from "
                + Text.endpoint(client) + (channel.terminal().isPresent() ? ", on a terminal" : "") + ", ran " + what;
    }

    private Command shell(SessionChannel channel, String line, Map<String, String> more) {
        var variables = environment.of(channel);
        variables.putAll(more);
        String name = runtime.settings().shell().getFileName().toString();
        return process(channel, List.of(name, "-c", line), variables);
    }

    /** A dash in front of argv[0] makes a login shell. */
    private Command loginShell(SessionChannel channel) {
        String name = "-" + runtime.settings().shell().getFileName();
        return process(channel, List.of(name), environment.of(channel));
    }

    private Command process(SessionChannel channel, List<String> arguments, Map<String, String> variables) {
        var command = new ProcessCommand(runtime, channel, arguments, variables, running::remove);
        running.add(command);
        return command;
    }

    private Command refused(String what, String reason) {
        counters.commandRefused();
        log.warn(EventLog.AUDIT, "refused to run " + what + ": " + reason);
        return new Refusal(reason);
    }

    /** Says why on standard error, and exits with 255, as ssh itself does when it fails. */
    private record Refusal(String reason) implements CommandWithOwnStreams {
        @Override
        public void start(ChannelSession channel, Environment environment) throws IOException {
            ((SessionChannel) channel).refuse(reason);
        }

        @Override
        public void destroy(ChannelSession channel) {
        }
    }
}
