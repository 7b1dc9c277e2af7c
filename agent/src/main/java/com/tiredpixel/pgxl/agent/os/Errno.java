package com.tiredpixel.pgxl.agent.os;

/** The error numbers that this room meets, as Linux has them on x86-64 and aarch64 ({@code errno(3)}). */
enum Errno {
    EPERM(1, "operation not permitted"),
    ENOENT(2, "no such file or directory"),
    ESRCH(3, "no such process"),
    EINTR(4, "interrupted"),
    EIO(5, "input/output error"),
    ENXIO(6, "no such device or address"),
    E2BIG(7, "arguments and environment are too long"),
    ENOEXEC(8, "not a program"),
    EBADF(9, "bad file descriptor"),
    ECHILD(10, "no child processes"),
    EAGAIN(11, "resource temporarily unavailable"),
    ENOMEM(12, "out of memory"),
    EACCES(13, "permission denied"),
    EEXIST(17, "file exists"),
    ENODEV(19, "no such device"),
    ENOTDIR(20, "not a directory"),
    EINVAL(22, "invalid argument"),
    ENFILE(23, "too many open files in system"),
    EMFILE(24, "too many open files"),
    ENOTTY(25, "not a terminal"),
    ETXTBSY(26, "program file is being written"),
    ENOSPC(28, "no space left on device"),
    EROFS(30, "read-only file system"),
    EPIPE(32, "broken pipe"),
    ENAMETOOLONG(36, "file name too long"),
    ENOLCK(37, "no locks available"),
    ENOSYS(38, "function not implemented"),
    ELOOP(40, "too many levels of symbolic links"),
    EOPNOTSUPP(95, "operation not supported"),
    ESTALE(116, "stale file handle");

    private final int number;
    private final String text;

    Errno(int number, String text) {
        this.number = number;
        this.text = text;
    }

    /** @return whether a call of {@link Libc} failed with this error */
    boolean is(long result) {
        return result == -number;
    }

    /** @return what a call of {@link Libc} answers when it fails with this error */
    int asResult() {
        return -number;
    }

    /**
     * @param result a negative answer of {@link Libc}
     * @return such as {@code "ENOENT (no such file or directory)"}
     */
    static String describe(long result) {
        for (Errno errno : values()) {
            if (errno.is(result)) {
                return errno.name() + " (" + errno.text + ")";
            }
        }
        return "errno " + -result;
    }
}
