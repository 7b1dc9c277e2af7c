package com.tiredpixel.pgxl.agent.os;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Starts processes by {@code posix_spawn(3)} and hands them to the {@link Reaper}. */
public final class Processes implements ProcessStarter {
    private static final Path PROC = Path.of("/proc");

    private final Libc libc;
    private final Reaper reaper;
    private final TransferBuffers buffers = new TransferBuffers();

    /** @param reaper need not run yet; until it does, no exit is ever reported */
    public Processes(Libc libc, Reaper reaper) {
        this.libc = libc;
        this.reaper = reaper;
    }

    @Override
    public Child start(Command command) throws StartFailedException {
        List<byte[]> arguments = new ArrayList<>();
        for (String argument : command.arguments()) {
            arguments.add(encode(command, "argument " + arguments.size(), argument));
        }
        List<byte[]> environment = new ArrayList<>();
        for (Map.Entry<String, String> variable : command.environment().entrySet()) {
            environment.add(encode(command, "variable " + variable.getKey(), variable.toString()));
        }
        // In a directory of a file system that does not answer whoever starts something hangs here, alone. The child of
        // posix_spawn would hang there too, and with it the lock that every other start and the reaper need.
        Files.isExecutable(command.directory());
        try (Plumbing plumbing = Plumbing.lay(libc, buffers, command)) {
            List<Spawn.Action> actions = new ArrayList<>();
            actions.add(new Spawn.ChangeDirectory(NativeStrings.path(command.directory())));
            actions.addAll(plumbing.actions());
            actions.add(new Spawn.CloseFrom(3));
            var spawn = new Spawn(NativeStrings.path(command.program()), arguments, environment, actions);
            Child child = reaper.registry().register(new Start(command, spawn, plumbing));
            plumbing.handOver();
            reaper.wake();
            return child;
        }
    }

    private static byte[] encode(Command command, String what, String text) throws StartFailedException {
        if (text.indexOf('\0') >= 0) {
            throw new StartFailedException("cannot start " + command.program() + ": " + what + " contains a NUL");
        }
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private final class Start implements ChildRegistry.Start {
        private final Command command;
        private final Spawn spawn;
        private final Plumbing plumbing;

        Start(Command command, Spawn spawn, Plumbing plumbing) {
            this.command = command;
            this.spawn = spawn;
            this.plumbing = plumbing;
        }

        @Override
        public int spawn() throws StartFailedException {
            int pid = libc.posixSpawn(spawn);
            if (pid < 0) {
                throw StartFailedException.of(command, pid);
            }
            return pid;
        }

        /** Even a process that has ended already is in /proc, because the reaper waits for the registry's lock. */
        @Override
        public OwnChild child(int pid) throws StartFailedException {
            Optional<ProcStat> stat = ProcStat.read(PROC, pid);
            if (stat.isEmpty()) {
                throw new StartFailedException(
                        "cannot keep " + command.program() + ": /proc/" + pid + "/stat is not readable");
            }
            return plumbing.child(reaper.registry(), stat.get().identity());
        }
    }
}
