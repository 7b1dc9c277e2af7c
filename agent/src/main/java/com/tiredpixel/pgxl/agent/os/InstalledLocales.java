package com.tiredpixel.pgxl.agent.os;

/** The locales that the C library of this system has. */
public final class InstalledLocales {
    private final Libc libc;

    /** @param libc the C library */
    public InstalledLocales(Libc libc) {
        this.libc = libc;
    }

    /** @param name such as {@code C.UTF-8} or {@code de_DE.utf8}. @return whether {@code setlocale(3)} would take it */
    public boolean has(String name) {
        return libc.hasLocale(NativeStrings.terminated(NativeStrings.text(name)));
    }
}
