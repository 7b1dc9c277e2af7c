package com.tiredpixel.pgxl.agent.os;

/** Carries out a {@link Spawn} by {@code posix_spawn(3)}, and builds the structures that it takes. */
final class PosixSpawn {
    private static final short POSIX_SPAWN_SETSIGDEF = 0x04;
    private static final short POSIX_SPAWN_SETSIGMASK = 0x08;
    private static final short POSIX_SPAWN_SETSID = 0x80;
    /** More than glibc's {@code posix_spawnattr_t} (336 bytes) and {@code posix_spawn_file_actions_t} (80). */
    private static final int SPAWN_STRUCTURE_BYTES = 512;
    /**
     * All but KILL and STOP, which cannot be set. Also 32 and 33, which glibc keeps for its threads and would
     * otherwise leave ignored in the child.
     */
    private static final long RESETTABLE_SIGNALS = ~(1L << 8 | 1L << 18);

    private PosixSpawn() {
    }

    /** @return the pid, or a negated errno, which these functions answer themselves and leave the variable alone */
    static int start(Spawn spawn) {
        try (NativeMemory memory = new NativeMemory()) {
            long attributes = memory.allocate(SPAWN_STRUCTURE_BYTES);
            long actions = memory.allocate(SPAWN_STRUCTURE_BYTES);
            int error = GlibcFunctions.posix_spawnattr_init(attributes);
            if (error != 0) {
                return -error;
            }
            try {
                error = GlibcFunctions.posix_spawn_file_actions_init(actions);
                if (error != 0) {
                    return -error;
                }
                try {
                    return spawn(spawn, memory, attributes, actions);
                } finally {
                    GlibcFunctions.posix_spawn_file_actions_destroy(actions);
                }
            } finally {
                GlibcFunctions.posix_spawnattr_destroy(attributes);
            }
        }
    }

    private static int spawn(Spawn spawn, NativeMemory memory, long attributes, long actions) {
        GlibcFunctions.posix_spawnattr_setsigmask(attributes, memory.signalSet(0));
        GlibcFunctions.posix_spawnattr_setsigdefault(attributes, memory.signalSet(RESETTABLE_SIGNALS));
        GlibcFunctions.posix_spawnattr_setflags(
                attributes, (short) (POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF));
        for (Spawn.Action action : spawn.actions()) {
            int error = add(action, memory, actions);
            if (error != 0) {
                return -error;
            }
        }
        long arguments = memory.strings(spawn.arguments());
        long environment = memory.strings(spawn.environment());
        int[] pid = new int[1];
        int error = GlibcFunctions.posix_spawn(
                pid, memory.string(spawn.program()), actions, attributes, arguments, environment);
        return error == 0 ? pid[0] : -error;
    }

    private static int add(Spawn.Action action, NativeMemory memory, long actions) {
        if (action instanceof Spawn.Open open) {
            return GlibcFunctions.posix_spawn_file_actions_addopen(
                    actions, open.descriptor(), memory.string(open.path()), open.flags(), 0);
        }
        if (action instanceof Spawn.Duplicate duplicate) {
            return GlibcFunctions.posix_spawn_file_actions_adddup2(actions, duplicate.from(), duplicate.to());
        }
        if (action instanceof Spawn.ChangeDirectory change) {
            return GlibcFunctions.posix_spawn_file_actions_addchdir_np(actions, memory.string(change.path()));
        }
        return GlibcFunctions.posix_spawn_file_actions_addclosefrom_np(
                actions, ((Spawn.CloseFrom) action).lowest());
    }
}
