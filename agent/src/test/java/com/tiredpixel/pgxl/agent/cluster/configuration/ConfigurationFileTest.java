package com.tiredpixel.pgxl.agent.cluster.configuration;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tiredpixel.pgxl.agent.cluster.configuration.Member.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The nodes are those that bash finds in the file. */
class ConfigurationFileTest {
    private static final String DATANODE = "datanodeNames=(d1) datanodeMasterServers=(h1) datanodePorts=(15432)"
            + " datanodeMasterDirs=(/d/1)\n";

    @TempDir
    Path temporary;

    private ClusterConfiguration read(String text) throws IOException {
        Path file = Files.writeString(temporary.resolve("pgxc_ctl.conf"), text);
        return ConfigurationFile.read(file, Map.of("PATH", "/usr/bin:/bin"));
    }

    private Set<String> everyHost(String text) throws IOException {
        return ConfigurationFile.everyHost(
                Files.writeString(temporary.resolve("pgxc_ctl.conf"), text), Map.of("PATH", "/usr/bin:/bin"));
    }

    private String refused(String text) {
        String said = assertThrows(IllegalArgumentException.class, () -> read(text)).getMessage();
        assertTrue(said.startsWith(temporary + "/pgxc_ctl.conf"), said);
        assertTrue(said.contains("allowed"), said);
        return said;
    }

    @Test
    void theLastAssignmentWinsAndWhatIsPrintedIsNoValue() throws IOException {
        ClusterConfiguration read = read("echo noise; dataDirRoot=/data\ngtmName=() gtmMasterServer=()\n" + DATANODE
                + "gtmName=g gtmMasterServer=h0 gtmMasterPort=6666 gtmMasterDir=$dataDirRoot/g\n"
                + "datanodeMasterServers=(h2)\n");
        assertEquals(List.of(new Member(Kind.GTM, "g", "h0", 6666, "/data/g"),
                new Member(Kind.DATANODE, "d1", "h2", 15432, "/d/1")), read.members());
        assertEquals("postgres", read.user());
    }

    @Test
    void slavesAreThereWhereTheyAreTurnedOnAndNotNone() throws IOException {
        String slaves = "datanodeSlaveServers=(none s2) datanodeSlavePorts=(0 15433) datanodeSlaveDirs=(none /s/2)\n"
                + "datanodeNames=(d1 d2) datanodeMasterServers=(h1 h2) datanodePorts=(1 2) datanodeMasterDirs=(/1 /2)\n";
        assertEquals(List.of(new Member(Kind.DATANODE_SLAVE, "d2", "s2", 15433, "/s/2")),
                read(slaves + "datanodeSlave=y").members().subList(2, 3));
        assertEquals(2, read(slaves + "datanodeSlave=n").members().size());
    }

    @Test
    void everyHostThatWasEverNamedIsFound() throws IOException {
        assertEquals(Set.of("h0", "h1", "h2", "h3", "h4", "s1", "p1"), everyHost("""
                #!/bin/bash
                gtmMasterServer=h0; gtmName=g
                datanodeMasterServers=( h1 "h2" none )
                  datanodeMasterServers[0]=h3
                coordMasterServers+=('h4') datanodeSlaveServers=(
                    s1
                    N/A
                )
                gtmProxyServers=(p1)   # gtmProxyServers=(comment)
                # coordMasterServers=(old)
                datanodeNames=(d1) myDatanodeMasterServers=(x) coordMasterServers=($other -oProxyCommand=x)
                """));
    }

    @Test
    void whatIsWrongIsNamedWithThePath() {
        assertTrue(refused("if then").contains("syntax error"));
        assertTrue(refused("exit 0").contains("cannot be read by bash"));
        assertTrue(refused("sleep 100").contains("does not end within 1 s"));
        assertTrue(refused(DATANODE + "datanodePorts=(70000)").contains("datanodePorts[0] is \"70000\""));
        assertTrue(refused(DATANODE + "datanodeMasterServers=(-oProxyCommand=x)").contains("is no host"));
        assertTrue(refused(DATANODE + "datanodeMasterDirs=(relative)").contains("absolute path"));
    }
}
