package com.tiredpixel.pgxl.it.ledger;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The file from which GTM starts, as it lies on the volume. */
final class ControlFile {
    /** 9.5, whose version is the first, has no ids of snapshots. */
    private static final String WHOLE = "(?s)(version: 20160302\nnext_xid: \\d+\nglobal_xmin: \\d+\n"
            + "|version: \\d+\nnext_xid: \\d+\nglobal_xmin: \\d+\nsnapid: \\d+\n).*";

    private ControlFile() {
    }

    /**
     * @param look how many there were before, for the report
     * @return the transaction id in it; GTM starts 50,000 above
     */
    static long assertWhole(LedgerCluster cluster, int look) {
        Path file = cluster.sandbox(LedgerCluster.GTM).volume().resolve(LedgerCluster.GTM.directory())
                .resolve("gtm.control");
        String text;
        try {
            text = Files.readString(file);
        } catch (IOException e) {
            text = e.toString();
        }
        assertTrue(text.matches(WHOLE), "look " + look + " at gtm.control: \"" + text + "\"");
        return Long.parseLong(text.lines().skip(1).findFirst().orElseThrow().substring("next_xid: ".length()));
    }
}
