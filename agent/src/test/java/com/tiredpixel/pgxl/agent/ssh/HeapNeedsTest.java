package com.tiredpixel.pgxl.agent.ssh;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tiredpixel.pgxl.agent.Main;
import com.tiredpixel.pgxl.agent.config.Settings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HeapNeedsTest {
    private static final long MIB = 1 << 20;

    /** Which {@link SshCrowdTest} tries. */
    @Test
    void theDefaultHeapCarriesTheDefaultNumberOfSessions() {
        var settings = assertInstanceOf(Settings.Reading.Valid.class, Settings.read(Map.of())).settings();
        assertEquals(Optional.empty(), HeapNeeds.refusal(settings.ssh().maximumSessions(), SshCrowdTest.DEFAULT_HEAP));
    }

    @Test
    void thePageSaysHowManySessionsTheDefaultHeapCarries() throws IOException {
        long most = HeapNeeds.most(SshCrowdTest.DEFAULT_HEAP);
        assertTrue(Files.readString(Path.of("README.md")).contains("24 MB carry " + most + " sessions"), most + " sessions");
        assertTrue(Files.readString(Path.of("../image/CHANGELOG.md")).contains("more than " + most + " need"), most + " sessions");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 250, 1000, 10_000})
    void theHeapThatARefusalNamesIsLargeEnoughAndOneMebibyteLessIsNot(int sessions) {
        long heap = HeapNeeds.mebibytes(sessions);
        assertEquals(Optional.empty(), HeapNeeds.refusal(sessions, heap * MIB));
        assertTrue(HeapNeeds.refusal(sessions, (heap - 1) * MIB).orElseThrow().contains("add -Xmx" + heap + "m to"));
    }

    @Test
    void aHeapThatCarriesNoneSaysSo() {
        assertTrue(HeapNeeds.refusal(1, 8 * MIB).orElseThrow().contains("the heap of 8 MB has room for 0"));
    }

    @Test
    void theAgentDoesNotStartWithMoreSessionsThanItsHeapCarries() {
        var command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin/java").toString(), "-XX:+UseSerialGC", "-Xmn1500k", "-Xmx24m",
                "-cp", System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")), Main.class.getName()));
        Run.Result result = Run.run(Map.of("PGXL_SSH_MAX_SESSIONS", "10000"), Path.of("/"), new byte[0], command);
        assertEquals(64, result.code(), result::toString);
        assertTrue(result.err().strip().matches("pgxl-agent: PGXL_SSH_MAX_SESSIONS: 10000 sessions need a Java heap of \\d+ MB, and"
                + " the heap of 2[34] MB has room for \\d+: lower the number, or add -Xmx\\d+m to PGXL_JAVA_OPTIONS"), result::toString);
    }
}
