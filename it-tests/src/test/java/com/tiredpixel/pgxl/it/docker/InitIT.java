package com.tiredpixel.pgxl.it.docker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** {@code init.sh}, which prepares Control. */
@WithDocker
class InitIT {

    private static final String SNAPSHOT =
            "cd ~ && find .ssh pgxc_ctl -type f -printf '%p %m %T@ ' -exec sha256sum {} \\; 2>/dev/null | sort";

    @Test
    void aBadSubnetIsRefusedBeforeAnythingIsWritten(Docker docker) {
        Container control = docker.start("control", List.of());
        control.awaitHealthy();
        for (String subnet : List.of("10.0.1", "10.0.1.0", "10.0.1.0/33", "10.0.1.0/024", "10.0.1.5/24",
                "10.0.1.256/24", "010.0.1.0/24", "0.0.0.0/0", "::/0", "1:2:3/64", "1::2::3/64", "fd00:::/64",
                "10.0.1.0/24 trust", "10.0.1.0/24\nhost all all 0.0.0.0/0 trust", "-1", "samenet", "all")) {
            Shell.Result result = Docker.attempt("exec", "-u", "postgres", control.name(), "init.sh", subnet);
            assertEquals(1, result.code(), result.toString());
        }
        assertEquals("", control.as("postgres", SNAPSHOT).orFail());
        control.as("postgres", "init.sh fd00:1::/64").orFail();
        assertNotEquals("", control.as("postgres", SNAPSHOT).orFail());
    }

    @Test
    void aSecondRunChangesNothingAndAnotherSubnetIsRefused(Docker docker) {
        Container control = docker.start("control", docker.controlVolumes());
        control.awaitHealthy();
        control.as("postgres", "/var/lib/postgres/init.sh 10.0.1.0/24").orFail();
        String before = control.as("postgres", SNAPSHOT).orFail();
        assertEquals(10, before.lines().count(), before);
        // The first run's own edits, and pgxc_ctl's, are not lost.
        control.as("postgres", "echo '# mine' >>pgxc_ctl/pgxc_ctl.conf").orFail();
        before = control.as("postgres", SNAPSHOT).orFail();
        control.as("postgres", "/var/lib/postgres/init.sh 10.0.1.0/24").orFail();
        control.as("root", "/var/lib/postgres/init.sh 10.0.1.0/24").orFail();
        assertEquals(before, control.as("postgres", SNAPSHOT).orFail());
        assertEquals(1, control.as("postgres", "init.sh 10.0.2.0/24").code());
        assertEquals(1, control.as("postgres", "init.sh --auth trust 10.0.1.0/24").code());
        assertEquals(before, control.as("postgres", SNAPSHOT).orFail());
        assertTrue(control.as("postgres", "grep -c '^pgxcUser=postgres$' pgxc_ctl/pgxc_ctl.conf").code() == 0);
    }

    @Test
    void onAnOldVolumeItIsTheImagesOwnAndTheOldOneIsKept(Docker docker) {
        Docker.run("run", "--rm", "--user", "postgres", "--entrypoint", "bash", "--volume",
                docker.own("old") + ":/var/lib/postgres", Image.name(), "-c",
                "rm -f ~/init.sh; printf '#!/bin/sh\\necho old\\n' >~/init.sh; chmod +x ~/init.sh; ~/init.sh");
        Container control = docker.start("control", docker.home("old"));
        control.awaitHealthy();
        assertTrue(control.as("postgres", "/var/lib/postgres/init.sh 10.0.1.0/24").orFail().contains("Control for 10.0.1.0/24"));
        assertEquals("old", control.as("postgres", "~/init.sh.old").orFail());
    }

    @Test
    void itsFilesArePostgressAloneAndNoPasswordIsPrinted(Docker docker) {
        Container control = docker.start("control", docker.controlVolumes());
        control.awaitHealthy();
        String printed = control.as("root", "init.sh").orFail();
        assertEquals("", control.as("root", "find /var/lib/postgres/.ssh /var/lib/postgres/pgxc_ctl -perm /077").orFail());
        String password = control.as("postgres", "cut -d: -f5 .ssh/pgpass").orFail();
        assertTrue(password.length() >= 32);
        assertFalse(printed.contains(password));
        assertFalse(control.logs().contains(password));
    }

    /** Beside the volumes, which are the operator's to keep. */
    @Test
    void itsPasswordIsInNoImageAndIsToldOfByNoCommandOfTheEngine(Docker docker) {
        Container control = docker.control();
        Container node = docker.start("node", docker.ssh("databases"));
        node.awaitHealthy();
        node.as("postgres", "initdb -D data --nodename data1").orFail();
        // What follows it, a character that not every encoding shows alike, is left out.
        String password = control.as("postgres", "cut -d: -f5 .ssh/pgpass | head -c 32").orFail();
        assertEquals(32, password.length());
        assertEquals(List.of(), Traces.of(password, Image.name(), List.of(control.name(), node.name())));

        String careless = docker.own("careless");
        String word = "not-the-password-" + Long.toString(System.nanoTime(), Character.MAX_RADIX);
        Docker.run("run", "--name", careless, "--env", "WORD=" + word, "--entrypoint", "bash", Image.name(), "-c",
                "echo $WORD; echo $WORD >/root/file; touch /root/$WORD");
        Docker.run("commit", "--message", word, careless, careless);
        try {
            assertEquals(List.of("layers of " + careless, "history of " + careless, "inspection of " + careless,
                    "files of " + careless, "changes of " + careless, "inspection of " + careless, "log of " + careless),
                    Traces.of(word, careless, List.of(careless)));
        } finally {
            Docker.run("image", "rm", "--force", careless);
        }
    }

    @Test
    void passwordsAreAskedForUnlessTrustIsChosenAndThatIsWarnedOf(Docker docker) {
        Container scram = docker.start("scram", List.of());
        Container trust = docker.start("trust", List.of());
        scram.awaitHealthy();
        trust.awaitHealthy();
        assertFalse(scram.as("postgres", "init.sh").orFail().contains("WARNING"));
        assertTrue(trust.as("postgres", "init.sh --auth trust").orFail().contains("WARNING"));
        assertEquals("2", scram.as("postgres", "grep -c scram-sha-256 pgxc_ctl/coordExtraPgHba").orFail());
        assertNotEquals(0, scram.as("postgres", "grep -r '^host.*trust' pgxc_ctl").code());
        assertEquals("2", trust.as("postgres", "grep -c 'trust$' pgxc_ctl/datanodeExtraPgHba").orFail());
        assertNotEquals(0, trust.as("postgres", "test -e .ssh/pgpass").code());
    }

    /** pgxc_ctl has no setting for it, and neither has the rsync of a slave's archive. */
    @Test
    void nodesWithSshOnAnotherPortAreReached(Docker docker) {
        List<String> port = List.of("--env", "PGXL_SSH_PORT=2222");
        List<String> options = new ArrayList<>(docker.controlVolumes());
        options.addAll(port);
        Container control = docker.start("control", options);
        control.awaitHealthy();
        control.as("postgres", "init.sh").orFail();
        options = new ArrayList<>(docker.ssh("databases"));
        options.addAll(port);
        Container node = docker.start("node", options);
        node.awaitHealthy();
        assertEquals("postgres", control.as("postgres", "ssh node whoami").orFail());
        node.as("postgres", "mkdir -p data/archive; echo x >/tmp/00000002.history;"
                + " rsync /tmp/00000002.history postgres@node:data/archive/00000002.history").orFail();
        assertTrue(control.as("postgres", "PGXL_SSH_PORT=2323 init.sh").orFail().contains("does not lead to port 2323"));
    }

    @Test
    void anotherHomeThanTheUsersIsRefused(Docker docker) {
        Container control = docker.start("control", List.of("--env", "PGXL_HOME=/data", "--volume", docker.own("data") + ":/data"));
        control.awaitHealthy();
        for (String user : List.of("root", "postgres")) {
            Shell.Result result = control.as(user, "init.sh");
            assertEquals(1, result.code(), result.toString());
            assertTrue(result.output().contains("PGXL_HOME is /data") && result.output().contains("POSTGRES_HOME=/data"),
                    result.toString());
        }
        assertEquals("", control.as("postgres", "ls -A /var/lib/postgres/.ssh").orFail());
        // And no node is made without a password, where the password file is looked for in vain.
        assertNotEquals(0, control.as("postgres", "initdb -D /data/node --nodename node").code());
        assertNotEquals(0, control.as("postgres", "test -e /data/node").code());
    }

    @Test
    void aClusterStaysWhatItWasMadeAs(Docker docker) {
        Container trust = docker.start("control", docker.controlVolumes());
        trust.awaitHealthy();
        trust.as("postgres", "init.sh --auth trust").orFail();
        Container node = docker.start("node", docker.ssh("databases"));
        node.awaitHealthy();
        node.as("postgres", "initdb -D data/node --nodename node >/dev/null && ! grep -E '^[^#].*scram' data/node/pg_hba.conf").orFail();
        assertTrue(trust.as("postgres", "init.sh").orFail().contains("authentication trust"));
        assertEquals(1, trust.as("postgres", "init.sh --auth scram").code());
        assertNotEquals(0, trust.as("postgres", "test -e .ssh/pgpass").code());
        // One that was made before there was a file to say so.
        trust.as("postgres", "rm .ssh/trust; init.sh && test -e .ssh/trust").orFail();
    }

    @Test
    void nodesAreReachedWithoutAQuestionAndAChangedHostKeyIsNoticed(Docker docker) {
        Container control = docker.control();
        docker.start("node", docker.ssh("databases")).awaitHealthy();
        assertEquals("postgres", control.as("postgres", "ssh node whoami").orFail());
        for (int copy = 0; copy < 3; copy++) {
            control.as("postgres", "scp node:/etc/passwd /tmp/copy && cmp /tmp/copy /etc/passwd").orFail();
        }

        Docker.run("rm", "--force", docker.own("node"));
        Docker.run("volume", "rm", docker.own("node"));
        docker.start("node", docker.ssh("databases")).awaitHealthy();
        Shell.Result refused = control.as("postgres", "ssh node whoami");
        assertNotEquals(0, refused.code());
        assertTrue(refused.output().contains("REMOTE HOST IDENTIFICATION HAS CHANGED"), refused.toString());
        control.as("postgres", "ssh-keygen -q -f ~/.pgxl/known_hosts -R node").orFail();
        assertEquals("postgres", control.as("postgres", "ssh node whoami").orFail());
    }

    @Test
    void aNodeCannotWriteWhatAllNodesTrust(Docker docker) {
        docker.control();
        Container node = docker.start("node", docker.ssh("databases"));
        node.awaitHealthy();
        assertNotEquals(0, node.as("postgres", "echo >>~/.ssh/authorized_keys").code());
        Shell.Result init = node.as("postgres", "init.sh");
        assertEquals(1, init.code());
        assertTrue(init.output().contains("Control"), init.toString());
    }
}
