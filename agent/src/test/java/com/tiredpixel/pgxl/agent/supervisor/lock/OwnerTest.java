package com.tiredpixel.pgxl.agent.supervisor.lock;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tiredpixel.pgxl.agent.os.MountedFileSystem;
import com.tiredpixel.pgxl.agent.os.ThisSystem;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class OwnerTest {
    private static final MountedFileSystem FUSE = new MountedFileSystem("fuse.bindfs", "0:53", Set.of());
    private static final MountedFileSystem NFS = new MountedFileSystem("nfs4", "0:60", Set.of("local_lock=none"));
    private static final Owner ASKER = new Owner("b", "two", "boot", "0:53", "pid:[2]", 1);

    @Test
    void aRecordIsReadAsItWasWritten() {
        Owner owner = Owner.of(
                "a", new ThisSystem("one", Optional.of("boot"), Optional.of("pid:[1]"), 7), FUSE);
        assertEquals(Optional.of(owner), Owner.parse(owner.text()));
        assertEquals("one", owner.host());
        assertEquals("0:53", owner.device());
    }

    @Test
    void aRecordThatIsNotWholeIsNone() {
        String text = ASKER.text();
        for (int length = 0; length < text.length(); length++) {
            assertEquals(Optional.empty(), Owner.parse(text.substring(0, length)), "after " + length + " characters");
        }
        assertEquals(Optional.empty(), Owner.parse("pid=1\n"));
        assertEquals(Optional.empty(), Owner.parse("instance=a\npid=99999999999\n"));
        assertEquals(Optional.empty(), Owner.parse("instance=a\npid=-1\n"));
    }

    @Test
    void aHostNameWithALineBreakInItForgesNoOtherLine() {
        Owner owner = Owner.of("a", new ThisSystem("x\npid=1", Optional.empty(), Optional.empty(), 7), FUSE);
        assertEquals(7, Owner.parse(owner.text()).orElseThrow().pid());
    }

    @Test
    void onTheSameKernelThroughTheSameMountFreeLocksProveADeath() {
        assertTrue(new Owner("a", "one", "boot", "0:53", "pid:[1]", 1).isDeadIfItsLocksAreFree(ASKER, FUSE));
    }

    /** The locks of two FUSE mounts of one directory know nothing of each other, on one machine neither. */
    @Test
    void throughAnotherMountTheyProveNothing() {
        assertFalse(new Owner("a", "one", "boot", "0:54", "pid:[1]", 1).isDeadIfItsLocksAreFree(ASKER, FUSE));
    }

    @Test
    void throughAnotherMountOfNfsTheyDoForTheServerKeepsThem() {
        assertTrue(new Owner("a", "one", "boot", "0:54", "pid:[1]", 1).isDeadIfItsLocksAreFree(ASKER, NFS));
    }

    @Test
    void mountsOfWhichNothingIsKnownAreNotTheSame() {
        assertFalse(new Owner("a", "one", "boot", "", "pid:[1]", 1)
                .isDeadIfItsLocksAreFree(new Owner("b", "two", "boot", "", "pid:[2]", 1), FUSE));
    }

    /** A machine that is frozen or cut off loses its locks on the server, and its postmaster goes on afterwards. */
    @Test
    void ofAnotherKernelNothingIsProvenOnNfsNeither() {
        for (MountedFileSystem fileSystem : Set.of(FUSE, NFS)) {
            assertFalse(new Owner("a", "one", "other", "0:53", "pid:[1]", 1).isDeadIfItsLocksAreFree(ASKER, fileSystem));
            assertFalse(new Owner("a", "one", "", "0:53", "pid:[1]", 1)
                    .isDeadIfItsLocksAreFree(new Owner("b", "two", "", "0:53", "pid:[2]", 1), fileSystem));
        }
    }

    @Test
    void theServersOfAnAgentThatWasNotPidOneAreSeenInItsPidNamespaceOnly() {
        assertFalse(new Owner("a", "one", "boot", "0:53", "pid:[1]", 7).isDeadIfItsLocksAreFree(ASKER, FUSE));
        assertTrue(new Owner("a", "one", "boot", "0:53", "pid:[2]", 7).isDeadIfItsLocksAreFree(ASKER, FUSE));
        assertFalse(new Owner("a", "one", "boot", "0:53", "", 7)
                .isDeadIfItsLocksAreFree(new Owner("b", "two", "boot", "0:53", "", 1), FUSE));
    }
}
