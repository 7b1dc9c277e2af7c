package com.tiredpixel.pgxl.agent.os;

import java.nio.ByteBuffer;

/**
 * The calls of glibc (2.34 or newer) that the agent needs, nothing more. Each answers what its manual page
 * says, but a failure is the <em>negated errno</em> instead of -1, so that no second call can spoil it.
 * Strings are bytes with a closing NUL, because a file name need not be text. The numbers are those of Linux on
 * x86-64 and aarch64.
 */
public interface Libc {
    int O_RDONLY = 0;
    int O_WRONLY = 1;
    int O_RDWR = 2;
    int O_NOCTTY = 0x100;
    int O_NONBLOCK = 0x800;
    int O_CLOEXEC = 0x80000;
    int O_PATH = 0x200000;

    int F_DUPFD_CLOEXEC = 1030;
    int F_SETFL = 4;

    int LOCK_EX = 2;
    int LOCK_NB = 4;
    int LOCK_UN = 8;

    short POLLIN = 1;
    short POLLOUT = 4;

    int P_ALL = 0;
    int P_PID = 1;
    int WNOHANG = 1;
    int WEXITED = 4;
    int WNOWAIT = 0x01000000;

    int MADV_DONTNEED = 4;

    int PR_SET_DUMPABLE = 4;
    int PR_SET_CHILD_SUBREAPER = 36;

    long TCGETS = 0x5401;
    long TCSETS = 0x5402;
    long TIOCSWINSZ = 0x5414;
    long FIONREAD = 0x541B;

    /** Words of a {@code siginfo_t}: its 128 bytes as ints. */
    int SIGINFO_INTS = 32;

    /** @return glibc of this process, through JNA */
    static Libc load() {
        return JnaLibc.load();
    }

    /** {@code open(2)} without {@code O_CREAT}. @return descriptor */
    int open(byte[] path, int flags);

    /** {@code close(2)}. Never to be repeated: on Linux the descriptor is gone even after EINTR. */
    int close(int descriptor);

    /** {@code pipe2(2)}. @param ends read end, write end */
    int pipe2(int[] ends, int flags);

    /** {@code eventfd(2)}. @return descriptor */
    int eventfd(int initial, int flags);

    /** {@code fcntl(2)} with a number as argument. */
    int fcntl(int descriptor, int command, int argument);

    /** {@code ioctl(2)} with a structure as argument, read and written in place. */
    int ioctl(int descriptor, long request, byte[] argument);

    /** {@code read(2)} into the first bytes of a direct buffer, whatever its position. @return count, 0 at the end */
    long read(int descriptor, ByteBuffer direct, long count);

    /** {@code pread(2)} into the first bytes of a direct buffer, whatever its position. @return count, 0 at the end */
    long pread(int descriptor, ByteBuffer direct, long count, long position);

    /** {@code write(2)} of the first bytes of a direct buffer, whatever its position. @return count */
    long write(int descriptor, ByteBuffer direct, long count);

    /**
     * {@code poll(2)}.
     *
     * @param descriptors one {@code struct pollfd} each: the descriptor in the low 32 bits, wanted events in
     *     the next 16, and in the top 16 what happened
     * @param timeoutMillis -1 for ever
     * @return how many are ready
     */
    int poll(long[] descriptors, int timeoutMillis);

    /** {@code madvise(2)}. */
    int madvise(long address, long length, int advice);

    /** {@code malloc_trim(3)}: free memory of the C heap goes back to the kernel. */
    void mallocTrim();

    /** {@code fstat(2)}. @param stat receives a {@code struct stat}, see {@link FileStatus} */
    int fstat(int descriptor, byte[] stat);

    /** {@code fsync(2)}. */
    int fsync(int descriptor);

    /** {@code flock(2)}. */
    int flock(int descriptor, int operation);

    /** {@code fchown(2)}. */
    int fchown(int descriptor, int uid, int gid);

    /** {@code fchmod(2)}. */
    int fchmod(int descriptor, int mode);

    /**
     * {@code posix_spawn(3)} of a program as leader of a session and process group of its own, with no
     * signal blocked and every signal at its default. Returns when the program runs or cannot.
     *
     * @return pid
     */
    int posixSpawn(Spawn spawn);

    /**
     * {@code waitid(2)}.
     *
     * @param siginfo {@link #SIGINFO_INTS} words; afterwards [2] is {@code si_code}, [4] the pid or 0, [5]
     *     the uid, [6] {@code si_status}
     */
    int waitid(int idType, int id, int[] siginfo, int options);

    /** {@code kill(2)}. */
    int kill(int pid, int signal);

    /** {@code pidfd_open(2)}, Linux 5.3. @return descriptor, always close-on-exec */
    int pidfdOpen(int pid);

    /** {@code pidfd_send_signal(2)}, Linux 5.1. */
    int pidfdSendSignal(int pidfd, int signal);

    /** {@code signal(2)} with {@code SIG_DFL}. */
    int resetSignal(int signal);

    /**
     * {@code sigwaitinfo(2)}.
     *
     * @param set bit n-1 for signal n
     * @param siginfo as in {@link #waitid}; [4] is the sender's pid, [5] its uid
     * @return signal number
     */
    int sigwaitinfo(long set, int[] siginfo);

    /** {@code signalfd(2)}, a new one. @param set as in {@link #sigwaitinfo}. @return descriptor */
    int signalfd(long set, int flags);

    /** {@code prctl(2)} with one number as argument. */
    int prctl(int option, long argument);

    /** {@code getpid(2)}. */
    int getpid();

    /** {@code geteuid(2)}. */
    int geteuid();

    /** {@code initgroups(3)}, for all threads. */
    int initgroups(byte[] user, int gid);

    /** {@code setgroups(2)}, for all threads. */
    int setgroups(int[] groups);

    /** {@code setresgid(2)}, for all threads. */
    int setresgid(int real, int effective, int saved);

    /** {@code setresuid(2)}, for all threads. */
    int setresuid(int real, int effective, int saved);

    /** {@code setuid(2)}, for all threads. */
    int setuid(int uid);

    /** {@code newlocale(3)} of all categories, freed again. @return whether the system has the locale */
    boolean hasLocale(byte[] name);

    /** {@code posix_openpt(3)}. @return descriptor of the master */
    int posixOpenpt(int flags);

    /** {@code grantpt(3)}; with devpts it only looks, it starts no helper. */
    int grantpt(int master);

    /** {@code unlockpt(3)}. */
    int unlockpt(int master);

    /** {@code ptsname_r(3)}. @param name receives the path with its NUL */
    int ptsname(int master, byte[] name);
}
