package com.tiredpixel.pgxl.agent.supervisor.lock;

import com.tiredpixel.pgxl.agent.log.VisibleText;
import com.tiredpixel.pgxl.agent.os.MountedFileSystem;
import com.tiredpixel.pgxl.agent.os.ThisSystem;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * An agent that has a data directory, as its record names it.
 *
 * @param instance no two agents have the same, nor two starts of one
 * @param host name of its container or machine, for people: two may have the same
 * @param boot the boot of the kernel that it runs on; empty if it does not know
 * @param device number of the mounted file system through which it sees the directory
 * @param pidNamespace in which its servers run; empty if it does not know
 * @param pid of the agent in it; with pid 1 every server of it dies
 */
record Owner(String instance, String host, String boot, String device, String pidNamespace, int pid) {

    /** @param system which runs this agent */
    static Owner of(String instance, ThisSystem system, MountedFileSystem fileSystem) {
        return new Owner(
                instance, VisibleText.of(system.host()), system.boot().orElse(""), fileSystem.device(),
                system.pidNamespace().orElse(""), system.pid());
    }

    /** @return the record, or empty if the text is not the whole of one */
    static Optional<Owner> parse(String text) {
        Map<String, String> values = new HashMap<>();
        text.lines().forEach(line -> {
            int equals = line.indexOf('=');
            if (equals > 0) {
                values.put(line.substring(0, equals), line.substring(equals + 1));
            }
        });
        String pid = values.getOrDefault("pid", "");
        if (!text.endsWith("\n") || values.getOrDefault("instance", "").isEmpty() || !pid.matches("[0-9]{1,9}")) {
            return Optional.empty();
        }
        return Optional.of(new Owner(
                values.get("instance"),
                VisibleText.of(values.getOrDefault("host", "?")),
                values.getOrDefault("boot", ""),
                values.getOrDefault("device", ""),
                values.getOrDefault("pidns", ""),
                Integer.parseInt(pid)));
    }

    /** The last line is the last that {@link #parse} needs. */
    String text() {
        return "instance=" + instance + "\nhost=" + host + "\nboot=" + boot + "\ndevice=" + device
                + "\npidns=" + pidNamespace + "\npid=" + pid + "\n";
    }

    /**
     * Whether free locks prove that this owner is dead, and its servers too. The kernel keeps a lock for as long as its
     * owner lives, frozen or not. It has to be the same kernel, and the lock has to be seen through the same mounted file
     * system, whose number is given to no other while somebody uses it; or through any, where the lock is kept by a
     * server: while this kernel runs it keeps its locks there. Servers die with pid 1 of their namespace; those of an
     * agent that was not pid 1 may live on, and are seen in the same namespace only.
     *
     * @param asker who holds both locks now
     * @param fileSystem through which he holds them
     */
    boolean isDeadIfItsLocksAreFree(Owner asker, MountedFileSystem fileSystem) {
        boolean sameKernel = !boot.isEmpty() && boot.equals(asker.boot);
        boolean sameMount = !device.isEmpty() && device.equals(asker.device);
        boolean sameLocks = sameMount || fileSystem.locksOnItsServer();
        boolean serversDied = pid == 1 || !pidNamespace.isEmpty() && pidNamespace.equals(asker.pidNamespace);
        return sameKernel && sameLocks && serversDied;
    }
}
