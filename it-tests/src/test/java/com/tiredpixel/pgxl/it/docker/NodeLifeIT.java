package com.tiredpixel.pgxl.it.docker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A node and its containers, which come and go; with the real Postgres-XL as with the stand-in. */
@WithDocker
class NodeLifeIT {

    /** As {@code pgxc_ctl} does it: over SSH, from Control. GTM is the one server that lives without others. */
    private static final String MAKE_GTM = "ssh %1$s 'D=/var/lib/postgres/data/gtm; "
            + "initgtm -Z gtm -D $D && gtm_ctl start -w -Z gtm -D $D >/dev/null 2>&1'";

    private static final String GTM_PID = "cat data/gtm/gtm.pid && kill -0 $(head -1 data/gtm/gtm.pid)";

    @Test
    void aRestartedContainerFindsItsNodeAndStartsIt(Docker docker) {
        Container control = docker.control();
        Container node = hardenedNode(docker, "node", "node");
        control.as("postgres", MAKE_GTM.formatted("node")).orFail();
        assertTrue(runs(node));

        Docker.run("restart", "--time", "30", node.name());
        Shell.await("running again after a restart", () -> runs(node));
        Docker.run("kill", node.name());
        assertFalse(runs(node));
        Docker.run("start", node.name());
        Shell.await("running again after a kill", () -> runs(node));
        assertEquals(0, node.stop());
    }

    @Test
    void aNewContainerOnTheVolumeHasTheSameNodeAndTheSameHostKeys(Docker docker) {
        Container control = docker.control();
        Container first = hardenedNode(docker, "first", "volume");
        control.as("postgres", MAKE_GTM.formatted("first")).orFail();
        String keys = keys(first);
        assertEquals(0, first.stop());
        first.remove();

        Container second = hardenedNode(docker, "second", "volume");
        Shell.await("running in a new container", () -> runs(second));
        assertEquals(keys, keys(second));
    }

    @Test
    void ofTwoContainersOnOneVolumeOneHasTheNodeAndTheOtherTakesOver(Docker docker) {
        Container control = docker.control();
        Container first = hardenedNode(docker, "first", "volume");
        control.as("postgres", MAKE_GTM.formatted("first")).orFail();

        Container second = hardenedNode(docker, "second", "volume");
        Shell.await("saying why it waits", () -> second.logs().contains("data/gtm"));
        assertEquals("", second.as("postgres", "pgrep -x gtm || true").orFail());
        assertTrue(runs(first));
        assertEquals(0, first.stop());
        Shell.await("taken over", () -> runs(second));
    }

    @Test
    void aStoppedServerStaysStoppedAndACrashedOneComesBack(Docker docker) {
        Container control = docker.control();
        Container node = hardenedNode(docker, "node", "node");
        control.as("postgres", MAKE_GTM.formatted("node")).orFail();
        String pid = node.as("postgres", "pgrep -x gtm").orFail();

        control.as("postgres", "ssh node kill -9 " + pid).orFail();
        Shell.await("running again after a crash", () -> runs(node)
                && !node.as("postgres", "pgrep -x gtm").output().strip().equals(pid));
        control.as("postgres", "ssh node 'gtm_ctl stop -w -Z gtm -D /var/lib/postgres/data/gtm'");
        Shell.await("stopped", () -> !runs(node));
        // Longer than the agent takes to restart what crashed.
        long until = System.nanoTime() + 5_000_000_000L;
        Shell.await("watched", () -> System.nanoTime() > until || runs(node));
        assertFalse(runs(node));
    }

    private static Container hardenedNode(Docker docker, String name, String volume) {
        List<String> options = new ArrayList<>(Docker.hardened());
        options.addAll(docker.ssh("gtm"));
        options.addAll(docker.home(volume));
        Container node = docker.start(name, options);
        node.awaitHealthy();
        return node;
    }

    private static boolean runs(Container node) {
        return node.as("postgres", GTM_PID).code() == 0;
    }

    private static String keys(Container container) {
        Shell.await("three host keys made",
                () -> container.as("postgres", "ls ~/.pgxl/ssh | grep -c '_key$'").output().strip().equals("3"));
        return container.as("postgres", "cd ~/.pgxl/ssh && sha256sum *_key").orFail();
    }
}
