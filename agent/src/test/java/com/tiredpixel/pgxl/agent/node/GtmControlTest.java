package com.tiredpixel.pgxl.agent.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tiredpixel.pgxl.agent.node.GtmControl.Reading;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GtmControlTest {
    private static final String HEAD = "version: 20181008\nnext_xid: 62004\nglobal_xmin: 61000\nsnapid: 410\n";
    private static final String SEQUENCE = "postgres.public.s\\00\t2001\t1\t1\t1\t9223372036854775807\tf\tt\t1\n";

    @TempDir
    Path temporary;

    static Reading parse(String text) {
        try {
            return GtmControl.parse(new ByteArrayInputStream(text.getBytes(StandardCharsets.ISO_8859_1)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void aFileOfARunningGtmIsWhole() {
        assertEquals(
                new Reading.Whole(new GtmControl(20181008, 62004, 61000, 410, false, 2)),
                parse(HEAD + SEQUENCE + SEQUENCE));
        assertInstanceOf(Reading.Whole.class, parse(Samples.text("gtm-master", "gtm.control")));
        assertInstanceOf(Reading.Whole.class, parse(Samples.text("gtm-slave", "gtm.control")));
        assertEquals(
                new Reading.Whole(new GtmControl(20160302, 62004, 61000, 1, false, 0)),
                parse("version: 20160302\nnext_xid: 62004\nglobal_xmin: 61000\n"));
    }

    @Test
    void whatInitgtmWritesIsKnownByItsOwnNameOfTheSnapshotId() {
        assertEquals(
                new Reading.Whole(new GtmControl(20181008, 10000, 10000, 1, true, 0)),
                parse("version: 20181008\nnext_xid: 10000\nglobal_xmin: 10000\nsnap_id: 1\n"));
    }

    @Test
    void theHighestIdsAreIds() {
        assertEquals(
                new Reading.Whole(new GtmControl(20181008, 4294967295L, 3, -1, false, 0)),
                parse("version: 20181008\nnext_xid: 4294967295\nglobal_xmin: 3\nsnapid: 18446744073709551615\n"));
    }

    /** Of a file with a sequence every beginning that does not end with a line is seen to be one. */
    @Test
    void aFileThatEndsInTheMiddleOfALineIsNeverWhole() {
        String whole = HEAD + SEQUENCE;
        for (int length = 1; length < whole.length(); length++) {
            Reading reading = parse(whole.substring(0, length));
            boolean lines = length == HEAD.length();
            assertEquals(lines, reading instanceof Reading.Whole, length + " bytes: " + reading);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "version: 20181008\n",
        "version: 20181008\nnext_xid: 62004\nsnapid: 410\n",
        "version: 20181008\nnext_xid: 62004\nglobal_xmin: 61000\n",
        "version: 1\nnext_xid: 62004\nglobal_xmin: 61000\nsnapid: 410\n",
        "version: 20181008\nnext_xid: 2\nglobal_xmin: 61000\nsnapid: 410\n",
        "version: 20181008\nnext_xid: 4294967296\nglobal_xmin: 61000\nsnapid: 410\n",
        "version: 20181008\nnext_xid: 62004\nglobal_xmin: 61000\nsnapid: 99999999999999999999\n",
        "version: 20181008\nnext_xid: -5\nglobal_xmin: 61000\nsnapid: 410\n",
        "version: 20181008\nnext_xid: 62004\nglobal_xmin: 61000\nsnapid: 410\n\0\0\0\0",
        "\0\0\0\0\0\0\0\0",
        "62004\n",
        "version: 20181008\nnext_xid: 62004\nglobal_xmin: 61000\nsnapid: 410\na 1 1 1 1 500 f t\n",
        "version: 20181008\nnext_xid: 62004\nglobal_xmin: 61000\nsnapid: 410\na 1 1 1 1 500 f t 1 1\n",
    })
    void whatLacksALineOrHasAnotherIsBroken(String text) {
        assertInstanceOf(Reading.Broken.class, parse(text));
    }

    @Test
    void noByteIsEmptyAndNoFileIsAbsent() throws IOException {
        assertEquals(new Reading.Empty(), parse(""));
        assertEquals(new Reading.Absent(), GtmControl.read(temporary.resolve("gtm.control")));
        Files.createDirectory(temporary.resolve("gtm.control"));
        assertInstanceOf(Reading.Broken.class, GtmControl.read(temporary.resolve("gtm.control")));
        Path link = Files.createSymbolicLink(temporary.resolve("link"), temporary.resolve("nothing"));
        assertInstanceOf(Reading.Broken.class, GtmControl.read(link));
    }

    @Test
    void aHundredThousandSequencesNeedNoMemory() {
        assertTrue(parse(HEAD + SEQUENCE.repeat(100_000)) instanceof Reading.Whole whole
                && whole.control().sequences() == 100_000);
    }
}
