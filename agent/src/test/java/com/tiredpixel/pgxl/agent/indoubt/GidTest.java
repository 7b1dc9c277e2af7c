package com.tiredpixel.pgxl.agent.indoubt;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GidTest {
    @Test
    void aCoordinatorsNameTellsWhoStartedItAndWhoTakesPart() {
        String text = "_$XC$60022:coord1:F:2:0:-1008673296:-1370618993";
        assertEquals(
                Optional.of(new Gid(text, 60022, "coord1", List.of(-1008673296, -1370618993))),
                Gid.parse(text, 60022));
        assertEquals(
                List.of(7, -8, 9),
                Gid.parse("_$XC$4294967295:c-2:T:1:2:7:-8:9", 4294967295L).orElseThrow().participants());
    }

    /** Also what only looks like one: the transaction of the row is another, or the counts are wrong. */
    @ParameterizedTest
    @ValueSource(strings = {
        "mine", "", "_$XC$", "_$XC$60023:coord1:F:1:0:5", "_$XC$60022:coord1:F:2:0:5", "_$XC$60022:coord1:F:1:0:5:6",
        "_$XC$60022:coord1:X:1:0:5", "_$XC$60022:coord1:F:1:0:5 ", " _$XC$60022:coord1:F:1:0:5",
        "_$XC$60022:coord1:F:1:0:99999999999", "_$XC$60022:coord1:F:1:0:3000000000", "_$XC$60022:co'ord:F:1:0:5",
        "_$XC$60022:co\\ord:F:1:0:5", "_$XC$60022:co\nord:F:1:0:5", "_$XC$60022::F:1:0:5", "_$XC$60022:coord1:F:0:0",
        "_$XC$60022:coord1:F:2:0:5:5", "_$xc$60022:coord1:F:1:0:5", "_$XC$60022:coord1:F:1:0:5'; DROP TABLE t; --",
    })
    void everythingElseIsAUsersOwn(String text) {
        assertEquals(Optional.empty(), Gid.parse(text, 60022));
    }
}
