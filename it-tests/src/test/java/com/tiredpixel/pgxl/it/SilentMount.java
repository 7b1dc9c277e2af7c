package com.tiredpixel.pgxl.it;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Assumptions;

/**
 * A file system that falls silent, as NFS does without its server: a directory of the host behind a FUSE mount, whose
 * program is stopped. Whoever asks it for anything hangs until it goes on, or is killed.
 */
public final class SilentMount implements AutoCloseable {
    private static final int SIGSTOP = 19;
    private static final int SIGCONT = 18;

    private final Path directory;
    private final Program program;

    /**
     * Mounts a directory over itself. Skips the test where nothing can be mounted so.
     *
     * @param directory keeps what lies in it
     */
    public SilentMount(Stage stage, Path directory) {
        Assumptions.assumeTrue(Files.exists(Path.of("/dev/fuse")), "no /dev/fuse here");
        Assumptions.assumeTrue(
                Program.run(Duration.ofSeconds(20), List.of("sh", "-c", "command -v bindfs")).code() == 0, "no bindfs here");
        this.directory = directory;
        // Nothing is answered by the kernel alone.
        this.program = Program.start(Path.of("/dev/null"), List.of(
                "bindfs", "-f", "-o", "allow_other,nonempty,attr_timeout=0,entry_timeout=0,negative_timeout=0",
                directory.toString(), directory.toString()));
        stage.keep(this);
        Await.until(Await.LONG, "FUSE mount on " + directory, () -> isMounted() || !program.isRunning());
        if (!program.isRunning()) {
            throw new AssertionError("bindfs ends: " + program.await(Duration.ofSeconds(5)));
        }
    }

    private boolean isMounted() {
        try (var mounts = Files.lines(Path.of("/proc/self/mounts"))) {
            return mounts.anyMatch(line -> line.contains(" " + directory + " fuse"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** From here on it answers nothing. */
    public void fallSilent() {
        Kernel.kill((int) program.pid(), SIGSTOP);
    }

    /** From here on it answers again, also what it was asked meanwhile. */
    public void answer() {
        Kernel.kill((int) program.pid(), SIGCONT);
    }

    @Override
    public void close() {
        if (program.isRunning()) {
            answer();
        }
        Program.run(Duration.ofSeconds(30), List.of("umount", "-l", directory.toString()));
        program.close();
    }
}
