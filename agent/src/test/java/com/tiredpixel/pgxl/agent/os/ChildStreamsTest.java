package com.tiredpixel.pgxl.agent.os;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.security.DigestInputStream;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.Test;

@OwnJvm
class ChildStreamsTest {

    @Test
    void aBackgroundProcessMayWriteLongAfterTheChildHasEnded() throws Exception {
        Child child = Kernel.shellWithPipes("exec 3<&0; (read line <&3; echo late) & echo early; exit 4");
        assertEquals("early", ProcessesTest.firstLine(child));
        assertEquals(new ExitStatus.Exited(4), Eventually.get(child.exit()));

        // Only now, with the child gone, is the background process let go.
        child.input().write('\n');

        assertEquals("late\n", Eventually.text(child));
    }

    @Test
    void closingEndsARead() throws Exception {
        Child child = Kernel.shell("exec sleep 600");
        CompletableFuture<Integer> read = inBackground(() -> child.output().read());
        awaitBlocked(read);

        child.output().close();

        assertInstanceOfIOException(read);
        child.signal(Signal.KILL);
    }

    @Test
    void closingEndsAWrite() throws Exception {
        Child child = Kernel.shellWithPipes("exec sleep 600");
        CompletableFuture<Integer> write = inBackground(() -> {
            child.input().write(new byte[1 << 20]);
            return 0;
        });
        awaitBlocked(write);

        child.input().close();

        assertInstanceOfIOException(write);
        child.signal(Signal.KILL);
    }

    @Test
    void aPipeThatNobodyReadsBreaks() throws Exception {
        Child child = Kernel.shellWithPipes("exit 0");
        Eventually.get(child.exit());

        IOException broken = assertThrows(IOException.class, () -> child.input().write(new byte[1 << 20]));

        assertTrue(broken.getMessage().contains("EPIPE (broken pipe)"), broken.getMessage());
    }

    @Test
    void theEndStaysTheEnd() throws Exception {
        Child child = Kernel.shell("echo x");
        assertEquals("x\n", Eventually.text(child));

        assertEquals(-1, child.output().read());
        assertEquals(0, child.output().available());
    }

    @Test
    void availableTellsWhatWaits() throws Exception {
        Child child = Kernel.shell("printf 12345; sleep 600");
        Eventually.holds("five bytes", () -> child.output().available() == 5);
        child.signal(Signal.KILL);
        child.output().close();
    }

    @Test
    void manyMegabytesArriveUnchanged() throws Exception {
        Child child = Kernel.shellWithPipes("exec cat");
        byte[] block = new byte[100_003];
        new Random(1).nextBytes(block);
        MessageDigest sent = MessageDigest.getInstance("SHA-256");
        MessageDigest received = MessageDigest.getInstance("SHA-256");
        CompletableFuture<Integer> writer = inBackground(() -> {
            try (OutputStream out = new DigestOutputStream(child.input(), sent)) {
                for (int i = 0; i < 500; i++) {
                    out.write(block);
                }
            }
            return 0;
        });
        InputStream in = new DigestInputStream(child.output(), received);

        assertEquals(500L * block.length, in.transferTo(OutputStream.nullOutputStream()));
        Eventually.get(writer);
        assertTrue(MessageDigest.isEqual(sent.digest(), received.digest()));
    }

    private static CompletableFuture<Integer> inBackground(Callable<Integer> work) {
        var result = new CompletableFuture<Integer>();
        Thread thread = new Thread(() -> {
            try {
                result.complete(work.call());
            } catch (Throwable e) {
                result.completeExceptionally(e);
            }
        }, "blocked");
        thread.setDaemon(true);
        thread.start();
        return result;
    }

    /** Its thread sits in the kernel, in poll. */
    private static void awaitBlocked(CompletableFuture<Integer> work) throws Exception {
        Eventually.holds("waits in poll", () -> OwnThreads.list(java.nio.file.Path.of("/proc/self")).stream()
                .anyMatch(thread -> thread.status().field("Name").equals("blocked")
                        && thread.status().field("State").startsWith("S")));
        assertTrue(!work.isDone());
    }

    private static void assertInstanceOfIOException(CompletableFuture<Integer> work) {
        var failure = assertThrows(ExecutionException.class, () -> Eventually.get(work));
        assertEquals("stream closed", failure.getCause().getMessage());
    }
}
