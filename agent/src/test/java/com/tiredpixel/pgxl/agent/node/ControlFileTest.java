package com.tiredpixel.pgxl.agent.node;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ControlFileTest {
    @TempDir
    Path temporary;

    @ParameterizedTest
    @CsvSource({"0, starting up", "1, shut down", "4, in crash recovery", "5, in archive recovery", "6, in production"})
    void theStateIsInTheWordsOfPgControldata(int number, String words) {
        byte[] file = ByteBuffer.allocate(296).order(ByteOrder.nativeOrder()).putInt(16, number).array();
        assertEquals(Optional.of(words), ControlFile.parse(file));
    }

    @Test
    void whatIsNoControlFileHasNoState() throws IOException {
        assertEquals(Optional.empty(), ControlFile.parse(new byte[19]));
        assertEquals(Optional.empty(), ControlFile.parse(ByteBuffer.allocate(20).putInt(16, -1).array()));
        assertEquals(Optional.empty(), ControlFile.parse(
                ByteBuffer.allocate(20).order(ByteOrder.nativeOrder()).putInt(16, 7).array()));
        assertEquals(Optional.empty(), ControlFile.state(temporary));
        Files.createDirectories(temporary.resolve("global/pg_control"));
        assertEquals(Optional.empty(), ControlFile.state(temporary));
    }

    @Test
    void theNextTransactionIdIsReadWhereTenAndNinePointFiveHaveIt() throws IOException {
        for (int version : new int[] {942, 1002}) {
            write(version, -100);
            assertEquals(OptionalLong.of(4294967196L), ControlFile.nextXid(temporary));
        }
        write(1100, 5000);
        assertEquals(OptionalLong.empty(), ControlFile.nextXid(temporary), "a version whose fields are elsewhere");
        write(1002, 2);
        assertEquals(OptionalLong.empty(), ControlFile.nextXid(temporary), "no transaction has this id");
        Files.write(temporary.resolve("global/pg_control"), new byte[75]);
        assertEquals(OptionalLong.empty(), ControlFile.nextXid(temporary));
    }

    private void write(int version, int xid) throws IOException {
        Files.createDirectories(temporary.resolve("global"));
        Files.write(temporary.resolve("global/pg_control"), ByteBuffer.allocate(8192).order(ByteOrder.nativeOrder())
                .putInt(8, version).putInt(72, xid).array());
    }
}
