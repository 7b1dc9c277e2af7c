package com.tiredpixel.pgxl.agent.os;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * What {@code fstat(2)} says of an open file.
 *
 * @param device where it lies
 * @param inode its number there
 * @param mode type and permissions
 * @param uid owner
 * @param gid its group
 * @param links names that it has; 0 once it is removed
 * @param size in bytes, for what that is worth: a file of {@code /proc} has none
 */
public record FileStatus(long device, long inode, int mode, int uid, int gid, long links, long size) {
    /** More than a {@code struct stat} of either architecture. */
    static final int BYTES = 256;

    private static final int SIZE_OFFSET = 48;
    private static final int TYPE = 0170000;
    private static final int REGULAR = 0100000;

    static FileStatus parse(byte[] stat) {
        Architecture architecture = Architecture.current();
        ByteBuffer members = ByteBuffer.wrap(stat).order(ByteOrder.nativeOrder());
        return new FileStatus(
                members.getLong(0),
                members.getLong(Long.BYTES),
                members.getInt(architecture.modeOffset()),
                members.getInt(architecture.uidOffset()),
                members.getInt(architecture.uidOffset() + Integer.BYTES),
                Integer.toUnsignedLong(members.getInt(architecture.linksOffset())),
                members.getLong(SIZE_OFFSET));
    }

    /** @return whether it is a regular file */
    public boolean isRegular() {
        return (mode & TYPE) == REGULAR;
    }

    /** @return what it is, such as {@code "a FIFO"} */
    public String kind() {
        return switch (mode & TYPE) {
            case 0010000 -> "a FIFO";
            case 0020000 -> "a character device";
            case 0040000 -> "a directory";
            case 0060000 -> "a block device";
            case REGULAR -> "a regular file";
            case 0120000 -> "a symbolic link";
            case 0140000 -> "a socket";
            default -> "a file of no known kind";
        };
    }
}
