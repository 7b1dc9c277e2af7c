package com.tiredpixel.pgxl.agent.os;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class ThisSystemTest {
    @Test
    void theKernelItsBootAndThisContainerAreKnown() throws Exception {
        ThisSystem system = ThisSystem.read(Kernel.LIBC);
        assertEquals(Files.readString(Path.of("/proc/sys/kernel/hostname")).strip(), system.host());
        assertEquals(Files.readString(Path.of("/proc/sys/kernel/random/boot_id")).strip(), system.boot().orElseThrow());
        assertTrue(system.pidNamespace().orElseThrow().startsWith("pid:["));
        assertEquals(ProcessHandle.current().pid(), system.pid());
        assertEquals(system, ThisSystem.read(Kernel.LIBC));
    }

    @Test
    void noTwoNamesAreAlike() {
        assertNotEquals(ThisSystem.uniqueName(), ThisSystem.uniqueName());
    }
}
