package com.tiredpixel.pgxl.agent.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ServerCommandLineTest {

    @ParameterizedTest
    @CsvSource({
        "postgres, /usr/local/lib/postgres/bin/postgres --coordinator -D /data/coord -i, COORDINATOR",
        "postgres, /usr/local/lib/postgres/bin/postgres --datanode -i, DATANODE",
        "postgres, postgres -i --datanode -D/data/dn, DATANODE",
        "postgres, postgres -D --datanode --coordinator, COORDINATOR",
        "gtm, gtm -D data/gtm, GTM",
        "gtm_proxy, gtm_proxy -D /data/proxy, GTM_PROXY",
    })
    void aServerSaysWhatItIs(String program, String argv, Role role) {
        assertEquals(new ServerCommandLine.Serving(role), of(program, argv));
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "postgres --single -D /data/dn postgres", "postgres --boot -x1 -F", "postgres --describe-config",
        "postgres --version", "postgres -V", "postgres --help", "postgres -D /data/dn -C port",
        "postgres --coordinator -D /d -C port", "postgres --forkboot x", "gtm -c", "gtm --help", "gtm_proxy -?"
    })
    void aToolIsNotAServer(String argv) {
        assertInstanceOf(ServerCommandLine.NotAServer.class, of(argv.split(" ")[0], argv));
    }

    @Test
    void aChildOfAPostmasterIsNotAServer() {
        var child = ServerCommandLine.roleOf("postgres", List.of("postgres: writer process   ", "", ""));

        assertInstanceOf(ServerCommandLine.NotAServer.class, child);
    }

    @ParameterizedTest
    @ValueSource(strings = {"bash", "pg_ctl", "java", "postgres.old", ""})
    void anotherProgramIsNotAServerWhateverItsArguments(String program) {
        assertInstanceOf(
                ServerCommandLine.NotAServer.class, of(program, "postgres --coordinator -D /data/coord"));
    }

    @Test
    void passingPhasesAreNotNodesYet() {
        assertEquals(
                new ServerCommandLine.RestoreMode(), of("postgres", "postgres --restoremode -D /data/dn -i -b"));
        assertEquals(new ServerCommandLine.GtmInitialisation(), of("gtm", "gtm -x 2000 -D /data/gtm"));
    }

    @Test
    void aPostmasterWithoutModeIsLeftToItsDirectory() {
        assertEquals(new ServerCommandLine.UnsaidRole(), of("postgres", "postgres -D /data/coord"));
        assertEquals(new ServerCommandLine.UnsaidRole(), of("postgres", "postgres --gtm -D /data/coord"));
    }

    @Test
    void nothingIsNoServer() {
        assertInstanceOf(
                ServerCommandLine.NotAServer.class, ServerCommandLine.roleOf("postgres", List.of()));
    }

    private static ServerCommandLine of(String program, String argv) {
        return ServerCommandLine.roleOf(program, Arrays.asList(argv.split(" ")));
    }
}
