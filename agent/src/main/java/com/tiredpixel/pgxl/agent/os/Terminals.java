package com.tiredpixel.pgxl.agent.os;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** Opens pseudo-terminals, {@code pty(7)}. The slave is opened by the child alone. */
public final class Terminals implements PseudoTerminal.Factory {
    private static final int NAME_BYTES = 64;

    private final Libc libc;
    private final TransferBuffers buffers = new TransferBuffers();

    /** @param libc the C library */
    public Terminals(Libc libc) {
        this.libc = libc;
    }

    /** {@inheritDoc} Costs five descriptors: the master three times and an eventfd for two of them. */
    @Override
    public PseudoTerminal open() throws IOException {
        int master = checked("posix_openpt", libc.posixOpenpt(Libc.O_RDWR | Libc.O_NOCTTY | Libc.O_CLOEXEC));
        Descriptor keyboard = null;
        try {
            checked("grantpt", libc.grantpt(master));
            checked("unlockpt", libc.unlockpt(master));
            byte[] name = new byte[NAME_BYTES];
            checked("ptsname", libc.ptsname(master, name));
            keyboard = Descriptor.own(libc, buffers, duplicate(master));
            Descriptor screen = Descriptor.own(libc, buffers, duplicate(master));
            return new MasterTerminal(libc, master, slave(name), keyboard, screen);
        } catch (IOException e) {
            if (keyboard != null) {
                keyboard.close();
            }
            libc.close(master);
            throw e;
        }
    }

    private int duplicate(int master) throws IOException {
        return checked("fcntl", libc.fcntl(master, Libc.F_DUPFD_CLOEXEC, 3));
    }

    private static Path slave(byte[] name) {
        String text = new String(name, StandardCharsets.US_ASCII);
        return Path.of(text.substring(0, text.indexOf('\0')));
    }

    private static int checked(String call, int result) throws IOException {
        if (result < 0) {
            throw new IOException("cannot open a pseudo-terminal: " + call + ": " + Errno.describe(result));
        }
        return result;
    }
}
