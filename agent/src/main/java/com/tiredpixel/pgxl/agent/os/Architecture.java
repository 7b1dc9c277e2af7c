package com.tiredpixel.pgxl.agent.os;

/**
 * What differs between the two architectures: flags of {@code open(2)} ({@code asm/fcntl.h}), and where the members of a
 * {@code struct stat} lie ({@code asm/stat.h}).
 */
enum Architecture {
    X86_64(0x10000, 0x20000, 24, 28, 16),
    AARCH64(0x4000, 0x8000, 16, 24, 20);

    private final int directoryFlag;
    private final int noFollowFlag;
    private final int modeOffset;
    private final int uidOffset;
    private final int linksOffset;

    Architecture(int directoryFlag, int noFollowFlag, int modeOffset, int uidOffset, int linksOffset) {
        this.directoryFlag = directoryFlag;
        this.noFollowFlag = noFollowFlag;
        this.modeOffset = modeOffset;
        this.uidOffset = uidOffset;
        this.linksOffset = linksOffset;
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

    /** @return offset of {@code st_mode}, 4 bytes */
    int modeOffset() {
        return modeOffset;
    }

    /** @return offset of {@code st_uid}, 4 bytes */
    int uidOffset() {
        return uidOffset;
    }

    /** @return offset of {@code st_nlink}: the lower 4 bytes of 8, or 4 */
    int linksOffset() {
        return linksOffset;
    }
}
