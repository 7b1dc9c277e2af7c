package com.tiredpixel.pgxl.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code bin/pgxl-agent}, with other programs in the place of those that it calls. */
class LauncherTest {
    private static final Path LAUNCHER = Path.of("src/main/dist/bin/pgxl-agent").toAbsolutePath();

    /** Tells what is pending, instead of starting a JVM: {@code 4000} is SIGTERM. */
    private static final String JAVA = "sed -n 's/^ShdPnd:[[:space:]]*0*/pending /p' /proc/$$/status";

    @TempDir
    private Path directory;

    @Test
    void aStopBetweenTheScriptAndTheJvmStaysPending() throws Exception {
        program("java", JAVA);
        program("setpriv", "kill -TERM $$\nshift\nexec \"$@\"");

        assertEquals("pending 4000", launched());
    }

    @Test
    void aStopWhileTheScriptRunsStaysPending() throws Exception {
        program("java", JAVA);
        program("readlink", "kill -TERM $PPID $(ps -o ppid= -p $PPID)\nexec /usr/bin/readlink \"$@\"");
        program("setpriv", "shift\nexec \"$@\"");

        assertEquals("pending 4000", launched());
    }

    /** The negative control. */
    @Test
    void withoutAStopNothingIsPending() throws Exception {
        program("java", JAVA);
        program("setpriv", "shift\nexec \"$@\"");

        assertEquals("pending", launched());
    }

    /** Of bash, for dash begins with an empty mask. */
    private void program(String name, String script) throws IOException {
        Path program = Files.writeString(directory.resolve(name), "#!/bin/bash\n" + script + "\n");
        Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private String launched() throws Exception {
        var builder = new ProcessBuilder(LAUNCHER.toString()).redirectErrorStream(true);
        builder.environment().put("PATH", directory + ":" + System.getenv("PATH"));
        builder.environment().put("PGXL_JAVA", directory.resolve("java").toString());
        Process launcher = builder.start();
        String said = new String(launcher.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        assertEquals(true, launcher.waitFor(1, TimeUnit.MINUTES), "it does not end");
        return launcher.exitValue() == 0 ? said : "exit " + launcher.exitValue() + " " + said;
    }
}
