package com.tiredpixel.pgxl.agent;

import com.tiredpixel.pgxl.agent.base.EventLog;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/**
 * Keeps {@code init.sh} of the image reachable in the home directory: a volume that an older image filled has
 * an old one there, or none.
 */
final class InitScript {
    /** Where the image has it; elsewhere there is nothing to do. */
    static final Path OF_THE_IMAGE = Path.of("/usr/local/lib/pgxl/init.sh");

    private final Path script;
    private final Path link;
    private final EventLog log;

    InitScript(Path script, Path home, EventLog log) {
        this.script = script;
        this.link = home.resolve("init.sh");
        this.log = log;
    }

    /** Makes the link; an older script is kept beside it as {@code init.sh.old}. A failure is only told. */
    void link() {
        if (!Files.isRegularFile(script)) {
            return;
        }
        try {
            if (Files.isSymbolicLink(link)) {
                if (Files.readSymbolicLink(link).equals(script)) {
                    return;
                }
                Files.delete(link);
            } else if (Files.exists(link, LinkOption.NOFOLLOW_LINKS)) {
                Files.move(link, link.resolveSibling("init.sh.old"), StandardCopyOption.REPLACE_EXISTING);
            }
            Files.createSymbolicLink(link, script);
            log.info("agent", link + " leads to " + script);
        } catch (IOException e) {
            log.warn("agent", "cannot make " + link + " lead to " + script + ": " + e);
        }
    }
}
