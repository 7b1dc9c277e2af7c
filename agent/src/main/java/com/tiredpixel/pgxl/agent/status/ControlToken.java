package com.tiredpixel.pgxl.agent.status;

import com.tiredpixel.pgxl.agent.log.EventLog;
import com.tiredpixel.pgxl.agent.node.FileContent;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Optional;
import java.util.Set;

/**
 * The proof that whoever steers may: the content of a file that only the user of the servers, and root, can
 * read. It is kept, as host keys are, so that two containers that meet on one volume agree on it.
 */
final class ControlToken {
    private static final int BYTES = 32;

    private final Optional<String> token;

    private ControlToken(Optional<String> token) {
        this.token = token;
    }

    /** Reads the token, or makes one. Without one nobody may steer, and the log says so. */
    static ControlToken open(Path file, EventLog log) {
        try {
            Optional<String> kept = read(file);
            return new ControlToken(Optional.of(kept.isPresent() ? kept.get() : make(file)));
        } catch (IOException | UnsupportedOperationException e) {
            log.error("agent", "pgxl can show but not steer, for its token cannot be kept in " + file + ": " + e);
            return new ControlToken(Optional.empty());
        }
    }

    /** @return whether it is the token; takes as long whatever is given */
    boolean matches(String given) {
        return token.isPresent() && MessageDigest.isEqual(
                token.get().getBytes(StandardCharsets.US_ASCII), given.getBytes(StandardCharsets.UTF_8));
    }

    /** A file that others could read or write has lost its worth. */
    private static Optional<String> read(Path file) throws IOException {
        if (!(FileContent.read(file, 2 * BYTES + 2) instanceof FileContent.Content content)) {
            return Optional.empty();
        }
        String text = content.text().strip();
        boolean ours = PosixFilePermissions.toString(Files.getPosixFilePermissions(file)).endsWith("------");
        return ours && text.matches("[0-9a-f]{" + 2 * BYTES + "}") ? Optional.of(text) : Optional.empty();
    }

    private static String make(Path file) throws IOException {
        Files.createDirectories(file.getParent());
        byte[] random = new byte[BYTES];
        new SecureRandom().nextBytes(random);
        String text = HexFormat.of().formatHex(random);
        Path draft = file.resolveSibling(file.getFileName() + ".new");
        Files.deleteIfExists(draft);
        try (var channel = Files.newByteChannel(
                draft,
                Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")))) {
            channel.write(java.nio.ByteBuffer.wrap((text + "\n").getBytes(StandardCharsets.US_ASCII)));
        }
        Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        return text;
    }
}
