package com.tiredpixel.pgxl.agent.failover;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tiredpixel.pgxl.agent.base.MonotonicClock;
import com.tiredpixel.pgxl.agent.node.Role;
import com.tiredpixel.pgxl.agent.sql.ClusterNode;
import com.tiredpixel.pgxl.agent.sql.Conversation;
import com.tiredpixel.pgxl.agent.supervisor.StartGuard.Start;
import com.tiredpixel.pgxl.agent.supervisor.StartGuard.Verdict;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OldMasterGuardTest {
    @TempDir
    Path home;

    private final Map<String, String> answers = new HashMap<>();
    private final List<String> asked = new ArrayList<>();
    private final List<String> log = new ArrayList<>();
    private Duration now = Duration.ofHours(1);
    private Path data;
    private OldMasterGuard guard;

    @BeforeEach
    void oneThatServedOnce() throws IOException {
        data = Volume.database(home.resolve("data"), 7, 1);
        nodes().keep(data, new Known(7, "data1", List.of(
                new ClusterNode("data1", false, 1, "data1", 5432), new ClusterNode("coord1", true, 2, "coord1", 5432))));
        guard = newAgent();
    }

    private KnownNodes nodes() {
        return new KnownNodes(home.resolve(".pgxl"), home);
    }

    /** Its questions are answered at once. */
    private OldMasterGuard newAgent() {
        Conversation talk = (node, database, statements, question) -> {
            asked.add(node.host());
            String said = answers.get(node.host());
            return said == null ? new Conversation.Result.Nothing("connection refused") : new Conversation.Result.Said(said);
        };
        return new OldMasterGuard(home.resolve(".pgxl"), home, talk, Runnable::run, Runnable::run,
                (level, subject, message) -> log.add(level + " " + subject + ": " + message), () -> now);
    }

    private Verdict before() {
        var start = new Start(data, Role.DATANODE, "datanode data", false, List.of());
        Verdict verdict = guard.before(start);
        return verdict instanceof Verdict.NotYetKnown ? guard.before(start) : verdict;
    }

    private void failedOver() {
        answers.put("coord1", Volume.self("coord1", false, 1, 9, "5.5") + Volume.node('D', "data1", "data1s"));
        answers.put("data1s", Volume.self("data1", false, 2, 7, "6.5"));
    }

    private void later() {
        now = now.plusSeconds(6);
        before();
    }

    @Test
    void anOldMasterWaitsAndSaysForWhat() {
        failedOver();
        String reason = assertInstanceOf(Verdict.Blocked.class, before()).reason();
        assertTrue(reason.startsWith("at data1s:5432, where pgxc_node of coord1 has data1, serves a master"), reason);
        assertTrue(reason.endsWith("pgxl start data --alone"), reason);
    }

    @Test
    void whereNobodyAnswersItStarts() {
        assertInstanceOf(Verdict.Clear.class, before());
        assertEquals(List.of("data1", "coord1"), asked);
    }

    @Test
    void oneThatRemembersNobodyAsksNobody() throws IOException {
        Volume.database(data, 8, 1);
        failedOver();
        assertInstanceOf(Verdict.Clear.class, before());
        assertEquals(List.of(), asked);
    }

    @Test
    void aSlaveAsksNobody() throws IOException {
        failedOver();
        Files.writeString(data.resolve("recovery.conf"), "standby_mode = on\n");
        assertInstanceOf(Verdict.Clear.class, before());
        assertEquals(List.of(), asked);
    }

    @Test
    void otherRolesAskNobody() {
        failedOver();
        assertInstanceOf(Verdict.Clear.class, guard.before(new Start(data, Role.GTM, "gtm data", false, List.of())));
        assertEquals(List.of(), asked);
    }

    @Test
    void itWaitsInTheNextContainerTooThoughNobodyAnswersYet() {
        failedOver();
        before();
        answers.clear();
        guard = newAgent();
        assertInstanceOf(Verdict.Blocked.class, before());
        later();
        assertInstanceOf(Verdict.Blocked.class, before());
    }

    @Test
    void itIsAskedAgainAndStartsWhenTheOthersHaveItBack() {
        failedOver();
        before();
        answers.put("coord1", Volume.self("coord1", false, 1, 9, "5.5") + Volume.node('D', "data1", "data1"));
        assertInstanceOf(Verdict.Blocked.class, before(), "not asked each second");
        later();
        assertInstanceOf(Verdict.Clear.class, before());
        assertEquals(List.of(), log.stream().filter(line -> line.startsWith("ERROR")).toList());
        guard = newAgent();
        answers.clear();
        assertInstanceOf(Verdict.Clear.class, before(), "and that it gave way is forgotten");
    }

    @Test
    void aPersonMayHaveItServeAllTheSameUntilTheAgentEnds() {
        failedOver();
        before();
        guard.serveAlone(data);
        assertInstanceOf(Verdict.Clear.class, before());
        guard = newAgent();
        assertInstanceOf(Verdict.Blocked.class, before());
    }

    /** What a standby or another server says at the address of a coordinator is not what that coordinator says. */
    @Test
    void onlyWhoSaysThatHeIsTheOneIsBelieved() {
        failedOver();
        answers.put("coord1", Volume.self("coord9", false, 1, 9, "5.5") + Volume.node('D', "data1", "data1s"));
        assertInstanceOf(Verdict.Clear.class, before());
        answers.put("coord1", Volume.self("coord1", true, 1, 9, "5.5") + Volume.node('D', "data1", "data1s"));
        assertInstanceOf(Verdict.Clear.class, before());
    }

    /** What waits for questions must not take the threads in which they are asked. */
    @Test
    void manyMastersOfOneContainerAreAllLookedAt() throws IOException {
        failedOver();
        Conversation talk = (node, database, statements, question) -> answers.containsKey(node.host())
                ? new Conversation.Result.Said(answers.get(node.host()))
                : new Conversation.Result.Nothing("connection refused");
        guard = new OldMasterGuard(
                home.resolve(".pgxl"), home, talk, (level, subject, message) -> { }, MonotonicClock.system());
        List<Start> waiting = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            Path one = Volume.database(home.resolve("data" + i), 7, 1);
            nodes().keep(one, nodes().of(data).orElseThrow());
            waiting.add(new Start(one, Role.DATANODE, "datanode data" + i, false, List.of()));
        }
        long end = System.nanoTime() + Duration.ofSeconds(60).toNanos();
        while (!waiting.isEmpty() && System.nanoTime() < end) {
            waiting.removeIf(start -> guard.before(start) instanceof Verdict.Blocked);
        }
        assertEquals(List.of(), waiting);
    }
}
