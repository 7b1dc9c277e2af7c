package com.tiredpixel.pgxl.agent.ssh;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.UserPrincipal;

/**
 * Reads {@code authorized_keys}, if nobody but the user and root could have written it: {@code StrictModes} of
 * sshd_config(5), {@code safe_path} in OpenSSH.
 */
final class AuthorizedKeysFile {
    /** Some thousand keys. */
    static final int LONGEST = 1024 * 1024;

    private final SshSettings settings;

    AuthorizedKeysFile(SshSettings settings) {
        this.settings = settings;
    }

    /**
     * @return what the file says
     * @throws IOException with a lower-case sentence that names the path: it is not there, cannot be read, is
     *     too long, or might have been written by others
     */
    AuthorizedKeys read() throws IOException {
        Path path = settings.authorizedKeys();
        Path real = resolve(path);
        if (settings.strictModes()) {
            checkModes(real);
        }
        try (InputStream in = Files.newInputStream(real)) {
            byte[] content = in.readNBytes(LONGEST + 1);
            if (content.length > LONGEST) {
                throw new IOException(path + " is longer than " + LONGEST + " bytes");
            }
            return new AuthorizedKeys(new String(content, StandardCharsets.UTF_8));
        }
    }

    private static Path resolve(Path path) throws IOException {
        try {
            return path.toRealPath();
        } catch (NoSuchFileException e) {
            throw new IOException(path + " does not exist", e);
        } catch (IOException e) {
            throw new IOException("cannot read " + path + ": " + e.getMessage(), e);
        }
    }

    private void checkModes(Path file) throws IOException {
        var lookup = file.getFileSystem().getUserPrincipalLookupService();
        UserPrincipal user = lookup.lookupPrincipalByName(settings.user());
        UserPrincipal root = lookup.lookupPrincipalByName("0");
        Path home = settings.home().toRealPath();
        if (!Files.isRegularFile(file)) {
            throw new IOException(file + " is not a regular file");
        }
        // Whoever may write a directory may replace what is in it, so the way up to the home directory counts.
        for (Path path = file; path != null; path = path.getParent()) {
            checkMode(path, user, root);
            if (path.equals(home)) {
                return;
            }
        }
    }

    private static void checkMode(Path path, UserPrincipal user, UserPrincipal root) throws IOException {
        PosixFileAttributes attributes =
                Files.getFileAttributeView(path, PosixFileAttributeView.class).readAttributes();
        if (!attributes.owner().equals(user) && !attributes.owner().equals(root)) {
            throw new IOException(path + " is owned by " + attributes.owner().getName() + ", not by "
                    + user.getName() + " or root");
        }
        if (attributes.permissions().contains(PosixFilePermission.GROUP_WRITE)
                || attributes.permissions().contains(PosixFilePermission.OTHERS_WRITE)) {
            throw new IOException(path + " may be written by others than its owner");
        }
    }
}
