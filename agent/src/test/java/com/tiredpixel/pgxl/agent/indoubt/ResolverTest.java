package com.tiredpixel.pgxl.agent.indoubt;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tiredpixel.pgxl.agent.sql.ClusterNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ResolverTest {
    private static final Duration DUE = Duration.ofSeconds(45);
    private static final String GID = FakeCluster.gid(60022);

    private final FakeCluster cluster = new FakeCluster();
    private final List<String> log = new ArrayList<>();
    private Runnable betweenTheQuestions = () -> { };
    private final Resolver resolver = resolver(true);

    private Resolver resolver(boolean acts) {
        return new Resolver(
                cluster, DUE, acts, (level, subject, message) -> log.add(level + " " + message), () -> Duration.ZERO,
                () -> betweenTheQuestions.run());
    }

    private Resolver.Pass pass() {
        return resolver.pass(beside(1));
    }

    private static ClusterNode beside(int coordinator) {
        return new ClusterNode("", true, 0, "/tmp", coordinator);
    }

    private void prepared(String... nodes) {
        for (String node : nodes) {
            cluster.node(node).prepared.put(GID, 50L);
        }
    }

    @Test
    void whatIsPreparedEverywhereIsRolledBackInItsDatabase() {
        prepared("data1", "data2");
        InDoubt found = pass().found();
        assertEquals(
                List.of("data1 shop: ROLLBACK PREPARED '" + GID + "'", "data2 shop: ROLLBACK PREPARED '" + GID + "'"),
                cluster.ends);
        assertEquals(List.of(), found.transactions());
        assertEquals(1, found.rolledBack());
        assertTrue(log.get(0).startsWith("WARN " + GID + " of app in shop, prepared 50 s ago: rolled back"), log.toString());
    }

    @Test
    void whatOneHasCommittedIsCommittedOnTheOther() {
        prepared("data2");
        cluster.node("data1").ended.put(60022L, true);
        assertEquals(1, pass().found().committed());
        assertEquals(List.of("data2 shop: COMMIT PREPARED '" + GID + "'"), cluster.ends);
    }

    @Test
    void whatOneHasLostIsRolledBackOnTheOther() {
        prepared("data2");
        assertEquals(1, pass().found().rolledBack());
        prepared("data1");
        cluster.node("data2").ended.put(60022L, false);
        cluster.node("data1").ended.clear();
        assertEquals(2, pass().found().rolledBack());
    }

    @Test
    void aDdlIsEndedOnTheCoordinatorToo() {
        String gid = "_$XC$9:coord1:T:1:1:3:1";
        cluster.node("coord1").prepared.put(gid, 50L);
        cluster.node("data1").prepared.put(gid, 50L);
        pass();
        assertTrue(cluster.ends.contains("coord1 shop: ROLLBACK PREPARED '" + gid + "'"), cluster.ends.toString());
    }

    @Test
    void whatIsTornStaysAndIsToldOnce() {
        prepared("data2");
        cluster.node("coord1").ended.put(60022L, true);
        String three = "_$XC$60022:coord1:F:2:0:3:4";
        assertEquals(GID, three);
        cluster.node("data1").ended.put(60022L, false);
        for (int i = 0; i < 3; i++) {
            InDoubt found = pass().found();
            assertTrue(found.transactions().get(0).torn());
        }
        assertEquals(List.of(), cluster.ends);
        assertEquals(1, log.size(), log.toString());
        assertTrue(log.get(0).startsWith("ERROR"), log.toString());
    }

    @ParameterizedTest
    @ValueSource(strings = {"coord1", "data1", "data2"})
    void whereASessionIsAtItNothingIsDone(String node) {
        prepared("data1", "data2");
        cluster.node(node).sessions.add(60022L);
        Resolver.Pass pass = pass();
        assertEquals("leave", pass.found().transactions().get(0).verdict());
        assertEquals(List.of(), cluster.ends);
        assertEquals(Duration.ofSeconds(10), pass.next());
        cluster.node(node).sessions.clear();
        assertEquals(1, pass().found().rolledBack());
    }

    @Test
    void whileAParticipantIsSilentNothingIsDoneAndAStandbyIsNoAnswer() {
        prepared("data1");
        cluster.node("data2").silent = true;
        assertEquals(List.of("data2: could not connect"), pass().found().silent());
        cluster.node("data2").silent = false;
        cluster.node("data2").standby = true;
        assertEquals(List.of("data2: it is in recovery"), pass().found().silent());
        cluster.node("data2").standby = false;
        cluster.node("data2").calls = "data7";
        assertTrue(pass().found().silent().get(0).contains("is data7"));
        assertEquals(List.of(), cluster.ends);
        cluster.node("data2").calls = "data2";
        pass();
        assertEquals(1, cluster.ends.size());
    }

    @Test
    void whileItsCoordinatorIsSilentOrUnknownNothingIsDone() {
        String ofTheOther = "_$XC$60022:coord2:F:2:0:3:4";
        String ofNobody = "_$XC$60030:coord9:F:2:0:3:4";
        for (String gid : List.of(ofTheOther, ofNobody)) {
            cluster.node("data1").prepared.put(gid, 50L);
            cluster.node("data2").prepared.put(gid, 50L);
        }
        cluster.node("coord2").silent = true;
        assertEquals(2, pass().found().transactions().size());
        assertEquals(List.of(), cluster.ends);
        cluster.node("coord2").silent = false;
        assertEquals(1, pass().found().transactions().size());
        assertTrue(pass().found().transactions().get(0).why().contains("coord9"));
    }

    @Test
    void aParticipantThatTheClusterDoesNotKnowIsNoAnswer() {
        String gid = "_$XC$60022:coord1:F:2:0:3:99";
        cluster.node("data1").prepared.put(gid, 50L);
        assertTrue(pass().found().transactions().get(0).why().contains("node 99"));
        assertEquals(List.of(), cluster.ends);
    }

    @Test
    void whatIsYoungerIsLeftAloneAndLookedAtWhenItIsDue() {
        cluster.node("data1").prepared.put(GID, 30L);
        Resolver.Pass pass = pass();
        assertEquals(List.of(), cluster.ends);
        assertEquals(0, pass.found().transactions().size());
        assertEquals(Duration.ofSeconds(15), pass.next());
    }

    /** Whatever it is called, and however old it is. */
    @Test
    void aUsersOwnPreparedTransactionIsCountedAndNeverTouched() {
        List<String> names = List.of("mine", "a'; DROP TABLE t; --", "two\nlines|and|bars", "_$XC$1:coord1:F:1:0:3x");
        for (String name : names) {
            cluster.node("data1").prepared.put(name, 90_000L);
        }
        InDoubt found = pass().found();
        assertEquals(List.of(), cluster.ends);
        assertEquals(names.size(), found.others());
        assertEquals(Duration.ofSeconds(90_000), found.oldestOther());
        assertEquals(List.of(), found.transactions());
    }

    @Test
    void answersThatChangeBetweenTwoQuestionsAreNotActedUpon() {
        prepared("data1", "data2");
        betweenTheQuestions = () -> {
            cluster.node("data1").prepared.clear();
            cluster.node("data1").ended.put(60022L, true);
        };
        assertEquals("leave", pass().found().transactions().get(0).verdict());
        assertEquals(List.of(), cluster.ends);
        betweenTheQuestions = () -> { };
        assertEquals(1, pass().found().committed());
    }

    @Test
    void whatTheSessionItselfEndsMeanwhileIsSettled() {
        prepared("data1", "data2");
        Runnable end = () -> List.of("data1", "data2").forEach(node -> {
            cluster.node(node).prepared.clear();
            cluster.node(node).ended.put(60022L, true);
        });
        betweenTheQuestions = end;
        pass();
        betweenTheQuestions = () -> { };
        InDoubt found = pass().found();
        assertEquals(List.of(), found.transactions());
        assertEquals(List.of(), cluster.ends);
        assertEquals(0, found.committed());
    }

    @Test
    void whatANodeRefusesIsAFailureAndIsTriedAgain() {
        prepared("data1", "data2");
        cluster.node("data2").refusesEnds = true;
        assertEquals(1, pass().found().failed());
        assertTrue(log.get(0).startsWith("ERROR") && log.get(0).contains("not everywhere"), log.toString());
        cluster.node("data2").refusesEnds = false;
        InDoubt found = pass().found();
        assertEquals(1, found.rolledBack());
        assertEquals(List.of(), found.transactions());
    }

    @Test
    void theFirstCoordinatorThatAnswersHasTheResolver() {
        prepared("data1", "data2");
        InDoubt found = resolver.pass(beside(2)).found();
        assertFalse(found.resolver());
        assertTrue(found.state().contains("coord1 resolves"), found.state());
        assertEquals(List.of(), cluster.ends);
        cluster.node("coord1").silent = true;
        assertTrue(resolver.pass(beside(2)).found().resolver());
        assertEquals(List.of(), cluster.ends, "but this one is coord1's");
    }

    @Test
    void whoOnlyReportsTouchesNothingAndSaysWhatWouldBeDone() {
        prepared("data1", "data2");
        Resolver reporter = resolver(false);
        reporter.pass(beside(1));
        InDoubt found = reporter.pass(beside(1)).found();
        assertEquals("roll back", found.transactions().get(0).verdict());
        assertEquals(List.of(), cluster.ends);
        assertTrue(found.text(Duration.ofSeconds(3)).contains(GID + "  50 s, app in shop: roll back: "), found.text(DUE));
    }

    @Test
    void aStandbyOrADeadCoordinatorHereIsAReasonToWait() {
        cluster.node("coord1").standby = true;
        assertFalse(pass().found().resolver());
        cluster.node("coord1").silent = true;
        assertTrue(pass().found().state().contains("does not answer"));
        assertEquals(List.of("coord1?", "coord1?"), cluster.asked);
    }

    @Test
    void anIdleClusterIsAskedOnceANode() {
        assertEquals(DUE, pass().next());
        assertEquals(List.of("coord1?", "coord2?", "data1?", "data2?"), cluster.asked);
    }
}
