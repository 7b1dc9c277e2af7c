package com.tiredpixel.pgxl.agent.ssh;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CommandDetailTest {

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', value = {
        "true | \"true\"",
        "pg_ctl stop -D data/d1 | \"pg_ctl …\", 22 characters",
        "/usr/bin/psql postgres://u:hunter2@h/db | \"/usr/bin/psql …\", 39 characters",
        "PGPASSWORD=hunter2 psql -c 'select 1' | \"psql …\", 37 characters",
        "A=1 PGPASSWORD='hun ter2' psql | \"psql …\", 30 characters",
        "PGPASSWORD=hunter2 psql | \"psql …\", 23 characters",
        "PGPASSWORD=hunter2 | a command of 18 characters",
        "PGPASSWORD=\"hunter2 psql\" | a command of 25 characters",
        "PGPASSWORD=hun\\ ter2 psql | a command of 25 characters",
        "PGPASSWORD='hun'ter2 psql | a command of 25 characters",
        "$(curl -u me:hunter2 http://h/) | a command of 31 characters",
        "'my program' hunter2 | a command of 20 characters",
        "psql;echo hunter2 | a command of 17 characters"
    })
    void theProgramIsShownAndWhatMayBeASecretIsNot(String line, String shown) {
        assertEquals(shown, CommandDetail.COMMAND.of(line));
        assertFalse(CommandDetail.COMMAND.of(line).contains("hunter2"));
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "true\": exit 0 after 0.001 s, 0 bytes in, 0 bytes out", "a\\", "a\\\" b", "\n2026-11-28T00:00:00Z INFO  ssh.audit: x",
        "\u202e\u001b[31m", "\u0085", "\ud800"
    })
    void nothingInALineEndsIt(String line) {
        String shown = CommandDetail.FULL.of(line);
        assertTrue(shown.matches("\"(?:[^\"\\\\]|\\\\.)*\""), shown);
        assertTrue(shown.chars().allMatch(c -> c >= ' ' && c < 0x7f), shown);
        assertFalse(CommandDetail.COMMAND.of(line).contains("exit"), line);
    }

    @Test
    void whatIsCutOffOfALongLineIsInItsDigest() {
        String padding = "true ".repeat(200);
        assertNotEquals(CommandDetail.FULL.of(padding + "rm -rf /"), CommandDetail.FULL.of(padding + "echo new"));
        assertTrue(CommandDetail.FULL.of(padding).length() < 700);
        assertTrue(CommandDetail.FULL.of("true").equals("\"true\""), "a short one needs none");
    }

    @Test
    void noneShowsNothing() {
        assertEquals("a command", CommandDetail.NONE.of("PGPASSWORD=hunter2 psql"));
        assertEquals(CommandDetail.NONE, CommandDetail.named("none"));
    }

    @Test
    void aLineMadeToTakeLongDoesNot() {
        String line = "A=1 ".repeat(30_000) + "'";
        assertTimeoutPreemptively(Duration.ofSeconds(20), () -> CommandDetail.COMMAND.of(line));
    }
}
