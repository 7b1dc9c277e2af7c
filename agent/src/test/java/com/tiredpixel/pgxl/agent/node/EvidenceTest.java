package com.tiredpixel.pgxl.agent.node;

import static com.tiredpixel.pgxl.agent.node.Findings.contradiction;
import static com.tiredpixel.pgxl.agent.node.Findings.examine;
import static com.tiredpixel.pgxl.agent.node.Findings.node;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Evidence that does not agree, or does not suffice. */
class EvidenceTest {
    private static final String PROGRAM = "/usr/local/lib/postgres/bin/postgres";

    @TempDir
    Path temporary;

    private Path home;

    @BeforeEach
    void resolveHome() throws IOException {
        home = temporary.toRealPath();
    }

    @ParameterizedTest
    @CsvSource({"coordinator, datanode", "datanode, coordinator"})
    void optionsAgainstCommentIsAContradiction(String sample, String other) throws IOException {
        Path directory = Samples.make(sample, home.resolve("x"));
        Samples.write(directory, "postmaster.opts",
                PROGRAM + " \"--" + other + "\" \"-D\" \"" + directory + "\"\n");

        Finding.Contradiction found = contradiction(examine(directory));
        assertTrue(found.roleSettlesIt());
        assertTrue(found.remedy().contains("PGXL_ROLE"), found.remedy());
        assertTrue(found.because().contains("postmaster.opts says --" + other), found.because());
        assertTrue(found.because().contains("postgresql.conf has pgxc_ctl's comment for a " + sample), found.because());
    }

    @ParameterizedTest
    @EnumSource(names = {"COORDINATOR", "DATANODE"})
    void theOperatorSettlesAContradiction(Role role) throws IOException {
        Path directory = Samples.make("coordinator", home.resolve("x"));
        Samples.append(directory, "postgresql.conf", "# Added to all the datanode postgresql.conf\n");

        contradiction(examine(directory));
        Finding.Node node = node(RoleDetector.examine(directory, Optional.of(role)));
        assertEquals(role, node.role());
        assertTrue(node.because().startsWith("PGXL_ROLE says"), node.because());
    }

    @Test
    void theOperatorCannotMakeAPostmasterOfGtm() throws IOException {
        Path directory = Samples.make("coordinator", home.resolve("x"));
        Samples.append(directory, "postgresql.conf", "# Added to all the datanode postgresql.conf\n");

        Finding.Contradiction found = contradiction(RoleDetector.examine(directory, Optional.of(Role.GTM)));
        assertTrue(found.remedy().contains("does not fit"), found.remedy());
    }

    @ParameterizedTest
    @EnumSource(Role.class)
    void theOperatorsWordDoesNotTouchADirectoryThatIsClear(Role role) throws IOException {
        Path directory = Samples.make("coordinator", home.resolve("x"));

        assertEquals(Role.COORDINATOR, node(RoleDetector.examine(directory, Optional.of(role))).role());
    }

    @Test
    void aNameThatSaysOtherwiseIsOutvoted() throws IOException {
        Finding.Node node = node(examine(Samples.make("coordinator", home.resolve("datacenter1"))));

        assertEquals(Role.COORDINATOR, node.role());
        assertTrue(node.because().contains("datacenter1 sounds like a datanode"), node.because());
    }

    @Test
    void aModeThatIsNotSaidIsLeftToTheCommentAndThenToTheName() throws IOException {
        Path commented = silent("datanode", "coord1");
        Path named = silent("datanode", "coord2");
        Files.delete(named.resolve("postgresql.conf"));
        Path mute = silent("datanode", "x");
        Files.delete(mute.resolve("postgresql.conf"));

        assertEquals(Role.DATANODE, node(examine(commented)).role());
        assertEquals(Role.COORDINATOR, node(examine(named)).role());
        Finding.Contradiction found = contradiction(examine(mute));
        assertTrue(found.roleSettlesIt());
        assertEquals(Role.DATANODE, node(RoleDetector.examine(mute, Optional.of(Role.DATANODE))).role());
    }

    @Test
    void theFilesOfTwoKindsSideBySideAreAContradiction() throws IOException {
        Path both = Samples.make("gtm-master", home.resolve("both"));
        Samples.makeProxy(both);
        Path three = Samples.make("coordinator", home.resolve("three"));
        Samples.make("gtm-master", three);

        Finding.Contradiction found = contradiction(examine(both));
        assertTrue(found.what().contains("gtm.conf, gtm_proxy.conf"), found.what());
        assertTrue(contradiction(examine(three)).what().contains("gtm.conf, global/pg_control"));
        assertEquals(Role.GTM_PROXY, node(RoleDetector.examine(both, Optional.of(Role.GTM_PROXY))).role());
        contradiction(RoleDetector.examine(both, Optional.of(Role.DATANODE)));
        contradiction(RoleDetector.examine(three, Optional.of(Role.DATANODE)));
        assertEquals(Role.COORDINATOR, node(RoleDetector.examine(three, Optional.of(Role.COORDINATOR))).role());
    }

    @Test
    void oneFileFromHereAndOneFromElsewhereAreAContradictionThatNoRoleSettles() throws IOException {
        Path directory = Samples.make("coordinator", home.resolve("coord"));
        Samples.write(directory, "postmaster.pid", Samples.text("coordinator", "postmaster.pid"));

        Finding.Contradiction found = contradiction(RoleDetector.examine(directory, Optional.of(Role.COORDINATOR)));
        assertFalse(found.roleSettlesIt());
        assertTrue(found.what().contains("postmaster.pid names /var/lib/postgres/data/coord"), found.what());
    }

    private Path silent(String sample, String name) throws IOException {
        Path directory = Samples.make(sample, home.resolve(name));
        Samples.write(directory, "postmaster.opts", PROGRAM + " \"-D\" \"" + directory + "\"\n");
        return directory;
    }
}
