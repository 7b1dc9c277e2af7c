package com.tiredpixel.pgxl.agent.os;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ProcStatTest {
    private static final String REST = " S 41 42 42 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 1 0 987654 1000 100\n";

    @ParameterizedTest
    @ValueSource(strings = {"postgres", "a b", "a) S 1 2 (b", ")", "(", "()", "", ") Z 9 9", "two\nlines", "ümläut"})
    void theNameOfAProgramCannotForgeTheFieldsBehindIt(String comm) {
        ProcStat stat = parse("42 (" + comm + ")" + REST).orElseThrow();

        assertEquals(new ProcStat(new ProcessIdentity(42, 987654), comm, 'S', 41), stat);
    }

    @Test
    void zombiesAndTheDeadAreNotedAsSuch() {
        assertTrue(parse("42 (x)" + REST.replaceFirst("S", "Z")).orElseThrow().isZombie());
        assertTrue(parse("42 (x)" + REST.replaceFirst("S", "X")).orElseThrow().isZombie());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "42", "42 (x", "42 (x)", "42 (x) S 1", "x (x) S 41 42 42 0 -1 4194560", ") (", "()"})
    void whatIsNoStatLineIsNoProcess(String line) {
        assertEquals(Optional.empty(), parse(line));
    }

    private static Optional<ProcStat> parse(String line) {
        byte[] bytes = line.getBytes(StandardCharsets.UTF_8);
        return ProcStat.parse(bytes, bytes.length);
    }
}
