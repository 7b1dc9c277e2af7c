package com.tiredpixel.pgxl.agent;

/** Which version of the program this is: the jar says. */
final class Version {
    private Version() {
    }

    /** @return such as {@code 1.0.0}; {@code dev} outside of a jar */
    static String text() {
        String version = Main.class.getPackage().getImplementationVersion();
        return version == null ? "dev" : version;
    }
}
