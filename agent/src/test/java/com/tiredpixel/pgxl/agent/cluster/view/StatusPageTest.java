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
                Optional.of(new MemberView.Database(false, name, 200_000_000, 3, 70,
                        List.of(new MemberView.Standby(name, "streaming", "sync", 1 << 30)))), unasked);
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
    void theDocumentSaysNullForWhatIsNotKnown() {
        MemberView mute = new MemberView(
                member("d1", true, List.of()).member(), Optional.empty(), Optional.empty(), List.of("agent: late"));
        assertEquals("{\"verdict\":\"partial\",\"members\":[{\"name\":\"d1\",\"role\":\"datanode slave\",\"host\":\"d1\","
                + "\"port\":65535,\"directory\":\"/d1\",\"condition\":\"unknown\",\"agent\":null,\"database\":null,"
                + "\"notAsked\":[\"agent: late\"]}]}\n", StatusDocument.of(cluster(mute)));
    }
}
