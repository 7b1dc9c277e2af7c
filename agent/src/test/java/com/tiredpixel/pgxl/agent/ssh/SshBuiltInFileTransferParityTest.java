package com.tiredpixel.pgxl.agent.ssh;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/**
 * On a node without OpenSSH's programs MINA serves file transfer: the same files arrive. What differs is here,
 * each with its reason.
 */
class SshBuiltInFileTransferParityTest extends FileTransferParity {

    @Override
    AgentProcess open(Stage set) throws Exception {
        Path programs = Files.createDirectory(set.root.resolve("bin"));
        set.ok("bash", "-c", "ln -s /usr/bin/* " + programs + " && rm " + programs + "/scp");
        return AgentProcess.builtIn(set, programs.toString());
    }

    /** MINA's scp has words of its own for what went wrong. */
    @Override
    Run.Result compared(Run.Result result) {
        byte[] error = (result.error().length == 0 ? "" : "something").getBytes(StandardCharsets.UTF_8);
        return new Run.Result(result.code(), result.output(), error);
    }

    /** No shell sees the paths, so nothing is split at spaces; and modes are carried with -p only. */
    @Test
    void scpByItsOwnProtocolTakesPathsAsTheyAre() {
        Run.Result result = onTheAgent(patterns("-O"));
        assertTrue(result.out().contains("script f 644 4"), result::toString);
        assertTrue(result.out().contains("with space f 644"), result::toString);
    }

    /** Java's permissions are nine bits. */
    @Test
    void bitsAboveTheNinePermissionsAreDropped() {
        Run.Result result = onTheAgent(batch("put tree/nothing a\nchmod 4755 a\nls -1"));
        assertTrue(result.out().contains("a f 755 0 1"), result::toString);
    }

    /** MINA takes what is not there for something that is no directory, which version 3 cannot say. */
    @Test
    void theKindOfAFailureIsNotAlwaysNamed() {
        Run.Result result = onTheAgent(batch("rmdir none"));
        assertTrue(result.out().contains("Failure"), result::toString);
    }

    /** MINA has no {@code statvfs@openssh.com}. */
    @Test
    void spaceOnTheVolumeIsNotKnown() {
        Run.Result result = onTheAgent("echo df >batch; $SFTP -b batch $HOST 2>&1");
        assertTrue(result.out().contains("statvfs@openssh.com"), result::toString);
    }

    /** Without {@code users-groups-by-id@openssh.com} the client shows what the server wrote: link counts, bare names. */
    @Test
    void aLongListingIsTheServersOwn() {
        Run.Result result = onTheAgent(batch("put tree/big a\nls -l a"));
        assertTrue(result.out().contains("3000000"), result::toString);
        assertEquals(0, result.code());
    }
}
