package com.tiredpixel.pgxl.agent.supervisor.server;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KeptEnvironmentTest {
    private static final Map<String, String> AGENTS = Map.of("PATH", "/prefix/bin:/usr/bin:/bin", "TZ", "UTC", "LANG", "C");

    @Test
    void whatAnOperatorAddedOrChangedIsKeptAndWhatTheAgentGaveIsNot() {
        assertEquals(
                Map.of("LD_LIBRARY_PATH", "/opt/oracle", "TZ", "Europe/Berlin", "AWS_SECRET_ACCESS_KEY", "x=y\nz"),
                KeptEnvironment.of(Map.of(
                        "LD_LIBRARY_PATH", "/opt/oracle", "TZ", "Europe/Berlin", "AWS_SECRET_ACCESS_KEY", "x=y\nz",
                        "LANG", "C", "PATH", "/prefix/bin:/usr/bin:/bin"), AGENTS));
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "SSH_CONNECTION", "SSH_CLIENT", "SSH_TTY", "SSH_AUTH_SOCK", "SSH_ORIGINAL_COMMAND", "PWD", "OLDPWD", "SHLVL", "_",
        "TERM", "HOME", "USER", "LOGNAME", "SHELL", "MAIL", "XDG_RUNTIME_DIR", "SUDO_USER", "PG_GRANDPARENT_PID", "PGDATA",
        "PGSYSCONFDIR", "GTMDATA", "BASH_FUNC_x%%", "a-b", "1A", "", "NOTIFY_SOCKET", "LISTEN_FDS", "BASH_ENV"})
    void whatBelongsToTheSessionOrToOneStartIsNotKept(String name) {
        assertEquals(Map.of(), KeptEnvironment.of(Map.of(name, "x"), AGENTS));
        assertEquals(AGENTS, KeptEnvironment.merged(AGENTS, Map.of(name, "x")), "nor given, if it stands in the file");
    }

    @Test
    void whatIsNoUtf8OrTooMuchIsNotKept() {
        assertEquals(Map.of(), KeptEnvironment.of(Map.of("A", "\uFFFD"), AGENTS));
        assertEquals(Map.of(), KeptEnvironment.of(Map.of("A", "x".repeat(70_000), "B", "y"), AGENTS));
    }

    @Test
    void whatIsKeptWinsOverTheAgents() {
        assertEquals(
                Map.of("PATH", "/prefix/bin:/usr/bin:/bin", "TZ", "Europe/Berlin", "LANG", "C", "A", "b"),
                KeptEnvironment.merged(AGENTS, Map.of("TZ", "Europe/Berlin", "A", "b")));
    }

    /** Another release of Postgres-XL may lie elsewhere than when the server was started by hand. */
    @Test
    void ofThePathTheProgramsOfThisInstallationComeFirstAndNothingIsLost() {
        assertEquals(
                "/prefix/bin:/opt/oracle/bin:/old/bin:/bin:/usr/bin",
                KeptEnvironment.merged(AGENTS, Map.of("PATH", "/opt/oracle/bin:/old/bin::.:relative:/bin")).get("PATH"));
    }
}
