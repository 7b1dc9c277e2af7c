package com.tiredpixel.pgxl.agent.log;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class VisibleTextTest {

    @Test
    void plainTextStaysAsItIs() {
        String text = "data/coord: \"it's\" \\ 100 % \t größer 日本 😀";

        assertEquals(text, VisibleText.of(text));
    }

    @ParameterizedTest
    @CsvSource({
        "10, \\n", "13, \\r", "27, \\x1b", "0, \\x00", "127, \\x7f", "133, \\x85", "155, \\x9b", "173, \\xad",
        "8232, \\u2028", "8238, \\u202e", "8203, \\u200b", "65279, \\ufeff", "55357, \\ud83d", "917505, \\U000e0001"
    })
    void whatBreaksHidesOrReordersIsShown(int codePoint, String shown) {
        assertEquals("a" + shown + "b", VisibleText.of("a" + Character.toString(codePoint) + "b"));
    }

    @Test
    void isCutBetweenCharactersAndSaysHowMuchIsLeft() {
        StringBuilder line = new StringBuilder();

        assertEquals(3, VisibleText.append(line, "ab\nüx😀".substring(0, 5) + "y", 5));
        assertEquals("ab\\n", line.toString());
    }
}
