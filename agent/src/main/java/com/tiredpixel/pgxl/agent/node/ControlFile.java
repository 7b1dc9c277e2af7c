package com.tiredpixel.pgxl.agent.node;

import com.tiredpixel.pgxl.agent.os.BoundedFiles;
import com.tiredpixel.pgxl.agent.os.FileRead;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * {@code global/pg_control}, as far as it says what a postmaster is doing that takes no clients yet: its pid file
 * says {@code starting} for a plain start and for a recovery alike.
 */
public final class ControlFile {
    /** {@code ControlFileData}: an identifier of 8 bytes, two versions of 4, then {@code DBState}. */
    private static final int STATE_OFFSET = 16;

    /** The state of a standby, and of a node that is restored from an archive. */
    public static final String IN_ARCHIVE_RECOVERY = "in archive recovery";

    /** {@code DBState} of PostgreSQL 9.5 to 10, in its order, in the words of {@code pg_controldata}. */
    private static final String[] STATES = {
        "starting up", "shut down", "shut down in recovery", "shutting down", "in crash recovery",
        IN_ARCHIVE_RECOVERY, "in production",
    };

    /** {@code checkPointCopy.nextXid}: the same place in 9.5 and 10, whose versions of the file these are. */
    private static final int NEXT_XID_OFFSET = 72;
    /** {@code checkPointCopy.ThisTimeLineID}. */
    private static final int TIMELINE_OFFSET = 56;
    private static final int VERSION_OFFSET = 8;
    private static final int VERSION_9_5 = 942;
    private static final int VERSION_10 = 1002;

    private ControlFile() {
    }

    /**
     * @param directory a data directory
     * @return what {@code pg_controldata} calls the latest checkpoint's NextXID, without its epoch; nothing if the file
     *     cannot be read or is of another version
     */
    public static OptionalLong nextXid(Path directory) {
        return fields(directory).map(fields -> Integer.toUnsignedLong(fields.getInt(NEXT_XID_OFFSET)))
                .filter(xid -> xid >= Xids.FIRST_NORMAL).map(OptionalLong::of).orElse(OptionalLong.empty());
    }

    /** @return the latest checkpoint's TimeLineID, as {@link #nextXid} */
    public static OptionalLong timeline(Path directory) {
        return fields(directory).map(fields -> Integer.toUnsignedLong(fields.getInt(TIMELINE_OFFSET)))
                .map(OptionalLong::of).orElse(OptionalLong.empty());
    }

    /** @return the database system identifier, as {@link #nextXid} */
    public static OptionalLong systemIdentifier(Path directory) {
        return fields(directory).map(fields -> OptionalLong.of(fields.getLong(0))).orElse(OptionalLong.empty());
    }

    /** @return whether it is of a server of 9.5, whose functions have other names than those of 10 */
    public static boolean isNinePointFive(Path directory) {
        return fields(directory).filter(fields -> fields.getInt(VERSION_OFFSET) == VERSION_9_5).isPresent();
    }

    private static Optional<ByteBuffer> fields(Path directory) {
        byte[] bytes = beginning(BoundedFiles.system()
                .read(directory.resolve("global/pg_control"), NEXT_XID_OFFSET + Integer.BYTES));
        if (bytes.length < NEXT_XID_OFFSET + Integer.BYTES) {
            return Optional.empty();
        }
        ByteBuffer fields = ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder());
        int version = fields.getInt(VERSION_OFFSET);
        return version == VERSION_9_5 || version == VERSION_10 ? Optional.of(fields) : Optional.empty();
    }

    /**
     * @param directory a data directory
     * @return the state of the database, in words; nothing if the file cannot be read or says something else
     */
    public static Optional<String> state(Path directory) {
        return parse(beginning(read(directory)));
    }

    /** The beginning of the file: its size is a matter of the version. */
    static FileRead read(Path directory) {
        return BoundedFiles.system().read(directory.resolve("global/pg_control"), STATE_OFFSET + Integer.BYTES);
    }

    /** @return the system identifier, its first member, in the byte order of this machine */
    static OptionalLong identifier(FileRead control) {
        byte[] bytes = beginning(control);
        return bytes.length < Long.BYTES
                ? OptionalLong.empty()
                : OptionalLong.of(ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder()).getLong());
    }

    private static byte[] beginning(FileRead control) {
        return control instanceof FileRead.Content all ? all.bytes()
                : control instanceof FileRead.TooLong part ? part.beginning()
                : new byte[0];
    }

    /** @param bytes the beginning of the file, in the byte order of this machine */
    static Optional<String> parse(byte[] bytes) {
        if (bytes.length < STATE_OFFSET + Integer.BYTES) {
            return Optional.empty();
        }
        int state = ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder()).getInt(STATE_OFFSET);
        return state >= 0 && state < STATES.length ? Optional.of(STATES[state]) : Optional.empty();
    }
}
