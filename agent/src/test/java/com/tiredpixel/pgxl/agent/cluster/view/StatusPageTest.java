package com.tiredpixel.pgxl.agent.cluster.view;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tiredpixel.pgxl.agent.cluster.configuration.Member;
import com.tiredpixel.pgxl.agent.cluster.configuration.Member.Kind;
import com.tiredpixel.pgxl.agent.cluster.view.ClusterView.Verdict;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What is known is shown, and what is not known is shown as that. */
class StatusPageTest {
    private static final String LONG = "a-very-long-name-".repeat(10);

    private static MemberView member(String name, boolean ready, List<String> unasked) {
        return new MemberView(new Member(Kind.DATANODE_SLAVE, name, name, 65535, "/" + name),
                Optional.of(new MemberView.Agent("RUNNING", ready, "why " + name, "10.9", 93, name)),
                Optional.of(new MemberView.Database(false, "10.9", 200_000_000,
                        new MemberView.Prepared(3, 70), new MemberView.Prepared(2, 4), List.of(new MemberView.Standby(
                                name, "streaming", "sync", 1 << 30, Optional.of(2.25))))), unasked);
    }

    private static ClusterView cluster(MemberView... members) {
        return new ClusterView(List.of(members));
    }

    @Test
    void theVerdictIsTheWorstThatIsKnown() {
        MemberView well = member("d1", true, List.of());
        MemberView broken = member("d2", false, List.of("SQL: refused"));
        MemberView mute = new MemberView(well.member(), Optional.empty(), Optional.empty(), List.of("agent: late"));
        assertEquals(Verdict.NONE, cluster().verdict());
        assertEquals("cluster: none yet; pgxc_ctl.conf names no server\n", StatusPage.of(cluster()));
        assertEquals(Verdict.WELL, cluster(well).verdict());
        assertEquals(Verdict.PARTIAL, cluster(well, mute).verdict());
        assertEquals(Verdict.DEGRADED, cluster(well, mute, broken).verdict());
        assertTrue(StatusPage.of(cluster(well, mute, broken))
                .startsWith("cluster: degraded; of 3 servers 1 serve, 1 do not, 1 not known\n"));
        assertTrue(StatusPage.of(cluster(mute)).contains("not asked: agent: late"));
    }

    @Test
    void noLineIsWiderThanEightyColumnsAndNoneControlsTheTerminal() {
        String page = StatusPage.of(cluster(member(LONG, false, List.of(LONG, "\u001b[2J"))));
        page.lines().forEach(line -> assertTrue(line.length() <= 80, line));
        assertTrue(page.indexOf('\u001b') < 0, page);
    }

    @Test
    void usersOwnPreparedTransactionsAndLagAndProxiesTargetsAreToldApart() {
        String page = StatusPage.of(cluster(member("d1", true, List.of())));
        assertTrue(page.contains("xid age 200000000, prepared 5, server 10.9\n"), page);
        assertTrue(page.contains("    prepared by users: 3, oldest 70 s\n"), page);
        assertTrue(page.contains("    prepared by commits on several nodes: 2, oldest 4 s\n"), page);
        assertTrue(page.contains("    standby d1 streaming sync, 1073741824 bytes, 2.3 s behind\n"), page);
        assertTrue(page.contains("    GTM at d1\n"), page);
        assertTrue(StatusDocument.of(cluster(member("d1", true, List.of()))).contains("\"prepared\":5,\"oldestPrepared\":70,"
                + "\"preparedByCommits\":2,\"oldestPreparedByCommits\":4,\"standbys\":[{\"name\":\"d1\","
                + "\"state\":\"streaming\",\"sync\":\"sync\",\"lagBytes\":1073741824,\"lagSeconds\":2.25}]"));
    }

    @Test
    void versionsAreListedWhereTheyDiffer() {
        MemberView one = member("d1", true, List.of());
        MemberView gtm = new MemberView(one.member(), Optional.of(
                new MemberView.Agent("RUNNING", true, "", "10.9 with mends 1", 1, "")), Optional.empty(), List.of());
        assertTrue(StatusPage.of(cluster(one, gtm, one))
                .endsWith("versions differ:\n    10.9: d1 d1\n    10.9 with mends 1: d1\n"), StatusPage.of(cluster(one, gtm)));
        assertTrue(!StatusPage.of(cluster(one, one)).contains("versions"));
    }

    @Test
    void theDocumentSaysNullForWhatIsNotKnown() {
        MemberView mute = new MemberView(
                member("d1", true, List.of()).member(), Optional.empty(), Optional.empty(), List.of("agent: late"));
        assertEquals("{\"verdict\":\"partial\",\"members\":[{\"name\":\"d1\",\"role\":\"datanode slave\",\"host\":\"d1\","
                + "\"port\":65535,\"directory\":\"/d1\",\"condition\":\"unknown\",\"agent\":null,\"database\":null,"
                + "\"notAsked\":[\"agent: late\"]}]}\n", StatusDocument.of(cluster(mute)));
    }
}
