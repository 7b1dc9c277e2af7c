package com.tiredpixel.pgxl.agent.os;

/** The flags of {@code open(2)} that differ between the two architectures ({@code asm/fcntl.h}). */
enum Architecture {
    X86_64(0x10000, 0x20000),
    AARCH64(0x4000, 0x8000);

    private final int directoryFlag;
    private final int noFollowFlag;

    Architecture(int directoryFlag, int noFollowFlag) {
        this.directoryFlag = directoryFlag;
        this.noFollowFlag = noFollowFlag;
    }

    static Architecture current() {
        return switch (System.getProperty("os.arch")) {
            case "amd64" -> X86_64;
            case "aarch64" -> AARCH64;
            default -> throw new IllegalStateException(
                    "runs on x86-64 and aarch64 only, not on " + System.getProperty("os.arch"));
        };
    }

    /** @return {@code O_DIRECTORY} */
    int directoryFlag() {
        return directoryFlag;
    }

    /** @return {@code O_NOFOLLOW} */
    int noFollowFlag() {
        return noFollowFlag;
    }
}
