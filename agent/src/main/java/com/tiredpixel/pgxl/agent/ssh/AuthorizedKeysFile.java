package com.tiredpixel.pgxl.agent.ssh;

import com.tiredpixel.pgxl.agent.os.BoundedFiles;
import com.tiredpixel.pgxl.agent.os.FileRead;
import com.tiredpixel.pgxl.agent.os.FileStatus;
import com.tiredpixel.pgxl.agent.os.OpenFile;
import com.tiredpixel.pgxl.agent.os.UserDatabase;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * Reads {@code authorized_keys}, if nobody but the user and root could have written it: {@code StrictModes} of
 * sshd_config(5), {@code safe_path} in OpenSSH. A group that is the user's own and nobody else's may write, as in Debian's
 * OpenSSH: the {@code fsGroup} of a pod lets it write the whole volume. Waits for the disk, so it is nothing for the thread
 * of the connections.
 */
final class AuthorizedKeysFile {
    /** Some thousand keys. */
    static final int LONGEST = 1024 * 1024;

    private static final int ROOT = 0;
    private static final int OTHERS_MAY_WRITE = 0002;
    private static final int GROUP_MAY_WRITE = 0020;

    private final SshSettings settings;
    private final UserDatabase users = new UserDatabase();

    AuthorizedKeysFile(SshSettings settings) {
        this.settings = settings;
    }

    /**
     * @return what the file says
     * @throws IOException with a lower-case sentence that names the path: it is not there, cannot be read, is
     *     too long, or might have been written by others
     */
    AuthorizedKeys read() throws IOException {
        OpenFile.Attempt attempt = BoundedFiles.system().open(settings.authorizedKeys());
        if (attempt instanceof OpenFile.Attempt.Refused refused) {
            throw new IOException(refused.why().problem(settings.authorizedKeys()));
        }
        try (OpenFile file = ((OpenFile.Attempt.Opened) attempt).file()) {
            checkModes(file);
            FileRead read = file.readAll(LONGEST);
            if (read instanceof FileRead.Content all) {
                return new AuthorizedKeys(new String(all.bytes(), StandardCharsets.UTF_8));
            }
            throw new IOException(read.problem(settings.authorizedKeys()));
        }
    }

    /** Of the very file that is read; whoever may write a directory may replace what is in it, so the way up to home counts. */
    private void checkModes(OpenFile file) throws IOException {
        UserDatabase.User user = users.user(settings.user())
                .orElseThrow(() -> new IOException("there is no user " + settings.user() + " in /etc/passwd"));
        FileStatus status = file.statusAtFirst();
        Path real = file.path();
        check(real, status.uid(), status.gid(), status.mode(), user);
        Path home = settings.home().toRealPath();
        for (Path path = real.equals(home) ? null : real.getParent(); path != null; path = path.getParent()) {
            Map<String, Object> seen = Files.readAttributes(path, "unix:uid,gid,mode");
            check(path, (Integer) seen.get("uid"), (Integer) seen.get("gid"), (Integer) seen.get("mode"), user);
            if (path.equals(home)) {
                return;
            }
        }
    }

    private void check(Path path, int owner, int group, int mode, UserDatabase.User user) throws IOException {
        if (owner != user.uid() && owner != ROOT) {
            String name = users.user(owner).map(UserDatabase.User::name).orElse("uid " + Integer.toUnsignedString(owner));
            throw new IOException(path + " is owned by " + name + ", not by " + settings.user() + " or root");
        }
        boolean byGroup = (mode & GROUP_MAY_WRITE) != 0 && !(group == user.gid() && users.hasGroupAlone(user));
        if ((mode & OTHERS_MAY_WRITE) != 0 || byGroup) {
            throw new IOException(path + " may be written by others than its owner");
        }
    }
}
