package com.tiredpixel.pgxl.agent.supervisor.lock;

import com.tiredpixel.pgxl.agent.node.FileContent;
import com.tiredpixel.pgxl.agent.os.BoundedFiles;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * The record of a data directory's owner, in a hidden folder beside it: {@code data/.dn1.pgxl-lock} for
 * {@code data/dn1}. There every machine finds it that finds the directory, wherever it has mounted the volume. In the
 * directory itself a base backup would copy it.
 *
 * <p>{@code owner} names the owner and never changes; to make it is to become the owner. {@code beat-INSTANCE} is
 * written by that instance only, so one that wakes up too late spoils nothing. {@code lock} is there to be locked.
 */
final class OwnerFiles {
    /** Each instance of an agent leaves two at most. */
    private static final int MOST_ENTRIES = 10_000;
    private static final int RECORD = 4096;

    private final Path folder;

    OwnerFiles(Path directory) {
        this.folder = directory.resolveSibling("." + directory.getFileName() + ".pgxl-lock");
    }

    /** What the record says. */
    sealed interface Record {
    }

    record None() implements Record {
    }

    record Names(Owner owner) implements Record {
    }

    record Illegible(String reason) implements Record {
    }

    Path folder() {
        return folder;
    }

    Path record() {
        return folder.resolve("owner");
    }

    Path lock() {
        return folder.resolve("lock");
    }

    private Path beat(String instance) {
        return folder.resolve("beat-" + instance);
    }

    /** Makes what is missing, but no record. */
    void make() throws IOException {
        if (!Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
            try {
                Files.createDirectory(folder,
                        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            } catch (FileAlreadyExistsException e) {
                if (!Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
                    throw e;
                }
            }
        }
        if (!Files.exists(lock(), LinkOption.NOFOLLOW_LINKS)) {
            try {
                write(lock(), "", StandardOpenOption.CREATE_NEW);
            } catch (FileAlreadyExistsException another) {
                // Whoever made it.
            }
        }
    }

    Record read() {
        FileContent content = FileContent.read(record(), RECORD);
        if (content instanceof FileContent.Content text) {
            return Owner.parse(text.text()).<Record>map(Names::new)
                    .orElseGet(() -> new Illegible(record() + " is incomplete"));
        }
        return content instanceof FileContent.Unreadable unreadable
                ? new Illegible(unreadable.reason())
                : new None();
    }

    /**
     * Makes the record. Of two that try at the same moment one succeeds, as with PostgreSQL's pid file ({@code O_EXCL}).
     *
     * @return whether it was made; false if there is one
     */
    boolean create(Owner owner) throws IOException {
        try {
            write(record(), owner.text(), StandardOpenOption.CREATE_NEW);
            return true;
        } catch (FileAlreadyExistsException another) {
            return false;
        }
    }

    /** Puts another record in the place of a dead owner's. The caller holds the locks. */
    void replace(Owner owner) throws IOException {
        Path draft = folder.resolve("draft-" + owner.instance());
        Files.deleteIfExists(draft);
        write(draft, owner.text(), StandardOpenOption.CREATE_NEW);
        Files.move(draft, record(), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    void removeRecord() throws IOException {
        Files.deleteIfExists(record());
    }

    /** @return what this instance wrote last; empty if it cannot be read */
    String readBeat(String instance) {
        return FileContent.read(beat(instance), RECORD) instanceof FileContent.Content text ? text.text() : "";
    }

    /** Always the same length, over what is there: that needs no room on a full disk. */
    void writeBeat(String instance, long number) throws IOException {
        write(beat(instance), String.format(Locale.ROOT, "%019d%n", number), StandardOpenOption.CREATE);
    }

    /** Removes the numbers of all instances but one, or of all. */
    void sweepBeats(Optional<String> kept) throws IOException {
        for (Path beat : BoundedFiles.system().entries(folder, MOST_ENTRIES)) {
            String name = beat.getFileName().toString();
            if ((name.startsWith("beat-") || name.startsWith("draft-"))
                    && kept.filter(instance -> beat.equals(beat(instance))).isEmpty()) {
                Files.deleteIfExists(beat);
            }
        }
    }

    /** Removes the folder with all that is in it: the data directory is no more. */
    void removeAll() throws IOException {
        sweepBeats(Optional.empty());
        removeRecord();
        Files.deleteIfExists(lock());
        Files.deleteIfExists(folder);
    }

    /** @param how {@code CREATE_NEW}: then it is on the disk when this returns, or not there; or {@code CREATE} */
    private static void write(Path file, String text, OpenOption how) throws IOException {
        Set<OpenOption> options = Set.of(how, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);
        var mode = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
        try (FileChannel channel = FileChannel.open(file, options, mode)) {
            try {
                ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
                while (bytes.hasRemaining()) {
                    channel.write(bytes);
                }
                if (how == StandardOpenOption.CREATE_NEW) {
                    channel.force(true);
                }
            } catch (IOException e) {
                if (how == StandardOpenOption.CREATE_NEW) {
                    Files.deleteIfExists(file);
                }
                throw e;
            }
        }
    }
}
