package com.tiredpixel.pgxl.it;

import static com.tiredpixel.pgxl.it.Member.running;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.tiredpixel.pgxl.agent.node.Role;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;

/**
 * The commands of every tutorial, one after the other as they stand there: a whole cluster from a full configuration,
 * masters and slaves of one name on two hosts, killed, cleaned, made anew.
 */
@OnStage
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class PgxcCtlInitAllIT {

    private static final List<String> HOSTS = List.of("n1", "n2");
    private static final Member GTM = member(Role.GTM, "n1", "gtm", 6666, "gtm master");
    private static final Member GTM_SLAVE = member(Role.GTM, "n2", "gtm_slave", 6666, "gtm slave");
    private static final Member PROXY1 = member(Role.GTM_PROXY, "n1", "proxy", 6667, "gtm_proxy proxy1");
    private static final Member PROXY2 = member(Role.GTM_PROXY, "n2", "proxy", 6667, "gtm_proxy proxy2");
    private static final Member COORD1 = member(Role.COORDINATOR, "n1", "coord", 5432, "coordinator master coord1");
    private static final Member COORD2 = member(Role.COORDINATOR, "n2", "coord", 5432, "coordinator master coord2");
    private static final Member COORD1_SLAVE = member(Role.COORDINATOR, "n2", "coord_slave", 5433, "coordinator slave coord1");
    private static final Member COORD2_SLAVE = member(Role.COORDINATOR, "n1", "coord_slave", 5433, "coordinator slave coord2");
    private static final Member DATA1 = member(Role.DATANODE, "n1", "data", 5434, "datanode master data1");
    private static final Member DATA2 = member(Role.DATANODE, "n2", "data", 5434, "datanode master data2");
    private static final Member DATA1_SLAVE = member(Role.DATANODE, "n2", "data_slave", 5435, "datanode slave data1");
    private static final Member DATA2_SLAVE = member(Role.DATANODE, "n1", "data_slave", 5435, "datanode slave data2");
    private static final List<Member> ALL = List.of(GTM, GTM_SLAVE, PROXY1, PROXY2, COORD1, COORD2, COORD1_SLAVE, COORD2_SLAVE,
            DATA1, DATA2, DATA1_SLAVE, DATA2_SLAVE);

    private static final String CONFIGURATION = """
            gtmName=gtm gtmMasterServer=n1 gtmMasterPort=6666 gtmMasterDir=$dataDirRoot/gtm
            gtmSlave=y gtmSlaveName=gtm_slave gtmSlaveServer=n2 gtmSlavePort=6666 gtmSlaveDir=$dataDirRoot/gtm_slave
            gtmProxy=y gtmProxyNames=(proxy1 proxy2) gtmProxyServers=(n1 n2) gtmProxyPorts=(6667 6667)
            gtmProxyDirs=($dataDirRoot/proxy $dataDirRoot/proxy) gtmPxySpecificExtraConfig=(none none)
            coordNames=(coord1 coord2) coordPorts=(5432 5432) poolerPorts=(7432 7432) coordMasterServers=(n1 n2)
            coordMasterDirs=($dataDirRoot/coord $dataDirRoot/coord) coordMaxWALSenders=(5 5)
            coordSlave=y coordSlaveSync=y coordSlaveServers=(n2 n1) coordSlavePorts=(5433 5433) coordSlavePoolerPorts=(7433 7433)
            coordSlaveDirs=($dataDirRoot/coord_slave $dataDirRoot/coord_slave)
            coordArchLogDirs=($dataDirRoot/coord_archive $dataDirRoot/coord_archive)
            coordSpecificExtraConfig=(none none) coordSpecificExtraPgHba=(none none)
            primaryDatanode=data1
            datanodeNames=(data1 data2) datanodePorts=(5434 5434) datanodePoolerPorts=(7434 7434) datanodeMasterServers=(n1 n2)
            datanodeMasterDirs=($dataDirRoot/data $dataDirRoot/data) datanodeMasterWALDirs=(none none) datanodeMaxWALSenders=(5 5)
            datanodeSlave=y datanodeSlaveSync=y datanodeSlaveServers=(n2 n1) datanodeSlavePorts=(5435 5435)
            datanodeSlavePoolerPorts=(7435 7435) datanodeSlaveDirs=($dataDirRoot/data_slave $dataDirRoot/data_slave)
            datanodeSlaveWALDirs=(none none) datanodeArchLogDirs=($dataDirRoot/data_archive $dataDirRoot/data_archive)
            datanodeSpecificExtraConfig=(none none) datanodeSpecificExtraPgHba=(none none)
            """;

    private Stage stage;
    private Fleet fleet;
    private PgxcCtl pgxcCtl;
    private boolean done;

    private static Member member(Role role, String host, String directory, int port, String spoken) {
        return new Member(host, new Node(role, directory, "data/" + directory, port), spoken);
    }

    @BeforeAll
    void setTheStage() throws IOException {
        assumeTrue(Places.realPostgresXl(), "pgxc_ctl needs a real Postgres-XL, and there is none under PGXL_PREFIX");
        stage = new Stage(Places.WORK.resolve(getClass().getSimpleName() + "-" + ProcessHandle.current().pid()));
        fleet = new Fleet(stage, "control", HOSTS);
        Sandbox control = fleet.start("control");
        pgxcCtl = new PgxcCtl(control);
        Path file = control.volume().resolve("pgxc_ctl/pgxc_ctl.conf");
        Files.writeString(file, CONFIGURATION, StandardOpenOption.APPEND);
        HOSTS.forEach(fleet::start);
        HOSTS.forEach(host -> Await.until(Await.LONG, "login to " + host, () -> pgxcCtl.ssh(host, "true").code() == 0));
    }

    @AfterAll
    void clearTheStage() {
        if (stage != null) {
            if (!done) {
                System.out.println("FAILED " + getClass().getSimpleName() + "\n" + fleet.lastWords(120)
                        + pgxcCtl.lastWords(300));
            }
            stage.close();
            if (done) {
                Program.run(Await.LONG, List.of("rm", "-rf", stage.directory().toString())).orFail();
            }
        }
    }

    private void assertAllRun(Map<Member, Integer> marks) {
        marks.forEach((member, mark) -> Await.until(Duration.ofSeconds(60), member.spoken() + " running", () -> {
            List<String> states = fleet.log(member).states(mark, member.node());
            return !states.isEmpty() && states.get(states.size() - 1).equals("RUNNING");
        }));
        assertEquals(running(ALL), pgxcCtl.monitor());
        marks.forEach((member, mark) -> assertEquals(List.of(), fleet.log(member).lines(mark,
                " " + member.node().subject() + ": (BLOCKED|LOCKED_OUT): "), member.spoken()));
    }

    private void assertServes(String table) {
        Await.until(Duration.ofSeconds(90), "rows of " + table, () -> {
            pgxcCtl.sql(COORD1, "CREATE TABLE " + table + " (i int) DISTRIBUTE BY HASH (i)",
                    "INSERT INTO " + table + " SELECT generate_series(1, 100)");
            return pgxcCtl.sql(COORD2, "SELECT count(*) >= 100 FROM " + table).text().equals("t");
        });
        for (String node : List.of("data1", "data2")) {
            assertEquals("t", pgxcCtl.sql(COORD1, "EXECUTE DIRECT ON (" + node + ") 'SELECT count(*) > 0 FROM " + table + "'")
                    .orFail().text());
        }
    }

    @Test
    @Order(1)
    void aClusterFromAFullConfigurationRunsAndNothingOfItIsStartedByAnAgent() {
        Map<Member, Integer> marks = fleet.marks(ALL);
        pgxcCtl.attempt("init all");
        assertAllRun(marks);
        ALL.forEach(member -> assertEquals(List.of(), fleet.ownStarts(marks.get(member), member), member.spoken()));
        assertServes("first");
    }

    @Test
    @Order(2)
    void killedCleanedAndMadeAnewItRunsEachTime() {
        for (int round = 1; round <= 2; round++) {
            pgxcCtl.attempt("kill all");
            pgxcCtl.attempt("clean all");
            Map<Member, Integer> marks = fleet.marks(ALL);
            pgxcCtl.attempt("init all");
            assertAllRun(marks);
            ALL.forEach(member -> assertEquals(List.of(), fleet.ownStarts(marks.get(member), member), member.spoken()));
            assertServes("round" + round);
        }
    }

    @Test
    @Order(3)
    void newContainersStartIt() {
        // A master may have to be stopped at once, when its slave on the other host went first; PgxcCtlIT is about stops.
        fleet.badExitCodesOf(HOSTS);
        Map<Member, Integer> marks = fleet.marks(ALL);
        HOSTS.forEach(fleet::start);
        assertAllRun(marks);
        assertServes("last");
        done = true;
    }
}
