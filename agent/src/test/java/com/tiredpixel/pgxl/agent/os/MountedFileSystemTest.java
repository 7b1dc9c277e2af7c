package com.tiredpixel.pgxl.agent.os;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MountedFileSystemTest {
    @TempDir
    Path directory;

    @Test
    void aDirectoryOfThisMachineIsFoundWithItsType() throws Exception {
        MountedFileSystem found = MountedFileSystem.of(Path.of("/proc"));
        assertEquals("proc", found.type());
        assertFalse(found.isOfOneKernel());
        assertEquals(MountedFileSystem.of(directory), MountedFileSystem.of(Files.createDirectory(directory.resolve("x"))));
        assertNotEquals(MountedFileSystem.UNKNOWN, MountedFileSystem.of(directory).type());
    }

    @Test
    void theDeviceDecidesAndNotThePath() throws Exception {
        String device = MountedFileSystem.of(directory).device();
        Path mounts = Files.writeString(directory.resolve("mounts"),
                "20 1 0:1 / / rw - ext4 /dev/a rw\n"
                + "21 20 0:2 / " + directory.getParent() + " rw - ext4 /dev/b rw\n"
                + "22 20 " + device + " / /srv rw,relatime shared:1 master:2 - nfs4 host:/x rw,vers=4.2,local_lock=none\n");
        assertEquals(
                new MountedFileSystem("nfs4", device, Set.of("rw", "vers=4.2", "local_lock=none")),
                MountedFileSystem.of(directory, mounts));
    }

    @Test
    void onlyForBtrfsThePathWillDo() throws Exception {
        Path mounts = directory.resolve("mounts");
        Files.writeString(mounts, "20 1 0:1 / / rw - ext4 /dev/a rw\n21 20 0:2 / "
                + directory.toRealPath() + " rw - btrfs /dev/b rw\n");
        assertEquals("btrfs", MountedFileSystem.of(directory.toRealPath(), mounts).type());
        Files.writeString(mounts, "20 1 0:1 / / rw - ext4 /dev/a rw\n");
        assertEquals(MountedFileSystem.UNKNOWN, MountedFileSystem.of(directory, mounts).type());
    }

    @Test
    void whatCannotBeReadIsUnknownAndNotOfOneKernel() throws Exception {
        Path mounts = Files.writeString(directory.resolve("mounts"), "\n - \n1 2 3\n1 2 3 4 5 - x\n- a b c\n");
        assertEquals(MountedFileSystem.UNKNOWN, MountedFileSystem.of(directory, mounts).type());
        assertEquals(MountedFileSystem.UNKNOWN, MountedFileSystem.of(directory.resolve("none")).type());
        assertEquals(MountedFileSystem.UNKNOWN, MountedFileSystem.of(directory, directory.resolve("none")).type());
        assertFalse(new MountedFileSystem(MountedFileSystem.UNKNOWN, "?", Set.of()).isOfOneKernel());
    }

    @Test
    void aDeviceIsWrittenAsTheKernelWritesIt() {
        assertEquals("8:1", MountedFileSystem.device(0x801));
        assertEquals("0:53", MountedFileSystem.device(53));
        assertEquals("0:300", MountedFileSystem.device(0x10002c));
        assertEquals("4096:5", MountedFileSystem.device(0x100000000005L));
    }

    @ParameterizedTest
    @ValueSource(strings = {"ext4", "xfs", "btrfs", "overlay", "tmpfs", "zfs"})
    void onDisksOfOneKernelItsLockIsEnough(String type) {
        assertTrue(new MountedFileSystem(type, "8:1", Set.of()).isOfOneKernel());
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "nfs", "nfs4", "cifs", "smb3", "9p", "virtiofs", "fuse", "fuseblk", "fuse.sshfs", "fuse.bindfs", "fuse.glusterfs",
        "ceph", "lustre", "gfs2", "ocfs2", "afs", "what-comes-next"})
    void whateverElseThereIsMayBeMountedByOthers(String type) {
        assertFalse(new MountedFileSystem(type, "0:53", Set.of()).isOfOneKernel());
    }

    @Test
    void onlyNfsWithoutLocalLocksKeepsThemOnItsServer() {
        assertTrue(new MountedFileSystem("nfs4", "0:53", Set.of("rw", "local_lock=none")).locksOnItsServer());
        assertFalse(new MountedFileSystem("nfs", "0:53", Set.of("nolock", "local_lock=all")).locksOnItsServer());
        assertFalse(new MountedFileSystem("nfs", "0:53", Set.of("local_lock=flock")).locksOnItsServer());
        assertFalse(new MountedFileSystem("fuse.x", "0:53", Set.of("local_lock=none")).locksOnItsServer());
    }
}
