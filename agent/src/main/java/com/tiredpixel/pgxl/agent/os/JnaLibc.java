package com.tiredpixel.pgxl.agent.os;

import com.sun.jna.Native;
import java.nio.ByteBuffer;

/** {@link Libc} by JNA's direct mapping. */
final class JnaLibc implements Libc {
    /** Every category but number 6, which is LC_ALL itself. */
    private static final int LC_ALL_MASK = 0x1FBF;

    private static final long SYS_PIDFD_SEND_SIGNAL = 424;
    private static final long SYS_PIDFD_OPEN = 434;

    /** Initialised at its first use: functions must not be bound anew while others call them. */
    private static final class Bound {
        private static final JnaLibc LIBC = new JnaLibc();
    }

    private JnaLibc() {
        GlibcFunctions.register();
    }

    static Libc load() {
        try {
            return Bound.LIBC;
        } catch (LinkageError e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            throw new IllegalStateException("the C library of this system cannot be used, glibc 2.34 or newer is needed: "
                    + cause.getMessage(), e);
        }
    }

    private static int checked(int result) {
        return result == -1 ? -Native.getLastError() : result;
    }

    private static long checked(long result) {
        return result == -1 ? -Native.getLastError() : result;
    }

    @Override
    public int open(byte[] path, int flags) {
        return checked(GlibcFunctions.open(path, flags, 0));
    }

    @Override
    public int close(int descriptor) {
        return checked(GlibcFunctions.close(descriptor));
    }

    @Override
    public int pipe2(int[] ends, int flags) {
        return checked(GlibcFunctions.pipe2(ends, flags));
    }

    @Override
    public int eventfd(int initial, int flags) {
        return checked(GlibcFunctions.eventfd(initial, flags));
    }

    @Override
    public int fcntl(int descriptor, int command, int argument) {
        return checked(GlibcFunctions.fcntl(descriptor, command, argument));
    }

    @Override
    public int ioctl(int descriptor, long request, byte[] argument) {
        return checked(GlibcFunctions.ioctl(descriptor, request, argument));
    }

    @Override
    public long read(int descriptor, ByteBuffer direct, long count) {
        return checked(GlibcFunctions.read(descriptor, direct, count));
    }

    @Override
    public long pread(int descriptor, ByteBuffer direct, long count, long position) {
        return checked(GlibcFunctions.pread(descriptor, direct, count, position));
    }

    @Override
    public long write(int descriptor, ByteBuffer direct, long count) {
        return checked(GlibcFunctions.write(descriptor, direct, count));
    }

    @Override
    public int poll(long[] descriptors, int timeoutMillis) {
        return checked(GlibcFunctions.poll(descriptors, descriptors.length, timeoutMillis));
    }

    @Override
    public int madvise(long address, long length, int advice) {
        return checked(GlibcFunctions.madvise(address, length, advice));
    }

    @Override
    public void mallocTrim() {
        GlibcFunctions.malloc_trim(0);
    }

    @Override
    public int fstat(int descriptor, byte[] stat) {
        return checked(GlibcFunctions.fstat(descriptor, stat));
    }

    @Override
    public int fsync(int descriptor) {
        return checked(GlibcFunctions.fsync(descriptor));
    }

    @Override
    public int flock(int descriptor, int operation) {
        return checked(GlibcFunctions.flock(descriptor, operation));
    }

    @Override
    public int fchown(int descriptor, int uid, int gid) {
        return checked(GlibcFunctions.fchown(descriptor, uid, gid));
    }

    @Override
    public int fchmod(int descriptor, int mode) {
        return checked(GlibcFunctions.fchmod(descriptor, mode));
    }

    @Override
    public int posixSpawn(Spawn spawn) {
        return PosixSpawn.start(spawn);
    }

    @Override
    public int waitid(int idType, int id, int[] siginfo, int options) {
        return checked(GlibcFunctions.waitid(idType, id, siginfo, options));
    }

    @Override
    public int kill(int pid, int signal) {
        return checked(GlibcFunctions.kill(pid, signal));
    }

    @Override
    public int pidfdOpen(int pid) {
        return (int) checked(GlibcFunctions.syscall(SYS_PIDFD_OPEN, pid, 0L, 0L, 0L));
    }

    @Override
    public int pidfdSendSignal(int pidfd, int signal) {
        return (int) checked(GlibcFunctions.syscall(SYS_PIDFD_SEND_SIGNAL, pidfd, signal, 0L, 0L));
    }

    @Override
    public int resetSignal(int signal) {
        return GlibcFunctions.signal(signal, 0L) == -1 ? -Native.getLastError() : 0;
    }

    @Override
    public int sigwaitinfo(long set, int[] siginfo) {
        return checked(GlibcFunctions.sigwaitinfo(signalSet(set), siginfo));
    }

    @Override
    public int signalfd(long set, int flags) {
        return checked(GlibcFunctions.signalfd(-1, signalSet(set), flags));
    }

    /** A {@code sigset_t} of 1024 bits. */
    private static long[] signalSet(long firstSixtyFour) {
        long[] set = new long[16];
        set[0] = firstSixtyFour;
        return set;
    }

    @Override
    public int prctl(int option, long argument) {
        return checked(GlibcFunctions.prctl(option, argument, 0L, 0L, 0L));
    }

    @Override
    public int getpid() {
        return GlibcFunctions.getpid();
    }

    @Override
    public int geteuid() {
        return GlibcFunctions.geteuid();
    }

    @Override
    public int initgroups(byte[] user, int gid) {
        return checked(GlibcFunctions.initgroups(user, gid));
    }

    @Override
    public int setgroups(int[] groups) {
        return checked(GlibcFunctions.setgroups(groups.length, groups));
    }

    @Override
    public int setresgid(int real, int effective, int saved) {
        return checked(GlibcFunctions.setresgid(real, effective, saved));
    }

    @Override
    public int setresuid(int real, int effective, int saved) {
        return checked(GlibcFunctions.setresuid(real, effective, saved));
    }

    @Override
    public int setuid(int uid) {
        return checked(GlibcFunctions.setuid(uid));
    }

    @Override
    public boolean hasLocale(byte[] name) {
        long locale = GlibcFunctions.newlocale(LC_ALL_MASK, name, 0);
        if (locale == 0) {
            return false;
        }
        GlibcFunctions.freelocale(locale);
        return true;
    }

    @Override
    public int posixOpenpt(int flags) {
        return checked(GlibcFunctions.posix_openpt(flags));
    }

    @Override
    public int grantpt(int master) {
        return checked(GlibcFunctions.grantpt(master));
    }

    @Override
    public int unlockpt(int master) {
        return checked(GlibcFunctions.unlockpt(master));
    }

    @Override
    public int ptsname(int master, byte[] name) {
        return -GlibcFunctions.ptsname_r(master, name, name.length);
    }
}
