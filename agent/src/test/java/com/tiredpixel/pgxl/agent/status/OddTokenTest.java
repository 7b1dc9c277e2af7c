package com.tiredpixel.pgxl.agent.status;

import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tiredpixel.pgxl.agent.os.OddFile;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Something else lies in the place of the token of {@code pgxl}. */
class OddTokenTest {
    @TempDir
    Path temporary;

    @ParameterizedTest
    @EnumSource(OddFile.class)
    void isSaidAndNotWaitedFor(OddFile kind) throws IOException {
        List<String> log = Collections.synchronizedList(new ArrayList<>());
        Path file = temporary.toRealPath().resolve("control-token");
        kind.inThePlaceOf(file, () -> assertTimeoutPreemptively(Duration.ofSeconds(30), () ->
                ControlToken.open(file, (level, subject, text) -> log.add(text))));
        boolean link = kind == OddFile.DEVICE || kind == OddFile.LOOP;
        assertTrue(kind.said().isEmpty() || log.stream().anyMatch(line ->
                line.contains(file.toString()) && line.contains(link ? "a symbolic link" : kind.said())), log::toString);
    }
}
