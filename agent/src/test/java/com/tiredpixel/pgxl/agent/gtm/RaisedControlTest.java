package com.tiredpixel.pgxl.agent.gtm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tiredpixel.pgxl.agent.node.GtmControl;
import com.tiredpixel.pgxl.agent.node.GtmControl.Reading;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RaisedControlTest {
    private static final String HEAD = "version: 20181008\nnext_xid: 62004\nglobal_xmin: 61000\nsnapid: 410\n";

    private static GtmControl control(String text) throws IOException {
        return ((Reading.Whole) GtmControl.parse(new ByteArrayInputStream(text.getBytes(StandardCharsets.ISO_8859_1))))
                .control();
    }

    private static String written(RaisedControl raised, String source, List<String> nearTheirEnd) throws IOException {
        var out = new ByteArrayOutputStream();
        assertEquals(nearTheirEnd, raised.write(
                new ByteArrayInputStream(source.getBytes(StandardCharsets.ISO_8859_1)), out));
        return out.toString(StandardCharsets.ISO_8859_1);
    }

    @Test
    void aRepairLeavesAMillionTransactionIdsAndTwoToTheFortySnapshotIdsUnused() throws IOException {
        assertEquals(
                new GtmControl(20181008, 1_062_004, 61_000, 1099511627776L + 410, false, 0),
                control(written(RaisedControl.forRepair(control(HEAD), 50_000), HEAD, List.of())));
        assertEquals(
                1_090_000, RaisedControl.forRepair(control(HEAD), 90_000).nextXid(), "a node was ahead of the file");
        assertEquals(
                new GtmControl(20160302, 1_062_004, 61_000, 1, false, 0),
                control(written(RaisedControl.forRepair(
                        control("version: 20160302\nnext_xid: 62004\nglobal_xmin: 61000\n"), 5), "", List.of())));
    }

    @Test
    void withoutAnyFileTheTransactionIdsAreThoseTheOperatorFound() throws IOException {
        assertEquals(
                new GtmControl(20181008, 6_000_000, 4_000_000, 1099511627777L, false, 0),
                control(written(RaisedControl.fromNothing(5_000_000, false), "", List.of())));
        assertEquals(3, RaisedControl.fromNothing(5_000, true).globalXmin());
    }

    /** A restore point of a GTM without the mends has global_xmin ahead of open transactions. */
    @Test
    void aGlobalXminThatIsTheNextTransactionIdGoesBack() throws IOException {
        GtmControl restorePoint = control("version: 20181008\nnext_xid: 1162004\nglobal_xmin: 1162004\nsnapid: 1\n");
        assertEquals(1_062_004, RaisedControl.forRestart(restorePoint).globalXmin());
        assertEquals(1_162_004, RaisedControl.forRestart(restorePoint).nextXid(), "GTM itself adds 50,000");
        assertEquals(61_000, RaisedControl.forRestart(control(HEAD)).globalXmin());
        assertEquals(3, RaisedControl.forRestart(
                control("version: 20181008\nnext_xid: 62004\nglobal_xmin: 62004\nsnapid: 1\n")).globalXmin());
    }

    @ParameterizedTest(name = "{0} by {1}, from {2} to {3}: {4}")
    @CsvSource({
        "2001, 1, 1, 9223372036854775807, 102001, true",
        "2001, 10, 1, 9223372036854775807, 1002001, true",
        "-5, -1, -9223372036854775808, -1, -100005, true",
        // Half of what is left, in whole steps.
        "2, 1, 1, 500, 251, false",
        "5, 10, 5, 500, 245, false",
        "500, 1, 1, 500, 500, false",
        "-2, -1, -500, -1, -251, false",
        "9223372036854775000, 1, 1, 9223372036854775807, 9223372036854775403, false",
        "7, 9223372036854775807, 1, 9223372036854775807, 7, false",
    })
    void aSequenceGoesAHundredThousandStepsOnOrHalfOfItsWay(
            long value, long increment, long least, long most, long raised, boolean fits) throws IOException {
        String end = "\t1\t" + increment + "\t" + least + "\t" + most + "\tf\tt\t1\n";
        String text = written(
                RaisedControl.forRepair(control(HEAD), 5), HEAD + "a.b\\09c\t" + value + end,
                fits ? List.of() : List.of("a.b\\09c"));
        assertTrue(text.endsWith("\na.b\\09c\t" + raised + end), text);
        assertEquals(1, control(text).sequences());
    }

    @Test
    void aPlainRestartLeavesSequencesAlone() throws IOException {
        String sequence = "a.b.c\t2001\t1\t1\t1\t9223372036854775807\tf\tt\t1\n";
        assertTrue(written(RaisedControl.forRestart(control(HEAD)), HEAD + sequence, List.of()).endsWith(sequence));
    }
}
