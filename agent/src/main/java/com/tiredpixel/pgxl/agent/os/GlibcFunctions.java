package com.tiredpixel.pgxl.agent.os;

import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import java.nio.ByteBuffer;

/**
 * glibc's own names and types; pointers to structures are addresses. JNA passes a copy of an array and copies
 * it back, and of a direct buffer its base address. Functions with {@code ...} in their prototype are called
 * like any other on both Linux ABIs as long as no argument is a floating-point number.
 */
final class GlibcFunctions {
    private GlibcFunctions() {
    }

    static void register() {
        // Without this, JNA runs "ldconfig -p" by java.lang.Process when its class is initialised: a child
        // that nobody registered, and a thread that stays.
        if (System.getProperty("jna.platform.library.path") == null) {
            System.setProperty("jna.platform.library.path", "");
        }
        // The functions stay bound when the handle goes, and with it the work of JNA's cleaner thread.
        try (NativeLibrary process = NativeLibrary.getProcess()) {
            Native.register(GlibcFunctions.class, process);
        }
    }

    static native int open(byte[] path, int flags, int mode);

    static native int close(int fd);

    static native int pipe2(int[] fds, int flags);

    static native int eventfd(int initial, int flags);

    static native int fcntl(int fd, int command, int argument);

    static native int ioctl(int fd, long request, byte[] argument);

    static native long read(int fd, ByteBuffer buffer, long count);

    static native long pread(int fd, ByteBuffer buffer, long count, long offset);

    static native long write(int fd, ByteBuffer buffer, long count);

    static native int poll(long[] fds, long count, int timeout);

    static native int madvise(long address, long length, int advice);

    static native int malloc_trim(long pad);

    static native int fstat(int fd, byte[] stat);

    static native int fsync(int fd);

    static native int flock(int fd, int operation);

    static native int fchown(int fd, int uid, int gid);

    static native int fchmod(int fd, int mode);

    static native int posix_spawnattr_init(long attributes);

    static native int posix_spawnattr_destroy(long attributes);

    static native int posix_spawnattr_setflags(long attributes, short flags);

    static native int posix_spawnattr_setsigmask(long attributes, long set);

    static native int posix_spawnattr_setsigdefault(long attributes, long set);

    static native int posix_spawn_file_actions_init(long actions);

    static native int posix_spawn_file_actions_destroy(long actions);

    static native int posix_spawn_file_actions_addopen(long actions, int fd, long path, int flags, int mode);

    static native int posix_spawn_file_actions_adddup2(long actions, int from, int to);

    static native int posix_spawn_file_actions_addchdir_np(long actions, long path);

    static native int posix_spawn_file_actions_addclosefrom_np(long actions, int lowest);

    static native int posix_spawn(
            int[] pid, long path, long actions, long attributes, long arguments, long environment);

    static native int waitid(int idType, int id, int[] siginfo, int options);

    static native int kill(int pid, int signal);

    static native long syscall(long number, long first, long second, long third, long fourth);

    static native long signal(int signal, long handler);

    static native int sigwaitinfo(long[] set, int[] siginfo);

    static native int signalfd(int fd, long[] set, int flags);

    static native int prctl(int option, long second, long third, long fourth, long fifth);

    static native int getpid();

    static native int geteuid();

    static native int initgroups(byte[] user, int gid);

    static native int setgroups(long size, int[] groups);

    static native int setresgid(int real, int effective, int saved);

    static native int setresuid(int real, int effective, int saved);

    static native int setuid(int uid);

    static native long newlocale(int mask, byte[] name, long base);

    static native void freelocale(long locale);

    static native int posix_openpt(int flags);

    static native int grantpt(int fd);

    static native int unlockpt(int fd);

    static native int ptsname_r(int fd, byte[] name, long size);
}
