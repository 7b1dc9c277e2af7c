package com.tiredpixel.pgxl.agent.ssh;

import com.tiredpixel.pgxl.agent.os.BoundedFiles;
import com.tiredpixel.pgxl.agent.os.FileRead;
import com.tiredpixel.pgxl.agent.os.NewFile;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.util.Arrays;
import java.util.Iterator;
import java.util.Set;
import java.util.UUID;
import org.apache.sshd.common.NamedResource;
import org.apache.sshd.common.config.keys.FilePasswordProvider;
import org.apache.sshd.common.config.keys.loader.openssh.OpenSSHKeyPairResourceParser;
import org.apache.sshd.common.config.keys.writer.openssh.OpenSSHKeyPairResourceWriter;

/** One private key in a file, in the format of {@code ssh-keygen}. Written once, never over another. */
final class HostKeyFile {
    private static final Set<PosixFilePermission> OWNER_ONLY = PosixFilePermissions.fromString("rw-------");
    private static final Set<PosixFilePermission> OF_OTHERS = PosixFilePermissions.fromString("---rwxrwx");
    /** An RSA key of 16384 bits takes 13 KB. */
    private static final int LONGEST = 64 * 1024;

    private final Path path;

    HostKeyFile(Path path) {
        this.path = path;
    }

    boolean exists() {
        return Files.exists(path);
    }

    /**
     * @throws IOException if the file cannot be read
     * @throws GeneralSecurityException if there is no whole, unencrypted key in it
     */
    KeyPair read() throws IOException, GeneralSecurityException {
        FileRead read = BoundedFiles.system().read(path, LONGEST);
        if (!(read instanceof FileRead.Content all)) {
            throw new GeneralSecurityException(read.problem("it"));
        }
        byte[] content = all.bytes();
        try {
            return parse(content);
        } finally {
            Arrays.fill(content, (byte) 0);
        }
    }

    private KeyPair parse(byte[] content) throws GeneralSecurityException {
        Iterator<KeyPair> pairs;
        try {
            var loaded = OpenSSHKeyPairResourceParser.INSTANCE.loadKeyPairs(
                    null,
                    NamedResource.ofName(path.toString()),
                    FilePasswordProvider.EMPTY,
                    new ByteArrayInputStream(content));
            pairs = loaded == null ? Set.<KeyPair>of().iterator() : loaded.iterator();
        } catch (IOException | RuntimeException e) {
            throw new GeneralSecurityException("it is not a whole key", e);
        }
        if (!pairs.hasNext()) {
            throw new GeneralSecurityException("there is no key in it");
        }
        return pairs.next();
    }

    /**
     * Stores a key unless another process was quicker: a hard link, unlike a rename, fails where a file is.
     *
     * @return whether this very key is now in the file
     */
    boolean writeOnce(KeyPair pair) throws IOException, GeneralSecurityException {
        Path directory = path.getParent();
        Path draft = directory.resolve("." + path.getFileName() + "." + UUID.randomUUID());
        try {
            writeDurably(draft, pair);
            try {
                Files.createLink(path, draft);
            } catch (FileAlreadyExistsException e) {
                return false;
            } catch (UnsupportedOperationException | IOException e) {
                // Some network file systems have no hard links.
                if (exists()) {
                    return false;
                }
                Files.move(draft, path, StandardCopyOption.ATOMIC_MOVE);
            }
            BoundedFiles.system().syncDirectory(directory);
            return true;
        } finally {
            Files.deleteIfExists(draft);
        }
    }

    private static void writeDurably(Path draft, KeyPair pair) throws IOException, GeneralSecurityException {
        var content = new ByteArrayOutputStream();
        OpenSSHKeyPairResourceWriter.INSTANCE.writePrivateKey(pair, "pgxl-agent", null, content);
        byte[] bytes = content.toByteArray();
        try {
            NewFile.write(draft, bytes);
        } finally {
            Arrays.fill(bytes, (byte) 0);
        }
    }

    /** @return whether others could read the key and no longer can */
    boolean tighten() throws IOException {
        Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(path);
        if (permissions.stream().noneMatch(OF_OTHERS::contains)) {
            return false;
        }
        Files.setPosixFilePermissions(path, OWNER_ONLY);
        return true;
    }

    @Override
    public String toString() {
        return path.toString();
    }
}
