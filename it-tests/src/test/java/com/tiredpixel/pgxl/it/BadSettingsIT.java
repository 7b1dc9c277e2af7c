package com.tiredpixel.pgxl.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A bad setting ends the start with a clear word, before anything is touched. */
@OnStage
class BadSettingsIT {

    @ParameterizedTest
    @CsvSource({
        "PGXL_SSH_PORT, 0", "PGXL_SSH_PORT, ssh", "PGXL_STOP_TIMEOUT, soon", "PGXL_ROLE, master",
        "PGXL_HOME, relative/path", "PGXL_LOG_LEVEL, loud", "PGXL_SSH_LISTEN, nowhere", "PGXL_USER, root"
    })
    void aBadValueIsNamedAndNothingIsTouched(String variable, String value, Stage stage) throws IOException {
        Path volume = stage.bareVolume();
        Sandbox sandbox = stage.sandbox("node", volume).set(variable, value).start();
        assertEquals(64, sandbox.exitCode(Await.LONG));
        List<String> lines = sandbox.log().lines(0, variable);
        assertEquals(1, lines.size(), sandbox.log().text());
        assertTrue(lines.get(0).contains(value) && lines.get(0).contains("must be"), lines.get(0));
        try (var files = Files.list(volume)) {
            assertEquals(List.of(), files.toList());
        }
    }

    @Test
    void helpPrintsEverySettingAndEnds(Stage stage) {
        Sandbox sandbox = stage.sandbox("node").command(Sandbox.LAUNCHER, "--help").start();
        assertEquals(0, sandbox.exitCode(Await.LONG));
        for (String variable : List.of("PGXL_HOME", "PGXL_PREFIX", "PGXL_USER", "PGXL_SSH_PORT", "PGXL_SSH_LISTEN",
                "PGXL_STOP_TIMEOUT", "PGXL_ROLE", "PGXL_LOG_LEVEL", "PGXL_STATE_DIR")) {
            assertTrue(sandbox.log().text().contains(variable), variable);
        }
    }

    @Test
    void aUserThatDoesNotExistIsNamed(Stage stage) {
        Sandbox sandbox = stage.sandbox("node").set("PGXL_USER", "nobodyknows").start();
        assertTrue(sandbox.exitCode(Await.LONG) != 0);
        assertTrue(sandbox.log().text().contains("nobodyknows"), sandbox.log().text());
    }
}
