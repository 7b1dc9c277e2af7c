package com.tiredpixel.pgxl.agent.ssh;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.SshException;
import org.apache.sshd.common.util.buffer.Buffer;
import org.apache.sshd.common.util.buffer.ByteArrayBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a client sends while its keys are read. */
class HeldMessagesTest {
    private static final Duration LONG = Duration.ofSeconds(60);
    private static final Path PATH = Path.of("/home/.ssh/authorized_keys");

    private final ScheduledExecutorService timer = Executors.newScheduledThreadPool(1);
    private final Semaphore answers = new Semaphore(0);
    private final CountDownLatch over = new CountDownLatch(1);
    private final List<String> handled = Collections.synchronizedList(new ArrayList<>());
    private final HeldMessages held = messages(LONG);

    private HeldMessages messages(Duration longest) {
        var reader = new KeyReader(
                PATH,
                () -> {
                    answers.acquire();
                    return new AuthorizedKeys("");
                },
                timer,
                longest);
        return new HeldMessages(reader, "postgres", (message, keys) -> handled.add(message == null ? "nothing"
                : message.array()[message.rpos()] + (keys == null ? "" : keys instanceof KeyReader.Reading.Failed failed
                        ? " " + failed.problem() : " with keys")));
    }

    @AfterEach
    void end() {
        answers.release(1000);
        over.countDown();
        timer.shutdownNow();
    }

    @Test
    void onlyALoginByKeyOfTheUserWaits() throws SshException {
        for (Buffer other : List.of(
                request("postgres", "none"), request("root", "publickey"), message(SshConstants.SSH_MSG_SERVICE_REQUEST),
                message(SshConstants.SSH_MSG_USERAUTH_REQUEST), new ByteArrayBuffer(new byte[] {50, 0, 0, 0, 1}))) {
            assertFalse(held.keeps(other));
        }
        assertTrue(held.isIdle());
        assertTrue(held.keeps(request("postgres", "publickey")));
        assertFalse(held.isIdle());
    }

    @Test
    void whatComesMeanwhileIsHandledAfterItInOrderAndEachLoginHasKeysOfItsOwn() throws SshException {
        assertTrue(held.keeps(request("postgres", "publickey")));
        assertTrue(held.keeps(message(SshConstants.SSH_MSG_IGNORE)));
        assertTrue(held.keeps(request("postgres", "none")));
        assertTrue(held.keeps(request("postgres", "publickey")));
        assertTrue(held.keeps(message(SshConstants.SSH_MSG_DISCONNECT)));
        assertEquals(List.of(), handled);
        answers.release();
        await(() -> handled.size() == 3);
        assertEquals(List.of("50 with keys", "2", "50"), handled);
        assertTrue(held.keeps(message(SshConstants.SSH_MSG_DEBUG)));
        answers.release();
        await(() -> handled.size() == 6);
        assertEquals(List.of("50 with keys", "2", "50", "50 with keys", "1", "4"), handled);
        await(held::isIdle);
        assertFalse(held.keeps(message(SshConstants.SSH_MSG_IGNORE)));
    }

    /** A client that has logged in sends as fast as it can: the thread of the connections waits for a moment. */
    @Test
    void whatComesWhileTheHeldAreHandledWaitsForThemAndIsNotRefused() throws Exception {
        var slow = new CountDownLatch(1);
        var handling = new CountDownLatch(1);
        var reader = new KeyReader(PATH, () -> new AuthorizedKeys(""), timer, LONG);
        var messages = new HeldMessages(reader, "postgres", (message, keys) -> {
            try {
                handling.countDown();
                assertTrue(slow.await(60, TimeUnit.SECONDS));
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            handled.add("the login");
        });
        Thread connections = new Thread(() -> {
            try {
                messages.keeps(request("postgres", "publickey"));
                handling.await(60, TimeUnit.SECONDS);
                for (int i = 0; i < 100; i++) {
                    while (messages.keeps(new ByteArrayBuffer(new byte[30_000]))) {
                        handled.add("kept");
                    }
                    handled.add("next");
                }
            } catch (SshException | InterruptedException e) {
                handled.add(e.toString());
            }
        });
        connections.start();
        java.util.concurrent.locks.LockSupport.parkNanos(300_000_000);
        slow.countDown();
        connections.join(60_000);
        assertEquals(100, handled.stream().filter("next"::equals).count(), handled::toString);
        int login = handled.indexOf("the login");
        assertTrue(login >= 0 && handled.indexOf("next") > login, handled::toString);
    }

    @Test
    void aFileThatDoesNotAnswerFailsTheLoginInTimeAndIsNamed() throws SshException {
        HeldMessages impatient = messages(Duration.ofSeconds(1));
        assertTrue(impatient.keeps(request("postgres", "publickey")));
        await(() -> handled.size() == 1);
        assertEquals(List.of("50 " + PATH + " does not answer, for 1 s"), handled);
    }

    /** Nobody who has not logged in may make others wait behind him for ever, nor take a thread each. */
    @Test
    void manyLoginsThatWaitForAFileThatDoesNotAnswerAllEndAndTakeTwoThreads() throws Exception {
        List<String> told = Collections.synchronizedList(new ArrayList<>());
        var before = java.util.Set.copyOf(Thread.getAllStackTraces().keySet());
        var reader = new KeyReader(PATH, () -> {
            answers.acquire();
            return new AuthorizedKeys("");
        }, timer, Duration.ofSeconds(2));
        for (int i = 0; i < 300; i++) {
            reader.read(reading -> told.add(((KeyReader.Reading.Failed) reading).problem()));
        }
        await(() -> told.size() == 300);
        assertTrue(told.stream().allMatch(line -> line.startsWith(PATH + " does not answer")), told::toString);
        long threads = Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("ssh-keys") && !before.contains(thread)).count();
        assertEquals(2, threads);
        answers.release(1000);
        List<KeyReader.Reading> next = Collections.synchronizedList(new ArrayList<>());
        await(() -> {
            reader.read(next::add);
            return next.stream().anyMatch(KeyReader.Reading.Read.class::isInstance);
        });
    }

    @Test
    void whoSendsMuchBeforeTheAnswerIsRefused() throws SshException {
        assertTrue(held.keeps(request("postgres", "publickey")));
        SshException refused = assertThrows(SshException.class, () -> {
            for (int i = 0; i < 100; i++) {
                held.keeps(request("postgres", "publickey"));
            }
        });
        assertEquals("too many messages before the answer to a login", refused.getMessage());
        assertTrue(held.keeps(message(SshConstants.SSH_MSG_IGNORE)), "dropped");
        HeldMessages other = messages(LONG);
        assertTrue(other.keeps(request("postgres", "publickey")));
        assertThrows(SshException.class, () -> {
            other.keeps(new ByteArrayBuffer(new byte[30_000]));
            other.keeps(new ByteArrayBuffer(new byte[30_000]));
        });
    }

    @Test
    void afterTheEndOfAConnectionNothingIsHandled() throws SshException {
        assertTrue(held.keeps(request("postgres", "publickey")));
        assertTrue(held.keeps(message(SshConstants.SSH_MSG_IGNORE)));
        held.end();
        answers.release();
        await(() -> handled.size() == 1);
        assertEquals(List.of("nothing"), handled);
    }

    @Test
    void anErrorOfReadingIsTheProblem() throws Exception {
        List<KeyReader.Reading> told = Collections.synchronizedList(new ArrayList<>());
        new KeyReader(PATH, () -> {
            throw new IOException("it may be written by others");
        }, timer, LONG).read(told::add);
        new KeyReader(PATH, () -> {
            throw new OutOfMemoryError("heap");
        }, timer, LONG).read(told::add);
        await(() -> told.size() == 2);
        assertEquals(
                java.util.Set.of(
                        new KeyReader.Reading.Failed("it may be written by others"),
                        new KeyReader.Reading.Failed(PATH + " cannot be read: java.lang.OutOfMemoryError: heap")),
                java.util.Set.copyOf(told));
    }

    private static Buffer request(String user, String method) {
        Buffer buffer = message(SshConstants.SSH_MSG_USERAUTH_REQUEST);
        buffer.putString(user);
        buffer.putString("ssh-connection");
        buffer.putString(method);
        return buffer;
    }

    private static Buffer message(int number) {
        Buffer buffer = new ByteArrayBuffer();
        buffer.putByte((byte) number);
        return buffer;
    }

    private static void await(BooleanSupplier condition) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (!condition.getAsBoolean()) {
            assertTrue(System.nanoTime() < end, "not within a minute");
            java.util.concurrent.locks.LockSupport.parkNanos(2_000_000);
        }
    }
}
