package com.tiredpixel.pgxl.agent.ssh;

import com.tiredpixel.pgxl.agent.os.BoundedFiles;
import com.tiredpixel.pgxl.agent.os.FileRead;
import com.tiredpixel.pgxl.agent.os.NewFile;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
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
import org.apache.sshd.common.config.keys.loader.KeyPairResourceLoader;
import org.apache.sshd.common.config.keys.loader.openssh.OpenSSHKeyPairResourceParser;
import org.apache.sshd.common.config.keys.loader.pem.PEMResourceParserUtils;
import org.apache.sshd.common.config.keys.writer.openssh.OpenSSHKeyPairResourceWriter;

/**
 * One private key in a file, written once and never over another: in the format of {@code ssh-keygen}. Keys that an
 * operator brings are read in PEM (PKCS#1, SEC 1) and PKCS#8 too.
 */
final class HostKeyFile {
    private static final Set<PosixFilePermission> OWNER_ONLY = PosixFilePermissions.fromString("rw-------");
    private static final String OF_SSH_KEYGEN = "-----BEGIN OPENSSH PRIVATE KEY-----";
    private static final int HEADER = 100;
    private static final Set<PosixFilePermission> OF_OTHERS = PosixFilePermissions.fromString("---rwxrwx");
    /** An RSA key of 16384 bits takes 13 KB. */
    private static final int LONGEST = 64 * 1024;

    private final Path path;

    HostKeyFile(Path path) {
        this.path = path;
    }

    /** Be it a link to nothing: such a file is not made either. */
    boolean exists() {
        return BoundedFiles.system().isThere(path);
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
        // Of the first lines only: a string with the key in it could not be wiped out.
        String text = new String(content, 0, Math.min(content.length, HEADER), StandardCharsets.ISO_8859_1);
        if (text.contains("ENCRYPTED")) {
            throw new GeneralSecurityException("it has a passphrase, which nobody could enter at a start");
        }
        KeyPairResourceLoader loader = text.contains(OF_SSH_KEYGEN)
                ? OpenSSHKeyPairResourceParser.INSTANCE
                : PEMResourceParserUtils.PROXY;
        Iterator<KeyPair> pairs;
        try {
            var loaded = loader.loadKeyPairs(
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

    /** @return whether others than the owner may read the key */
    boolean isOpen() throws IOException {
        return Files.getPosixFilePermissions(path).stream().anyMatch(OF_OTHERS::contains);
    }

    /** @throws IOException if it cannot be: it belongs to another, or the file system can only be read */
    void close() throws IOException {
        Files.setPosixFilePermissions(path, OWNER_ONLY);
    }

    @Override
    public String toString() {
        return path.toString();
    }
}
