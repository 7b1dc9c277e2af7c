package com.tiredpixel.pgxl.agent.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.tiredpixel.pgxl.agent.cluster.verify.CatalogNode;
import com.tiredpixel.pgxl.agent.cluster.verify.Clock;
import com.tiredpixel.pgxl.agent.cluster.verify.HostFacts;
import com.tiredpixel.pgxl.agent.cluster.verify.HostNode;
import com.tiredpixel.pgxl.agent.cluster.verify.SqlFacts;
import com.tiredpixel.pgxl.agent.cluster.verify.TableNodes;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What a server did not say is not there; what it said is read as it is. */
class VerifyAnswersTest {
    private static final String STATUS = "{\"agent\":{},\"nodes\":[{\"nodeName\":\"d1\",\"role\":\"datanode\","
            + "\"kind\":null,\"directory\":\"/d\",\"state\":\"RUNNING\"}]}";

    private static String sections(String... parts) {
        return String.join("\n" + Answers.SECTION + "\n", parts);
    }

    @Test
    void aHostsNodesAndItsIdentityAreRead() {
        assertEquals(new HostFacts("pid:[1] b", List.of(new HostNode("d1", "datanode", "", "/d", "RUNNING"))),
                VerifyAnswers.host(sections(STATUS, "", "", "pid:[1] b")));
        for (String text : List.of("", "x", STATUS, sections("{}", "", "", ""), sections("[", "", "", ""))) {
            assertThrows(IllegalArgumentException.class, () -> VerifyAnswers.host(text), text);
        }
    }

    @Test
    void aVariableThatIsNotSetIsToldFromAnEnvironmentThatCouldNotBeRead() {
        assertEquals(Optional.of("3"), VerifyAnswers.connectTimeout(sections("", "", "", "", "environment\nPGCONNECT_TIMEOUT=3")));
        assertEquals(Optional.of(""), VerifyAnswers.connectTimeout(sections("", "", "", "", "environment")));
        assertEquals(Optional.empty(), VerifyAnswers.connectTimeout(sections("", "", "", "", "")));
        assertEquals(Optional.empty(), VerifyAnswers.connectTimeout(sections("", "", "")));
    }

    @Test
    void whatAServerSaysIsRead() {
        assertEquals(new SqlFacts(List.of(new CatalogNode("d1", "D", "h1", 15432, true)),
                Map.of("gtm_host", "g"), Optional.of(new Clock(10.5, 11.25, 12)), List.of("postgres", "a|b")),
                VerifyAnswers.sql("""
                        facts|f|10.9|1|0|0|0|0
                        clock|11.25
                        control 10.5 12
                        node|{"node_name":"d1","node_type":"D","node_port":15432,"node_host":"h1","nodeis_primary":true}
                        setting|{"name":"gtm_host","setting":"g"}
                        database|{"datname":"postgres"}
                        database|{"datname":"a|b"}
                        """));
        assertEquals(new SqlFacts(List.of(), Map.of(), Optional.empty(), List.of()),
                VerifyAnswers.sql("facts|f|10.9|1|0|0|0|0\nclock|now\ncontrol :before :after\nnode|7\n"));
        assertThrows(IllegalArgumentException.class, () -> VerifyAnswers.sql("node|{"));
    }

    @Test
    void anAnswerOnTablesThatBrokeOffIsNoAnswer() {
        assertEquals(List.of(new TableNodes("db", "public", "t", List.of("d2"))), VerifyAnswers.tables("db",
                "table|{\"schema\":\"public\",\"name\":\"t\",\"missing\":[\"d2\"]}\nend\n"));
        assertThrows(IllegalArgumentException.class, () -> VerifyAnswers.tables("db", ""));
    }
}
