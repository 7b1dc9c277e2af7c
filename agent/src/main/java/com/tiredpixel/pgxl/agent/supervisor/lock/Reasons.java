package com.tiredpixel.pgxl.agent.supervisor.lock;

import com.tiredpixel.pgxl.agent.os.DirectoryLocks.Attempt;
import com.tiredpixel.pgxl.agent.os.MountedFileSystem;
import java.io.IOException;
import java.nio.file.Path;

/** Why a data directory cannot be had, and the way out, in the words that the operator reads. */
final class Reasons {
    private static final String ONE_MACHINE =
            "PGXL_DIRECTORY_LOCK=local, if no other machine mounts this volume";

    private Reasons() {
    }

    static String held(Path directory) {
        return "a server in another container holds the lock of " + directory;
    }

    static String alive(String host, Path directory) {
        return "a server in another container, whose agent runs on host " + host + " and shows that it lives, has "
                + directory;
    }

    static String watched(String who, Path directory) {
        return who + ", in another container, has " + directory + "; whether it lives is watched for "
                + SignsOfLife.PATIENCE.toSeconds() + " s";
    }

    static String silent(String who, Path directory, Path record, MountedFileSystem fileSystem) {
        return who + " had " + directory + " last, did not let go of it, and gives no sign of life; on "
                + fileSystem.type() + " its server may run on another machine, so nothing is started and no pid file is"
                + " called stale: make sure that no server runs there any more, then remove " + record
                + " and the pid file in " + directory + "; or set " + ONE_MACHINE;
    }

    static String unseenServer(Path directory, MountedFileSystem fileSystem) {
        return "there is a pid file in " + directory + ", and nobody knows whose: on " + fileSystem.type()
                + " its server may run on another machine, so nothing is started and the file is not called stale:"
                + " make sure that no server runs there, then remove the file; or set " + ONE_MACHINE;
    }

    static String noPlace(Path directory, MountedFileSystem fileSystem) {
        return directory + " is a mount point, so there is no place beside it for the record of its owner, which a volume"
                + " on " + fileSystem.type() + " needs: mount the volume one folder higher, or set " + ONE_MACHINE;
    }

    static String noRecord(Path folder, MountedFileSystem fileSystem, IOException e) {
        return "the record of the owner, which a volume on " + fileSystem.type() + " needs, cannot be kept in " + folder
                + ": " + e + "; make the folder writable, or set " + ONE_MACHINE;
    }

    static String cannotLock(Attempt.Failed failed, MountedFileSystem fileSystem) {
        return failed.reason() + "; nothing is started without a lock: " + switch (failed.obstacle()) {
            case NO_LOCKS -> "mount " + fileSystem.type() + " so that it keeps locks (NFS: without nolock), or set"
                    + " PGXL_DIRECTORY_LOCK=off, if no other container uses this volume";
            case NO_ROOM -> "the agent goes on trying; raise the limit of open files or memory if it lasts";
            case NO_ACCESS -> "give the directory to the user of the servers, and let it be read";
        };
    }
}
