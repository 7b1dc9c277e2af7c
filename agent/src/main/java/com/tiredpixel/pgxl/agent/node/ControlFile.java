package com.tiredpixel.pgxl.agent.node;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Optional;

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

    private ControlFile() {
    }

    /**
     * @param directory a data directory
     * @return the state of the database, in words; nothing if the file cannot be read or says something else
     */
    public static Optional<String> state(Path directory) {
        Path file = directory.resolve("global/pg_control");
        try {
            if (!Files.readAttributes(file, BasicFileAttributes.class).isRegularFile()) {
                return Optional.empty();
            }
            try (InputStream input = Files.newInputStream(file)) {
                return parse(input.readNBytes(STATE_OFFSET + Integer.BYTES));
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
