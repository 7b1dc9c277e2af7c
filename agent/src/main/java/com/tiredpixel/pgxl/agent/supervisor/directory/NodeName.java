package com.tiredpixel.pgxl.agent.supervisor.directory;

import com.tiredpixel.pgxl.agent.node.PidFile;
import com.tiredpixel.pgxl.agent.node.Program;
import com.tiredpixel.pgxl.agent.node.Role;
import java.nio.file.Path;

/** Which node it is: its directory, and what that is at present, since it may be made anew as something else. */
public final class NodeName {
    private final DirectoryContext context;
    private final Path directory;
    private Role role;

    /** @param role what it is as far as is known */
    public NodeName(DirectoryContext context, Path directory, Role role) {
        this.context = context;
        this.directory = directory;
        this.role = role;
    }

    /** Its data directory. */
    public Path directory() {
        return directory;
    }

    /** What it is at present. */
    public Role role() {
        return role;
    }

    /** Which program serves it. */
    public Program program() {
        return role.program();
    }

    /** Its directory has been seen to be this. */
    public void isNow(Role seen) {
        role = seen;
    }

    /** How the log names it. */
    public String subject() {
        return role.label() + " " + context.display(directory);
    }

    /** For the log, if its directory is gone. */
    public String gone() {
        return directory + " has been removed or emptied";
    }

    /** Its pid file, as it is now. */
    public PidFile pidFile() {
        return PidFile.read(directory, role.program());
    }
}
