package com.tiredpixel.pgxl.agent.supervisor;

import com.tiredpixel.pgxl.agent.node.PidFile;
import com.tiredpixel.pgxl.agent.node.Program;
import com.tiredpixel.pgxl.agent.node.Role;
import java.nio.file.Path;

/** Which node it is: its directory, and what that is at present, since it may be made anew as something else. */
final class NodeName {
    private final SupervisorContext context;
    private final Path directory;
    private Role role;

    NodeName(SupervisorContext context, Path directory, Role role) {
        this.context = context;
        this.directory = directory;
        this.role = role;
    }

    Path directory() {
        return directory;
    }

    Role role() {
        return role;
    }

    Program program() {
        return role.program();
    }

    void isNow(Role seen) {
        role = seen;
    }

    /** How the log names it. */
    String subject() {
        return role.label() + " " + context.display(directory);
    }

    /** For the log, if its directory is gone. */
    String gone() {
        return directory + " has been removed or emptied";
    }

    /** Its pid file, as it is now. */
    PidFile pidFile() {
        return PidFile.read(directory, role.program());
    }
}
