package com.tiredpixel.pgxl.agent.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tiredpixel.pgxl.agent.base.EventLog;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MarkerFactory;

class AgentLogTest {
    private static final String TIME = "2026-11-23T05:50:01.123Z ";

    private final SlowChannel channel = new SlowChannel();
    private final AgentLog log =
            new AgentLog(
                    channel, () -> Instant.parse("2026-11-23T05:50:01.123Z"), EventLog.Level.INFO, AgentLog.Form.TEXT);
    private final Logger library = LoggerFactory.getLogger("org.apache.sshd.common.Whatever");

    @AfterEach
    void close() {
        log.close();
    }

    @Test
    void printsEventsAndWhatServersSay() {
        log.info("coordinator data/coord", "is ready");
        log.line("coordinator data/coord", "LOG:  ready", 0);
        log.line("coordinator data/coord", "LOG:  a long one", 77);

        assertEquals(
                TIME + "INFO  coordinator data/coord: is ready\n"
                        + TIME + "INFO  coordinator data/coord| LOG:  ready\n"
                        + TIME + "INFO  coordinator data/coord| LOG:  a long one [… 77 bytes cut]\n",
                printed());
    }

    @Test
    void theLevelCanBeChangedAtAnyTimeAndDoesNotSilenceServers() {
        log.debug("agent", "one");
        log.setLevel(EventLog.Level.DEBUG);
        log.debug("agent", "two");
        log.setLevel(EventLog.Level.ERROR);
        log.warn("agent", "three");
        log.line("gtm x", "four", 0);

        assertEquals(TIME + "DEBUG agent: two\n" + TIME + "INFO  gtm x| four\n", printed());
    }

    @Test
    void whatLibrariesWarnOfComesThroughWithAShortName() {
        AgentLoggingProvider.attach(log);
        library.warn("cannot read {}", "x\ny");
        library.error("failed", new IllegalStateException("outer", new IllegalArgumentException("inner")));

        assertEquals(
                TIME + "WARN  AgentLogTest: cannot read x\\ny\n" + TIME
                        + "ERROR AgentLogTest: failed (IllegalStateException: outer, caused by"
                        + " IllegalArgumentException: inner)\n",
                printed());
    }

    @Test
    void noLibraryGetsBelowWarningSoThatNoKeyIsDumped() {
        log.setLevel(EventLog.Level.DEBUG);
        AgentLoggingProvider.attach(log);
        library.trace("decrypted [{}]: {}", 1, "2d:2d:2d:2d:2d:42:45:47:49:4e:20:4f:50:45:4e:53:53:48:20");
        library.debug("loadKeys(/home/.pgxl/ssh/ed25519) {}", "2d:2d");
        library.info("key {}", "2d:2d");
        library.trace(MarkerFactory.getMarker("ssh"), "key 2d:2d");
        library.atTrace().addMarker(MarkerFactory.getMarker("ssh")).log("key 2d:2d");
        library.makeLoggingEventBuilder(org.slf4j.event.Level.DEBUG).log("key 2d:2d");

        assertEquals("", printed());
        assertFalse(library.isTraceEnabled() || library.isDebugEnabled() || library.isInfoEnabled());
        library.warn("negative control");
        assertTrue(printed().contains("negative control"));
    }

    @Test
    void aFloodOfALibrarysWarningsIsBoundedAndCountedBeforeTheNextOne() {
        AtomicReference<Duration> now = new AtomicReference<>(Duration.ofHours(1));
        AgentLoggingProvider.attach(log, now::get);
        for (int i = 0; i < 1000; i++) {
            library.warn("garbage on the line");
        }
        log.info("agent", "goes on");
        now.set(now.get().plusSeconds(2));
        for (int i = 0; i < 1000; i++) {
            library.warn("more garbage");
        }
        now.set(now.get().plusSeconds(2));
        library.warn("the last");

        List<String> lines = printed().lines().toList();
        assertEquals(50, lines.stream().filter(line -> line.endsWith("garbage on the line")).count());
        assertEquals(10, lines.stream().filter(line -> line.endsWith("more garbage")).count());
        String left = TIME + "WARN  agent: left out %d warnings of libraries, because there were more than 5 a second";
        assertEquals(
                List.of(TIME + "INFO  agent: goes on", left.formatted(950)), lines.subList(50, 52));
        assertEquals(
                List.of(left.formatted(990), TIME + "WARN  AgentLogTest: the last"), lines.subList(62, 64));
        assertEquals(64, lines.size(), "and what the agent itself says is never left out");
    }

    @Test
    void aLibrarysBrokenToStringHarmsNobody() {
        AgentLoggingProvider.attach(log);
        library.warn("value {}", new Object() {
            @Override
            public String toString() {
                throw new IllegalStateException("broken");
            }
        });

        assertEquals(1, printed().lines().count());
    }

    @Test
    void nothingThatIsLoggedThrows() {
        log.info(null, null);
        log.line(null, null, 0);

        assertEquals(
                TIME + "INFO  null: null\n"
                        + TIME + "WARN  agent: left out 1 log lines that could not be made, as when there is no memory\n",
                printed());
    }

    @Test
    void whateverAClockOrAFormatThrowsReachesNobodyWhoLogs() throws InterruptedException {
        for (Error failure : List.of(
                new OutOfMemoryError("as a test says"), new StackOverflowError(), new NoClassDefFoundError("x"))) {
            AtomicReference<Error> thrown = new AtomicReference<>(failure);
            try (AgentLog poor = new AgentLog(
                    channel,
                    () -> {
                        if (thrown.get() != null) {
                            throw thrown.get();
                        }
                        return Instant.parse("2026-11-23T05:50:01.123Z");
                    },
                    EventLog.Level.INFO,
                    AgentLog.Form.TEXT)) {
                poor.info("agent", "an event");
                poor.line("gtm x", "a line", 0);
                poor.leftOut();
                thrown.set(null);
                poor.info("agent", "after it");

                // There is no waiting while the thread of the log could not tell either.
                SlowChannel.await(() -> poor.flush(Duration.ofSeconds(30)), "the log to be written");
                // Told as soon as there is room, so perhaps in parts.
                int leftOut = Pattern.compile("left out (\\d+) log lines that could not be made").matcher(channel.text())
                        .results().mapToInt(told -> Integer.parseInt(told.group(1))).sum();
                assertEquals(3, leftOut, channel.text());
                assertTrue(channel.text().contains("after it"), channel.text());
                channel.forget();
            }
        }
    }

    @Test
    void isSilentAboutNothingThatWasLeftOut() throws InterruptedException {
        channel.block();
        log.info("agent", "first");
        channel.awaitWrite();
        for (int i = 0; i < 20_000; i++) {
            log.info("agent", "x".repeat(200));
        }
        channel.unblock();

        String text = printed();
        assertTrue(text.matches("(?s).*WARN  agent: left out [0-9]+ log lines, because standard .*\n"), text);
    }

    private String printed() {
        assertTrue(log.flush(Duration.ofSeconds(30)));
        return channel.text();
    }
}
