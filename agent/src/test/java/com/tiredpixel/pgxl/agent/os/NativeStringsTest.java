package com.tiredpixel.pgxl.agent.os;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@OwnJvm
class NativeStringsTest {
    @TempDir
    Path temporary;

    @Test
    void aPathThatIsNoTextKeepsItsBytes() throws Exception {
        Eventually.get(Kernel.shell("mkdir \"" + temporary + "/$(printf 'a\\377b%%20 ')\"").exit());
        Path odd;
        try (var entries = Files.list(temporary)) {
            odd = entries.findFirst().orElseThrow();
        }
        byte[] expected = (temporary + "/a?b%20 ").getBytes(StandardCharsets.ISO_8859_1);
        expected[temporary.toString().length() + 2] = (byte) 0xFF;

        byte[] actual = NativeStrings.path(odd);

        // A directory gets a slash behind it, which leads to the same place.
        assertEquals('/', actual[actual.length - 1]);
        assertArrayEquals(expected, java.util.Arrays.copyOf(actual, actual.length - 1));
    }
}
