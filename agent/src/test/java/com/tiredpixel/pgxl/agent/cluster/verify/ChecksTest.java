package com.tiredpixel.pgxl.agent.cluster.verify;

import static com.tiredpixel.pgxl.agent.cluster.verify.Fixture.COORD1;
import static com.tiredpixel.pgxl.agent.cluster.verify.Fixture.COORD2;
import static com.tiredpixel.pgxl.agent.cluster.verify.Fixture.DATA1;
import static com.tiredpixel.pgxl.agent.cluster.verify.Fixture.DATA1_SLAVE;
import static com.tiredpixel.pgxl.agent.cluster.verify.Fixture.DATA2;
import static com.tiredpixel.pgxl.agent.cluster.verify.Fixture.GTM;
import static com.tiredpixel.pgxl.agent.cluster.verify.Fixture.GTM_SLAVE;
import static com.tiredpixel.pgxl.agent.cluster.verify.Fixture.PROXY;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.tiredpixel.pgxl.agent.cluster.configuration.Member;
import com.tiredpixel.pgxl.agent.cluster.view.MemberView.Agent;
import com.tiredpixel.pgxl.agent.cluster.view.MemberView.Database;
import com.tiredpixel.pgxl.agent.cluster.view.MemberView.Prepared;
import com.tiredpixel.pgxl.agent.cluster.view.MemberView.Standby;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** Each check finds what is wrong, names the server, and nothing else; in a cluster where all agrees none finds anything. */
class ChecksTest {
    private static final String PGXL = "/usr/local/lib/pgxl-agent/bin/pgxl ";

    private final Fixture cluster = new Fixture();

    private void assertNothing() {
        Verification all = Verification.of(cluster.facts());
        assertEquals(List.of(), all.findings());
        assertEquals(List.of(), all.unasked());
        assertEquals(0, all.code());
    }

    private Finding only() {
        List<Finding> findings = Verification.of(cluster.facts()).findings();
        assertEquals(1, findings.size(), findings.toString());
        return findings.get(0);
    }

    private void assertOnly(Severity severity, String check, String where, String what, String mend) {
        Finding found = only();
        assertEquals(severity + " " + check + " " + where + ": " + what,
                found.severity() + " " + found.check() + " " + found.where() + ": " + found.what());
        assertEquals(mend, found.mend() instanceof Mend.Run run ? run.text() : ((Mend.Advice) found.mend()).sentence());
    }

    private static String psql(String node, String... statements) {
        return "psql -h " + node + " -U postgres -d postgres -c " + String.join(" -c ", statements);
    }

    @Test
    void whereAllAgreesNothingIsFound() {
        assertNothing();
    }

    @Test
    void aNodeAtAnotherAddressIsFoundWhicheverTableHasIt() {
        for (Member of : List.of(COORD1, COORD2, DATA1, DATA2)) {
            var one = new Fixture().nodes(of, nodes -> {
                nodes.set(2, new CatalogNode("data1", "D", "hdata1", 5439, true));
                return nodes;
            });
            List<Finding> findings = Verification.of(one.facts()).findings();
            assertEquals(1, findings.size(), findings.toString());
            assertEquals("its pgxc_node has datanode data1 at hdata1:5439, pgxc_ctl.conf at hdata1:15432", findings.get(0).what());
            assertEquals(psql(of.host() + " -p " + of.port(), "\"ALTER NODE data1 WITH (HOST = 'hdata1', PORT = 15432)\"", "'SELECT pgxc_pool_reload()'"),
                    ((Mend.Run) findings.get(0).mend()).text());
        }
        cluster.nodes(COORD2, nodes -> {
            nodes.set(0, new CatalogNode("coord1", "C", "localhost", 5432, false));
            return nodes;
        });
        assertEquals("pgxc_node", only().check());
    }

    @Test
    void aNodeThatIsMissingOrTooManyOrOfAnotherTypeIsFound() {
        cluster.nodes(DATA2, nodes -> nodes.subList(0, 3));
        assertOnly(Severity.ERROR, "pgxc_node", "datanode data2 at hdata2:15432", "its pgxc_node has no datanode data2",
                psql("hdata2 -p 15432", "\"CREATE NODE data2 WITH (TYPE = 'datanode', HOST = 'hdata2', PORT = 15432)\"", "'SELECT pgxc_pool_reload()'"));

        var surplus = new Fixture();
        surplus.nodes(COORD1, nodes -> {
            nodes.add(new CatalogNode("Old'one", "D", "hold", 15432, false));
            return nodes;
        });
        Finding found = Verification.of(surplus.facts()).findings().get(0);
        assertEquals("its pgxc_node has Old'one at hold:15432, which pgxc_ctl.conf does not name", found.what());
        assertEquals(psql("hcoord1 -p 5432", "\"DROP NODE \\\"Old'one\\\"\"", "'SELECT pgxc_pool_reload()'"), ((Mend.Run) found.mend()).text());

        var other = new Fixture();
        other.nodes(COORD1, nodes -> {
            nodes.set(1, new CatalogNode("coord2", "D", "hcoord2", 5432, false));
            return nodes;
        });
        assertEquals(List.of("its pgxc_node has coord2 with type D; it is a coordinator"),
                Verification.of(other.facts()).findings().stream().map(Finding::what).toList());
    }

    @Test
    void aMasterThatFollowsIsFound() {
        cluster.database(DATA2, now -> new Database(
                true, now.version(), now.xidAge(), now.byUsers(), now.byCommits(), now.standbys()));
        assertOnly(Severity.ERROR, "role", "datanode data2 at hdata2:15432",
                "it is the master in pgxc_ctl.conf, and follows another server",
                "ssh hdata2 'pg_ctl promote -Z datanode -D /d/data2'");
        cluster.database(DATA2, now -> new Database(
                false, now.version(), now.xidAge(), now.byUsers(), now.byCommits(), now.standbys()));
        cluster.host("hgtm", "id", new HostNode("gtm", "gtm", "slave", "/d/gtm", "RUNNING"));
        assertOnly(Severity.ERROR, "role", "gtm gtm at hgtm:6666",
                "it is the master in pgxc_ctl.conf, and follows another server",
                "ssh hgtm 'gtm_ctl promote -Z gtm -D /d/gtm'");
    }

    @Test
    void aSlaveThatLeadsIsASecondMaster() {
        for (Member slave : List.of(DATA1_SLAVE, GTM_SLAVE)) {
            var one = new Fixture();
            HostNode was = one.hosts.get(slave.host()).nodes().get(0);
            one.host(slave.host(), "id", new HostNode(was.nodeName(), was.role(), "master", was.directory(), "RUNNING"));
            List<Finding> findings = Verification.of(one.facts()).findings();
            assertEquals(List.of("it is a slave in pgxc_ctl.conf, and follows nobody"),
                    findings.stream().map(Finding::what).toList());
            assertEquals("ssh " + slave.host() + " '" + PGXL + "hold " + slave.directory() + " && " + PGXL + "stop "
                    + slave.directory() + "'", ((Mend.Run) findings.get(0).mend()).text());
            one.host(slave.host(), "id", new HostNode(was.nodeName(), was.role(), "master", was.directory(), "STOPPED"));
            assertEquals(List.of(), Verification.of(one.facts()).findings(), "one that is down");
        }
    }

    @Test
    void anOldMasterThatCameBackIsFoundOnAHostThatTheFileNamesNoMore() {
        var old = new HostNode("data2", "datanode", "master", "/d/old data2", "RUNNING");
        cluster.host("hformer", "id-former", old);
        assertOnly(Severity.ERROR, "stranger", "datanode data2 on hformer in /d/old data2",
                "it runs and pgxc_ctl.conf does not name it; data2 is at hdata2:15432",
                "ssh hformer \"" + PGXL + "hold '/d/old data2' && " + PGXL + "stop '/d/old data2'\"");

        cluster.host("hformer", "id-former", new HostNode("data2", "datanode", "master", "/d/data2", "BLOCKED"));
        assertOnly(Severity.WARNING, "stranger", "datanode data2 on hformer in /d/data2",
                "it would run and is kept down, and pgxc_ctl.conf does not name it; data2 is at hdata2:15432",
                "ssh hformer '" + PGXL + "hold /d/data2 && " + PGXL + "stop /d/data2'");

        for (HostNode harmless : List.of(
                new HostNode("data2", "datanode", "master", "/d/data2", "STOPPED"),
                new HostNode("data2", "datanode", "master", "/d/data2", "HELD"),
                new HostNode("data9", "datanode", "master", "/d/data9", "RUNNING"),
                new HostNode("data2", "coordinator", "master", "/d/data2", "RUNNING"),
                new HostNode("proxy", "gtm_proxy", "", "/d/proxy9", "RUNNING"))) {
            cluster.host("hformer", "id-former", harmless);
            assertNothing();
        }
        cluster.host("hformer", "id-hdata2", new HostNode("data2", "datanode", "master", "/d/data2", "RUNNING"));
        assertNothing();
        cluster.host("hformer", "", new HostNode("gtm", "gtm", "slave", "/d/gtm9", "RUNNING"));
        assertEquals(Severity.WARNING, only().severity());
    }

    @Test
    void aStandbyThatCommitsWaitForAndThatIsNotThereIsFound() {
        UnaryOperator<Database> alone = now -> new Database(
                false, now.version(), now.xidAge(), now.byUsers(), now.byCommits(), List.of());
        cluster.database(DATA1, alone);
        assertOnly(Severity.ERROR, "standby", "datanode data1 at hdata1:15432",
                "synchronous_standby_names is data1, and 0 of 1 standbys are synchronous",
                "pgxc_ctl start datanode slave data1");
        cluster.setting(DATA1, "max_wal_senders", "0");
        assertEquals(List.of(Severity.WARNING, Severity.WARNING),
                Verification.of(cluster.facts()).findings().stream().map(Finding::severity).toList());
        var left = new Fixture().setting(COORD1, "synchronous_standby_names", "'coord1s'");
        assertEquals("ssh hcoord1 \"printf '%s\\\\n' \\\"synchronous_standby_names = ''\\\" >>/d/coord1/postgresql.conf"
                + " && pg_ctl reload -D /d/coord1\"",
                ((Mend.Run) Verification.of(left.facts()).findings().get(0).mend()).text());
    }

    @Test
    void whichOfSeveralStandbysMustBeSynchronousIsAsPostgresHasIt() {
        Standby sync = new Standby("A", "streaming", "sync", 0, Optional.empty());
        Standby quorum = new Standby("b", "streaming", "quorum", 0, Optional.empty());
        Standby potential = new Standby("b", "streaming", "potential", 0, Optional.empty());
        assertEquals("", standby("a, b", sync, potential));
        assertEquals("", standby("*", sync));
        assertEquals("", standby("FIRST 1 (a, \"b\")", sync, potential));
        assertEquals("", standby("any 1 (a,b)", quorum, new Standby("a", "streaming", "quorum", 0, Optional.empty())));
        assertEquals("WARNING", standby("a, c", sync));
        assertEquals("ERROR", standby("2 (a, b)", sync, potential));
        assertEquals("ERROR", standby("*", potential));
        assertEquals("ERROR", standby("c"));
    }

    private static String standby(String names, Standby... standbys) {
        var one = new Fixture().setting(DATA1, "synchronous_standby_names", names)
                .database(DATA1, now -> new Database(
                        false, now.version(), now.xidAge(), now.byUsers(), now.byCommits(), List.of(standbys)));
        return String.join(" ", Verification.of(one.facts()).findings().stream()
                .map(finding -> finding.severity().name()).toList());
    }

    @Test
    void whoAsksAnotherGtmIsFound() {
        cluster.agent(PROXY, now -> new Agent("RUNNING", true, "", now.servers(), 1, "hold:6666"));
        assertOnly(Severity.ERROR, "gtm", "gtm_proxy proxy at hdata2:6667",
                "its gtm_proxy.conf leads to hold:6666, and GTM is at hgtm:6666", "pgxc_ctl reconnect gtm_proxy proxy");
        for (String wrong : List.of("localhost", "hgtm2")) {
            var one = new Fixture().setting(COORD1, "gtm_host", wrong);
            List<Finding> findings = Verification.of(one.facts()).findings();
            assertEquals(List.of("its gtm_host leads to " + wrong + ":6666, and GTM is at hgtm:6666"),
                    findings.stream().map(Finding::what).toList());
            assertEquals("ssh hcoord1 \"printf '%s\\\\n' \\\"gtm_host = 'hgtm'\\\" 'gtm_port = 6666' >>"
                    + "/d/coord1/postgresql.conf && " + PGXL + "restart /d/coord1\"",
                    ((Mend.Run) findings.get(0).mend()).text());
        }
        assertEquals(List.of(), Verification.of(new Fixture().setting(COORD1, "gtm_host", "hdata2")
                .setting(COORD1, "gtm_port", "6667").facts()).findings(), "another's proxy");
    }

    @Test
    void aServerOfAnotherVersionOrWithOtherMendsIsFound() {
        cluster.database(DATA2, now -> new Database(false, "10.9 (Postgres-XL 10r1.1)", now.xidAge(), now.byUsers(),
                now.byCommits(), now.standbys()));
        assertOnly(Severity.WARNING, "version", "datanode data2 at hdata2:15432",
                "it is 10.9 (Postgres-XL 10r1.1), others are " + Fixture.VERSION,
                "start its container from the image of the others");
        var gtm = new Fixture().agent(GTM, now -> new Agent("RUNNING", true, "", "10.9", 1, ""));
        assertEquals(List.of("gtm gtm at hgtm:6666"),
                Verification.of(gtm.facts()).findings().stream().map(Finding::where).toList());
    }

    @Test
    void settingsThatEveryNodeShouldHaveAreAskedFor() {
        record Case(String name, String wrong, String mend) {
        }
        for (Case one : List.of(
                new Case("gtm_comm_timeout", "0", "printf '%s\\n' 'gtm_comm_timeout = 20' >>/d/data2/postgresql.conf"
                        + " && pg_ctl reload -D /d/data2"),
                new Case("wal_level", "minimal", "printf '%s\\n' 'wal_level = hot_standby' >>/d/data2/postgresql.conf && "
                        + PGXL + "restart /d/data2"),
                new Case("max_wal_senders", "0", "printf '%s\\n' 'max_wal_senders = 10' >>/d/data2/postgresql.conf && "
                        + PGXL + "restart /d/data2"),
                new Case("tcp_keepalives_idle", "7200", "printf '%s\\n' 'tcp_keepalives_idle = 10'"
                        + " 'tcp_keepalives_interval = 3' 'tcp_keepalives_count = 3' >>/d/data2/postgresql.conf"
                        + " && pg_ctl reload -D /d/data2"),
                new Case("max_prepared_transactions", "199", "printf '%s\\n' 'max_prepared_transactions = 250'"
                        + " >>/d/data2/postgresql.conf && " + PGXL + "restart /d/data2"))) {
            List<Finding> findings =
                    Verification.of(new Fixture().setting(DATA2, one.name(), one.wrong()).facts()).findings();
            assertEquals(List.of(one.name()), findings.stream().map(each -> each.what().split(" ")[0]).toList());
            assertEquals(Severity.WARNING, findings.get(0).severity());
            assertEquals("ssh hdata2 " + Command.of(one.mend()).text(), ((Mend.Run) findings.get(0).mend()).text());
        }
        cluster.setting(DATA2, "max_prepared_transactions", "0");
        assertEquals(Severity.ERROR, only().severity());
        for (String wrong : List.of("", "0")) {
            var one = new Fixture().connectTimeout(DATA2, Optional.of(wrong));
            assertEquals(List.of("PGCONNECT_TIMEOUT is not in its environment, or 0"),
                    Verification.of(one.facts()).findings().stream().map(Finding::what).toList());
        }
        var older = new Fixture().sql(DATA2, sql -> {
            var settings = new java.util.TreeMap<>(sql.settings());
            settings.remove("gtm_comm_timeout");
            return new SqlFacts(sql.nodes(), settings, sql.clock(), sql.databases());
        });
        assertEquals(List.of(), Verification.of(older.facts()).findings(), "Postgres-XL 9.5 has no such setting");
    }

    @Test
    void disksIdsInDoubtAndClocksHaveTheirLimits() {
        assertEquals("", limit(new Fixture().agent(GTM, now -> disk(now, 90))));
        assertEquals("WARNING disk", limit(new Fixture().agent(GTM, now -> disk(now, 91))));
        assertEquals("", limit(age(1_000_000_000L)));
        assertEquals("WARNING xid-age", limit(age(1_000_000_001L)));
        assertEquals("WARNING xid-age", limit(age(1_800_000_000L)));
        assertEquals("ERROR xid-age", limit(age(1_800_000_001L)));
        assertEquals("", limit(inDoubt(60)));
        assertEquals("WARNING in-doubt", limit(inDoubt(61)));
        for (double right : List.of(99.1, 100.0, 100.2, 101.1)) {
            assertEquals("", limit(clock(right)), Double.toString(right));
        }
        assertEquals("WARNING clock", limit(clock(98.9)));
        assertEquals("WARNING clock", limit(clock(101.3)));
        Finding behind = Verification.of(clock(90).facts()).findings().get(0);
        assertEquals("its clock is 10.0 s behind Control's, at least", behind.what());
        assertEquals("vacuumdb -h hcoord1 -p 5432 -U postgres --all --freeze",
                ((Mend.Run) Verification.of(age(2_000_000_000L).facts()).findings().get(0).mend()).text());
    }

    private static String limit(Fixture fixture) {
        return String.join(" ", Verification.of(fixture.facts()).findings().stream()
                .map(finding -> finding.severity() + " " + finding.check()).toList());
    }

    private static Agent disk(Agent now, int percent) {
        return new Agent(now.state(), now.ready(), now.why(), now.servers(), percent, now.gtmTarget());
    }

    private static Fixture age(long age) {
        return new Fixture().database(DATA1, now -> new Database(
                false, now.version(), age, now.byUsers(), now.byCommits(), now.standbys()));
    }

    private static Fixture inDoubt(long seconds) {
        return new Fixture().database(DATA1, now -> new Database(false, now.version(), now.xidAge(), now.byUsers(),
                new Prepared(2, seconds), now.standbys()));
    }

    private static Fixture clock(double server) {
        return new Fixture().sql(COORD2, sql -> new SqlFacts(sql.nodes(), sql.settings(),
                Optional.of(new Clock(100, server, 100.2)), sql.databases()));
    }

    @Test
    void coordinatorsThatDisagreeOnThePrimaryDatanodeAreFound() {
        cluster.nodes(COORD2, nodes -> {
            nodes.set(2, new CatalogNode("data1", "D", "hdata1", 15432, false));
            nodes.set(3, new CatalogNode("data2", "D", "hdata2", 15432, true));
            return nodes;
        });
        assertOnly(Severity.WARNING, "primary", "coordinator coord2 at hcoord2:5432",
                "its primary datanode is data2, that of coord1 is data1",
                psql("hcoord2 -p 5432", "'ALTER NODE data2 WITH (PRIMARY = false)'", "'ALTER NODE data1 WITH (PRIMARY = true)'", "'SELECT pgxc_pool_reload()'"));
    }

    @Test
    void aTableThatIsNotOnAllDatanodesIsFound() {
        cluster.tables.add(new TableNodes("a=b", "public", "Orders", List.of("data2")));
        assertOnly(Severity.WARNING, "table", "database a=b", "table public.Orders is not on data2",
                "psql -h hcoord1 -p 5432 -U postgres -d \"dbname='a=b'\""
                        + " -c 'ALTER TABLE public.\"Orders\" ADD NODE (data2)'");
    }

    @Test
    void whatIsNotKnownIsNotFoundButNamed() {
        cluster.view(DATA1, view -> new com.tiredpixel.pgxl.agent.cluster.view.MemberView(
                DATA1, Optional.empty(), Optional.empty(), List.of("agent: late")));
        cluster.sql(COORD1, sql -> new SqlFacts(List.of(), java.util.Map.of(), Optional.empty(), List.of()));
        cluster.connectTimeout(DATA2, Optional.empty()).agent(PROXY, now -> new Agent("RUNNING", true, "", "", -1, ""));
        cluster.silent.add("tables: no coordinator answers");
        Verification all = Verification.of(cluster.facts());
        assertEquals(List.of(), all.findings().stream().filter(found -> !found.check().equals("standby")).toList());
        assertEquals(List.of(
                "gtm_proxy proxy at hdata2:6667: room on its disk",
                "gtm_proxy proxy at hdata2:6667: gtm_host in its gtm_proxy.conf",
                "coordinator coord1 at hcoord1:5432: its pgxc_node",
                "coordinator coord1 at hcoord1:5432: its settings",
                "coordinator coord1 at hcoord1:5432: its clock",
                "datanode data1 at hdata1:15432: agent: late",
                "datanode data2 at hdata2:15432: the environment of its process",
                "tables: no coordinator answers"), all.unasked());
        assertEquals(2, all.code());
    }
}
