package com.tiredpixel.pgxl.agent.supervisor.server;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.tiredpixel.pgxl.agent.node.PidFile.Status;
import com.tiredpixel.pgxl.agent.os.ProcessIdentity;
import com.tiredpixel.pgxl.agent.os.ProcessView;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The children are those that Postgres-XL 9.5 has in each state, as {@code ps} shows them. */
class PostmasterChildrenTest {
    private static final int POSTMASTER = 50;

    @ParameterizedTest
    @CsvSource({
        "it has just begun, '', STARTING",
        "recovery after a crash, pooler process;startup process   recovering 000000010000000000000002, STARTING",
        "it serves, pooler process;checkpointer process;writer process;wal writer process;"
                + "autovacuum launcher process;stats collector process;cluster monitor process, READY",
        "it serves with a cluster_name, one: checkpointer process;one: wal writer process, READY",
        "it serves and its collector cannot start, checkpointer process;writer process;wal writer process, READY",
        "a hot standby that takes clients, startup process   recovering 000000010000000000000003;"
                + "checkpointer process;writer process;stats collector process;wal receiver process, READY",
        "a hot standby that is not consistent yet, startup process   waiting for 000000010000000000000003;"
                + "checkpointer process;writer process, STARTING",
        "a session whose database has that name, pooler process;wal writer process owner [local] idle;startup process, STARTING",
    })
    void aPostmasterIsAsFarAsItsChildrenSay(String what, String titles, Status status) {
        assertEquals(status, status(POSTMASTER, true, titles), what);
    }

    @Test
    void aStandbyWithoutClientsIsAsReadyAsItGetsOnceItFollows() {
        assertEquals(Status.STARTING, status(POSTMASTER, false, "startup process   recovering 000000010000000000000002"));
        assertEquals(Status.STANDBY, status(
                POSTMASTER, false, "startup process   recovering 000000010000000000000003;checkpointer process;writer process"));
    }

    @Test
    void childrenOfAnotherPostmasterSayNothingOfThisOne() {
        assertEquals(Status.STARTING, status(51, true, "wal writer process;stats collector process"));
    }

    private static Status status(int parent, boolean hotStandby, String titles) {
        List<ProcessView> processes = Arrays.stream(titles.split(";")).filter(title -> !title.isEmpty())
                .map(title -> new ProcessView(new ProcessIdentity(60, 60), parent, 'S', 26, "postgres",
                        List.of("postgres: " + title), Optional.of(Path.of("/data"))))
                .toList();
        return PostmasterChildren.status(POSTMASTER, processes, () -> hotStandby);
    }
}
