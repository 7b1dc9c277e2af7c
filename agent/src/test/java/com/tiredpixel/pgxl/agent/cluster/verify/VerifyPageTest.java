package com.tiredpixel.pgxl.agent.cluster.verify;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

/** What was found is shown within 80 columns, with its command; the exit code says how bad it is. */
class VerifyPageTest {
    private static final Finding ERROR = new Finding(Severity.ERROR, "pgxc_node", "coordinator coord1 at coord1:5432",
            "its pgxc_node has datanode data1 at data1:5439, pgxc_ctl.conf at data1:5432", "it reaches nothing",
            new Mend.Run(List.of(Command.of("psql", "-h", "coord1", "-c", "ALTER NODE data1 WITH (HOST = 'data1', PORT = 5432)"),
                    Command.of("psql", "-h", "coord1", "-c", "SELECT 1"))));
    private static final Finding WARNING = new Finding(
            Severity.WARNING, "disk", "gtm gtm at gtm:6666", "full", "it stops", new Mend.Advice("make room"));

    private static Verification of(List<Finding> findings, String... unasked) {
        return new Verification(5, findings, List.of(unasked), List.of());
    }

    @Test
    void theExitCodeIsThatOfTheWorst() {
        assertEquals(0, of(List.of()).code());
        assertEquals(2, of(List.of(WARNING)).code());
        assertEquals(2, of(List.of(), "x").code());
        assertEquals(1, of(List.of(WARNING, ERROR), "x").code());
        assertEquals(1, new Verification(0, List.of(), List.of(), List.of()).code());
        assertEquals(0, new Verification(1, List.of(), List.of(), List.of("gone")).code(), "its name is not known any more");
    }

    @Test
    void aFindingIsShownWithWhatFollowsAndWhatMendsIt() {
        assertEquals("""
                cluster: 1 error, 1 warning in 5 servers; 1 not asked
                ERROR: coordinator coord1 at coord1:5432: its pgxc_node has datanode data1 at
                    data1:5439, pgxc_ctl.conf at data1:5432
                    follows: it reaches nothing
                    mend:
                      psql -h coord1 -c \\
                      "ALTER NODE data1 WITH (HOST = 'data1', PORT = 5432)" &&
                      psql -h coord1 -c 'SELECT 1'
                WARNING: gtm gtm at gtm:6666: full
                    follows: it stops
                    mend: make room
                not asked: data2: SQL: late
                """, VerifyPage.of(of(List.of(ERROR, WARNING), "data2: SQL: late")));
        assertEquals("cluster: no errors, no warnings in 5 servers\n", VerifyPage.of(of(List.of())));
        assertEquals("cluster: none yet; pgxc_ctl.conf names no server\n",
                VerifyPage.of(new Verification(0, List.of(), List.of(), List.of())));
    }

    @Test
    void noLineIsWiderThanEightyColumnsAndNoneControlsTheTerminal() {
        String nasty = "a-very-long-name-\u001b[2J".repeat(20);
        var finding = new Finding(Severity.ERROR, "x", nasty, nasty + " " + "word ".repeat(40), nasty,
                Mend.run("ssh", nasty, nasty + " 'x' " + nasty));
        String page = VerifyPage.of(new Verification(1, List.of(finding, WARNING), List.of(nasty), List.of(nasty)));
        page.lines().forEach(line -> assertTrue(line.length() <= 80, line));
        assertTrue(page.indexOf('\u001b') < 0, page);
    }

    @Test
    void theDocumentHasTheCommandInOneLineAndNullForWhatIsNotThere() {
        assertEquals("{\"servers\":5,\"errors\":1,\"warnings\":1,\"findings\":[{\"severity\":\"error\",\"check\":\"pgxc_node\","
                + "\"where\":\"coordinator coord1 at coord1:5432\",\"what\":\"its pgxc_node has datanode data1 at data1:5439,"
                + " pgxc_ctl.conf at data1:5432\",\"follows\":\"it reaches nothing\",\"command\":\"psql -h coord1 -c"
                + " \\\"ALTER NODE data1 WITH (HOST = 'data1', PORT = 5432)\\\" && psql -h coord1 -c 'SELECT 1'\","
                + "\"advice\":null},{\"severity\":\"warning\",\"check\":\"disk\",\"where\":\"gtm gtm at gtm:6666\","
                + "\"what\":\"full\",\"follows\":\"it stops\",\"command\":null,\"advice\":\"make room\"}],"
                + "\"notAsked\":[\"data2: late\"],\"gone\":[]}\n", VerifyDocument.of(of(List.of(ERROR, WARNING), "data2: late")));
    }
}
