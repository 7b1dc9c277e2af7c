package com.tiredpixel.pgxl.agent.os;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class CommandLinesTest {

    @Test
    void argumentsAreWhatStandsBetweenTheNuls() {
        assertEquals(List.of("a", "", "b"), split("a\0\0b\0", false));
        assertEquals(List.of("a", "b"), split("a\0b", false));
        assertEquals(List.of("a"), split("a\0\0\0\0", false));
        assertEquals(List.of("", "a"), split("\0a\0", false));
        assertEquals(List.of(), split("", false));
        assertEquals(List.of(), split("\0\0\0", false));
    }

    @Test
    void anArgumentThatIsCutIsLeftOutUnlessItIsTheFirst() {
        assertEquals(List.of("-D"), split("-D\0/dat", true));
        assertEquals(List.of("-D", "/data"), split("-D\0/data\0", true));
        assertEquals(List.of("postgres: wr"), split("postgres: wr", true));
    }

    @Test
    void noMoreArgumentsAreTakenThanWereAskedFor() {
        assertEquals(Collections.nCopies(3, "x"), CommandLines.split("x\0".repeat(1000).getBytes(), true, 3));
        assertEquals(Collections.nCopies(3, ""), CommandLines.split(("\0".repeat(1000) + "x\0").getBytes(), true, 3));
    }

    private static List<String> split(String text, boolean cut) {
        return CommandLines.split(text.getBytes(), cut, 100);
    }
}
