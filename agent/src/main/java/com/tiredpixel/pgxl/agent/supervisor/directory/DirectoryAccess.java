package com.tiredpixel.pgxl.agent.supervisor.directory;

import com.tiredpixel.pgxl.agent.node.FileContent;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Who may enter a data directory. A postmaster does not start where others may, or where the directory is not its own
 * ({@code checkDataDir}); and where Kubernetes mounts a volume with an {@code fsGroup}, each mount opens it to a group
 * again. So its owner closes it before a start, as the official image of PostgreSQL does.
 */
final class DirectoryAccess {
    private static final int GROUP_AND_OTHERS = 0077;
    /** Since version 11 the group may look. */
    private static final int GROUP_WRITES_AND_OTHERS = 0027;
    private static final int FIRST_WITH_GROUP_ACCESS = 11;

    private final DirectoryContext context;
    private final NodeName name;
    private final Path directory;

    DirectoryAccess(DirectoryContext context, NodeName name) {
        this.context = context;
        this.name = name;
        this.directory = name.directory();
    }

    /**
     * Closes the directory if need be.
     *
     * @return what stands in the way of a start, if anything does
     */
    Optional<String> close() {
        try {
            int owner = attribute("uid");
            OptionalInt user = user();
            if (user.isPresent() && owner != user.getAsInt()) {
                return Optional.of(directory + " belongs to uid " + owner + ", and a postmaster of uid " + user.getAsInt()
                        + " does not start there: chown -R it, or mount the volume so that it belongs to that user");
            }
            int mode = mode();
            int refused = refused();
            if ((mode & refused) == 0) {
                return Optional.empty();
            }
            Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString(text(mode & 0777 & ~refused)));
            int closed = mode();
            if ((closed & refused) != 0) {
                return Optional.of(directory + " has mode " + octal(closed) + ", a postmaster does not start there, and the"
                        + " file system lets nobody change that: mount it with another mode, such as dir_mode=0700");
            }
            context.log().info(name.subject(), "closed " + directory + " to others, because a postmaster does not start in one"
                    + " that they may enter: its mode was " + octal(mode) + " and is " + octal(closed));
            return Optional.empty();
        } catch (IOException e) {
            return Optional.of(directory + " is open to others, so a postmaster does not start there, and cannot be closed: "
                    + e + "; chmod 700 it");
        }
    }

    /** The server will run as the agent does. */
    private OptionalInt user() {
        return context.processes().find(context.agentPid()).stream().mapToInt(view -> view.uid()).findFirst();
    }

    private int mode() throws IOException {
        return attribute("mode") & 07777;
    }

    private int attribute(String which) throws IOException {
        Map<String, Object> attributes = Files.readAttributes(directory, "unix:" + which, LinkOption.NOFOLLOW_LINKS);
        return ((Number) attributes.get(which)).intValue();
    }

    private int refused() {
        return majorVersion() >= FIRST_WITH_GROUP_ACCESS ? GROUP_WRITES_AND_OTHERS : GROUP_AND_OTHERS;
    }

    /** Of the files, which is that of the server; Postgres-XL is 10, or 9.5, of which 9 is said. */
    private int majorVersion() {
        return FileContent.read(directory.resolve("PG_VERSION"), FileContent.SMALL) instanceof FileContent.Content content
                && content.text().strip().matches("[0-9]{1,3}")
                ? Integer.parseInt(content.text().strip())
                : 0;
    }

    private static String octal(int mode) {
        return String.format(Locale.ROOT, "%04o", mode);
    }

    private static String text(int permissions) {
        StringBuilder text = new StringBuilder("rwxrwxrwx");
        for (int bit = 0; bit < 9; bit++) {
            if ((permissions & 0400 >> bit) == 0) {
                text.setCharAt(bit, '-');
            }
        }
        return text.toString();
    }
}
