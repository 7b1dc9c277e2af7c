package com.tiredpixel.pgxl.agent.node;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * {@code global/pg_control}, as far as it says what a postmaster is doing that takes no clients yet: its pid file
 * says {@code starting} for a plain start and for a recovery alike.
 */
public final class ControlFile {
    /** {@code ControlFileData}: an identifier of 8 bytes, two versions of 4, then {@code DBState}. */
    private static final int STATE_OFFSET = 16;

    /** {@code DBState} of PostgreSQL 9.5 to 10, in its order, in the words of {@code pg_controldata}. */
    private static final String[] STATES = {
        "starting up", "shut down", "shut down in recovery", "shutting down", "in crash recovery",
        "in archive recovery", "in production",
    };

    /** {@code checkPointCopy.nextXid}: the same place in 9.5 and 10, whose versions of the file these are. */
    private static final int NEXT_XID_OFFSET = 72;
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
        Optional<byte[]> bytes = beginning(directory, NEXT_XID_OFFSET + Integer.BYTES);
        if (bytes.isEmpty() || bytes.get().length < NEXT_XID_OFFSET + Integer.BYTES) {
            return OptionalLong.empty();
        }
        ByteBuffer fields = ByteBuffer.wrap(bytes.get()).order(ByteOrder.nativeOrder());
        int version = fields.getInt(VERSION_OFFSET);
        long xid = Integer.toUnsignedLong(fields.getInt(NEXT_XID_OFFSET));
        return (version == VERSION_9_5 || version == VERSION_10) && xid >= Xids.FIRST_NORMAL
                ? OptionalLong.of(xid)
                : OptionalLong.empty();
    }

    /**
     * @param directory a data directory
     * @return the state of the database, in words; nothing if the file cannot be read or says something else
     */
    public static Optional<String> state(Path directory) {
        return beginning(directory, STATE_OFFSET + Integer.BYTES).flatMap(ControlFile::parse);
    }

    private static Optional<byte[]> beginning(Path directory, int length) {
        Path file = directory.resolve("global/pg_control");
        try {
            if (!Files.readAttributes(file, BasicFileAttributes.class).isRegularFile()) {
                return Optional.empty();
            }
            try (InputStream input = Files.newInputStream(file)) {
                return Optional.of(input.readNBytes(length));
            }
        } catch (IOException unreadable) {
            return Optional.empty();
        }
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
