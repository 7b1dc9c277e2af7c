package com.tiredpixel.pgxl.agent.failover;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tiredpixel.pgxl.agent.failover.Decision.GiveWay;
import com.tiredpixel.pgxl.agent.failover.Decision.Own;
import com.tiredpixel.pgxl.agent.failover.Decision.Report;
import com.tiredpixel.pgxl.agent.failover.Decision.Serve;
import com.tiredpixel.pgxl.agent.sql.ClusterNode;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class DecisionTest {
    private static final String BEGUN = "1796000000.5";
    private static final GiveWay STANDING = new GiveWay("as it was", 2);

    private static Own own(long timeline, String begun) {
        return new Own("data1", OptionalLong.of(timeline), OptionalLong.of(7), Optional.of("data1:5432"),
                Optional.ofNullable(begun));
    }

    private static Self master(long timeline) {
        return new Self("data1", false, OptionalLong.of(timeline), OptionalLong.of(7), "1796000099.25");
    }

    private static Claim at(String host, Self server, String... saidBy) {
        return new Claim(List.of(saidBy), new ClusterNode("", false, 0, host, 5432), Optional.ofNullable(server));
    }

    private static Decision of(Claim... claims) {
        return Decision.of(own(1, null), List.of(claims));
    }

    @Test
    void itGivesWayToAMasterOfItsNameOnAHigherTimeline() {
        var way = assertInstanceOf(GiveWay.class, of(at("data1", null, Claim.ITS_OWN), at("new", master(2), "coord1", "coord2")));
        assertEquals(2, way.timeline());
        assertEquals("at new:5432, where pgxc_node of coord1, coord2 has data1, serves a master of that name, up since "
                + "2026-11-30T00:54:59Z, on timeline 2: it was promoted; this one is on timeline 1", way.why());
    }

    @Test
    void itServesWhereNobodyHasItsName() {
        assertEquals(new Serve(), of());
        assertEquals(new Serve(), of(at("data1", null, Claim.ITS_OWN, "coord1")));
        assertEquals(new Serve(), of(at("new", null, "coord1")), "whoever does not answer is no evidence");
        assertEquals(new Serve(), of(at("new", new Self("data2", false, OptionalLong.of(9), OptionalLong.of(7), "1"), "coord1")));
    }

    @Test
    void aStandbyIsNoOtherMaster() {
        assertEquals(new Serve(), of(at("new", new Self("data1", true, OptionalLong.empty(), OptionalLong.of(7), "1"), "coord1")));
    }

    @Test
    void itselfByAnotherAddressIsNoOtherMaster() {
        Self self = new Self("data1", false, OptionalLong.of(3), OptionalLong.of(7), BEGUN);
        assertEquals(new Serve(), Decision.of(own(3, BEGUN), List.of(at("10.0.0.7", self, "coord1"), at("proxy", self, "coord2"))));
    }

    /** A coordinator that was down during the failover still has the old one. */
    @Test
    void thePromotedOneServesThoughSomebodyStillHasTheOldOne() {
        var report = assertInstanceOf(Report.class, Decision.of(own(2, BEGUN), List.of(at("old", master(1), "coord2"))));
        assertTrue(report.why().contains("older than this one on timeline 2: that one should be stopped"), report.why());
    }

    @Test
    void ofTwoOnOneTimelineNobodyIsStopped() {
        var report = assertInstanceOf(Report.class, of(at("new", master(1), "coord1")));
        assertTrue(report.why().contains("on the same timeline 1: which of the two is right only a person can say"));
    }

    /** Removed, and added again on another host under the same name: its timeline says nothing about this one. */
    @Test
    void aMasterOfAnotherDatabaseSystemIsReported() {
        Self other = new Self("data1", false, OptionalLong.of(9), OptionalLong.of(8), "1");
        assertInstanceOf(Report.class, of(at("new", other, "coord1")));
    }

    @Test
    void whatIsNotKnownIsNotGuessed() {
        Self silent = new Self("data1", false, OptionalLong.empty(), OptionalLong.empty(), "1");
        assertInstanceOf(Report.class, of(at("new", silent, "coord1")));
        var unread = new Own("data1", OptionalLong.empty(), OptionalLong.empty(), Optional.empty(), Optional.empty());
        assertInstanceOf(Report.class, Decision.of(unread, List.of(at("new", master(2), "coord1"))));
    }

    @Test
    void serversOfNinePointFiveDoNotTellTheirIdentifier() {
        Self other = new Self("data1", false, OptionalLong.of(2), OptionalLong.empty(), "1");
        assertInstanceOf(GiveWay.class, of(at("new", other, "coord1")));
    }

    @Test
    void ofSeveralClaimsOneIsEnough() {
        assertInstanceOf(GiveWay.class, of(at("same", master(1), "coord1"), at("new", master(2), "coord2")));
    }

    private static Decision after(Claim... claims) {
        return Decision.after(STANDING, own(1, null), List.of(claims));
    }

    @Test
    void silenceDoesNotLetAnOldMasterServeAgain() {
        assertEquals(STANDING, after());
        assertEquals(STANDING, after(at("data1", null, Claim.ITS_OWN)));
        assertEquals(STANDING, after(at("new", null, "coord1")), "it may only be restarting");
        assertEquals(STANDING, after(at("new", null, "coord1"), at("data1", null, "coord2")), "one was down in the failover");
    }

    @Test
    void itServesAgainWhenTheOthersHaveItBack() {
        assertEquals(new Serve(), after(at("data1", null, Claim.ITS_OWN, "coord1", "coord2")));
    }

    @Test
    void itServesAgainWhenTheOtherWasMadeAStandby() {
        Self standby = new Self("data1", true, OptionalLong.empty(), OptionalLong.of(7), "1");
        assertEquals(new Serve(), after(at("data1", null, Claim.ITS_OWN), at("new", standby, "coord1")));
    }

    @Test
    void itStaysDownWhileTheOtherServes() {
        assertInstanceOf(GiveWay.class, after(at("new", master(3), "coord1")));
    }
}
