package com.tiredpixel.pgxl.it;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.MatchResult;
import org.junit.jupiter.api.Assumptions;

/**
 * A volume that several machines mount: a directory of the host behind a FUSE mount for each. Their kernel keeps the
 * locks of each mount apart, as the kernels of two machines do.
 */
public final class SharedVolume {
    private final Stage stage;
    private final Path source;

    /** Skips the test where nothing can be mounted so. */
    public SharedVolume(Stage stage, Path source) {
        Assumptions.assumeTrue(Files.exists(Path.of("/dev/fuse")), "no /dev/fuse here");
        Assumptions.assumeTrue(
                Program.run(Duration.ofSeconds(20), List.of("sh", "-c", "command -v bindfs")).code() == 0, "no bindfs here");
        this.stage = stage;
        this.source = source;
    }

    /**
     * @param options of {@code bindfs}
     * @return where it is mounted once more
     */
    public Path mount(String... options) {
        Path mount = stage.newDirectory("mount");
        var command = new ArrayList<>(List.of("bindfs", "-o", "allow_other"));
        command.addAll(List.of(options));
        command.addAll(List.of(source.toString(), mount.toString()));
        run(command.toArray(String[]::new));
        stage.keep(() -> run("umount", "-l", mount.toString()));
        return mount;
    }

    private static void run(String... command) {
        Program.run(Duration.ofSeconds(30), List.of(command)).orFail();
    }

    /**
     * Does what the log of a sandbox asks an operator to do who has made sure that nothing runs there any more.
     *
     * @return whether it asks for something for this node
     */
    public static boolean followWayOut(Sandbox sandbox, Node node) {
        Optional<MatchResult> asked = wayOut(sandbox, node);
        asked.ifPresent(line -> sandbox.exec(
                "postgres", "rm -f " + line.group(1) + " " + line.group(2) + "/" + node.role().program().pidFileName()).orFail());
        return asked.isPresent();
    }

    private static Optional<MatchResult> wayOut(Sandbox sandbox, Node node) {
        return java.util.regex.Pattern.compile(
                        node.subject() + ": BLOCKED: .* then remove (\\S+) and the pid file in (\\S+);")
                .matcher(sandbox.log().text()).results().findFirst();
    }

    /** Waits until the log says that the last owner of a node is silent, and how to go on. */
    public static void awaitWayOut(Sandbox sandbox, Node node) {
        Await.until(Await.LONG, "way out for " + node.subject() + " in the log of " + sandbox.hostname(),
                () -> wayOut(sandbox, node).isPresent());
    }
}
