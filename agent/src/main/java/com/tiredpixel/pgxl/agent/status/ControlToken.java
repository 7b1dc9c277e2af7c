package com.tiredpixel.pgxl.agent.status;

import com.tiredpixel.pgxl.agent.base.EventLog;
import com.tiredpixel.pgxl.agent.node.FileContent;
import com.tiredpixel.pgxl.agent.os.NewFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Optional;
import java.util.UUID;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * The secret by which {@code pgxl} and the agent know each other: the content of a file that only the user of the
 * servers, and root, can read. It is kept, as host keys are, so that two containers that meet on one volume agree on it.
 * Neither ever says it: each proves that it has it by what the other has just made up, for the address and port at which
 * they meet, so that nobody in between can pass on a proof of one agent as that of another.
 */
final class ControlToken {
    private static final int BYTES = 32;
    private static final int NONCE_BYTES = 16;
    private static final int TRIES = 3;

    private final SecureRandom random = new SecureRandom();
    private final Optional<byte[]> key;

    private ControlToken(Optional<byte[]> key) {
        this.key = key;
    }

    /** Reads the token, or makes one. Without one nobody may steer, and the log says so. */
    static ControlToken open(Path file, EventLog log) {
        try {
            for (int i = 0; i < TRIES; i++) {
                Optional<byte[]> kept = read(file, log);
                if (kept.isPresent()) {
                    return new ControlToken(kept);
                }
                make(file, log);
            }
            throw new IOException("it is no token, however often it is made");
        } catch (IOException | UnsupportedOperationException e) {
            log.error("agent", "pgxl can show but not steer: its token cannot be kept in " + file + ": " + e);
            return new ControlToken(Optional.empty());
        }
    }

    /** @return what nobody could foresee, in hexadecimal digits */
    String nonce() {
        byte[] nonce = new byte[NONCE_BYTES];
        random.nextBytes(nonce);
        return HexFormat.of().formatHex(nonce);
    }

    /**
     * @param reached the address and port at which the agent was asked
     * @param nonces the client's and the agent's, with a line break between them
     * @return what only the agent can answer; empty if there is no token
     */
    Optional<String> proofOfAgent(String reached, String nonces) {
        return key.map(bytes -> HexFormat.of().formatHex(mac(bytes, "agent", reached, nonces, new byte[0])));
    }

    /** @return whether the proof is that of somebody who has the token, for these words; takes as long whatever is given */
    boolean isOrder(String reached, String nonces, byte[] words, String proof) {
        return key.isPresent() && MessageDigest.isEqual(
                HexFormat.of().formatHex(mac(key.get(), "order", reached, nonces, words)).getBytes(StandardCharsets.US_ASCII),
                proof.getBytes(StandardCharsets.UTF_8));
    }

    private static byte[] mac(byte[] key, String who, String reached, String nonces, byte[] words) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
            mac.update((who + "\n" + reached + "\n" + nonces + "\n").getBytes(StandardCharsets.US_ASCII));
            return mac.doFinal(words);
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /** A file that others could read or write has lost its worth. */
    private static Optional<byte[]> read(Path file, EventLog log) throws IOException {
        FileContent read = FileContent.readUnlinked(file, 2 * BYTES + 2);
        if (read instanceof FileContent.Unreadable unreadable) {
            log.warn("agent", unreadable.reason() + ": the token of pgxl is made anew");
        }
        if (!(read instanceof FileContent.Content content)) {
            return Optional.empty();
        }
        String text = content.text().strip();
        boolean ours = PosixFilePermissions.toString(Files.getPosixFilePermissions(file)).endsWith("------");
        return ours && text.matches("[0-9a-f]{" + 2 * BYTES + "}")
                ? Optional.of(HexFormat.of().parseHex(text))
                : Optional.empty();
    }

    /** By a link, so that of two agents that begin on one volume the second takes the first one's. */
    private static void make(Path file, EventLog log) throws IOException {
        Files.createDirectories(file.getParent());
        byte[] bytes = new byte[BYTES];
        new SecureRandom().nextBytes(bytes);
        Path draft = file.resolveSibling("." + file.getFileName() + "." + UUID.randomUUID());
        try {
            NewFile.write(draft, (HexFormat.of().formatHex(bytes) + "\n").getBytes(StandardCharsets.US_ASCII));
            if (Files.exists(file, LinkOption.NOFOLLOW_LINKS) && read(file, log).isEmpty()) {
                Files.deleteIfExists(file);
            }
            try {
                Files.createLink(file, draft);
            } catch (FileSystemException | UnsupportedOperationException noLinksThere) {
                Files.move(draft, file);
            }
        } catch (FileAlreadyExistsException another) {
            return;
        } finally {
            Files.deleteIfExists(draft);
        }
    }
}
