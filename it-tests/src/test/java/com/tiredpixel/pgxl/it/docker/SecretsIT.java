package com.tiredpixel.pgxl.it.docker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** One node is not the cluster: what each kind of container sees of keys and passwords, and what that opens. */
@WithDocker
class SecretsIT {

    /** Of this name the archive of a master's WAL has files. */
    private static final String WAL = "000000010000000000000001";

    /** Private keys that the user can read, wherever they are. */
    private static final String KEYS = "find / \\( -path /proc -o -path /sys \\) -prune -o -type f -size -64k -readable -print0"
            + " 2>/dev/null | xargs -0 grep -lsIE -- '^-----BEGIN [A-Z ]*PRIVATE KEY' | sort";

    @Test
    void aGtmSeesWhomToLetInAndNothingElse(Docker docker) {
        Container control = docker.control();
        Container gtm = node(docker, "gtm-1", "gtm");
        assertGtmSeesWhatItNeeds(control, gtm);
        assertEquals("postgres", control.as("postgres", "ssh gtm-1 whoami").orFail());
    }

    @Test
    void aDatabaseSeesThePasswordAndAKeyThatOpensNothingButArchives(Docker docker) {
        Container control = docker.control();
        Container data = node(docker, "data-1", "databases");
        node(docker, "data-2", "databases");
        node(docker, "gtm-1", "gtm");
        assertDatabaseSeesWhatItNeeds(control, data);
        List<String> keys = data.as("postgres", KEYS).orFail().lines().toList();
        for (String host : List.of("data-2", "data-1", "gtm-1", "control")) {
            for (String key : keys) {
                for (String attempt : attempts(host, key)) {
                    Shell.Result result = data.as("postgres", attempt);
                    assertNotEquals(0, result.code(), result.toString());
                    assertFalse(result.output().contains("uid="), result.toString());
                }
            }
            for (String attempt : attempts(host, "~/.ssh/id_ed25519")) {
                control.as("postgres", attempt).orFail();
            }
        }
    }

    /** Of SSH: a command, a shell, each way to copy; and what no key opens at all is left to the agent's own tests. */
    private static List<String> attempts(String host, String key) {
        String options = "-F /dev/null -o IdentitiesOnly=yes -o BatchMode=yes -o StrictHostKeyChecking=no"
                + " -o UserKnownHostsFile=/dev/null -o LogLevel=ERROR -i " + key + " ";
        return List.of("ssh " + options + host + " id", "echo id | ssh " + options + "-tt " + host + " 'id; exit'",
                "scp -O " + options + host + ":/etc/passwd /tmp/copy", "scp -s " + options + host + ":/etc/passwd /tmp/copy",
                "scp -O " + options + "/etc/passwd " + host + ":/tmp/copy",
                "echo pwd | sftp -b - " + options + host,
                "rsync -e 'ssh " + options + "' " + host + ":/etc/passwd /tmp/copy",
                "rsync -e 'ssh " + options + "' /etc/passwd " + host + ":/tmp/copy");
    }

    @Test
    void aMasterSendsItsWalToAnArchiveAndNothingElseNorElsewhere(Docker docker) {
        docker.control();
        Container master = node(docker, "data-1", "databases");
        Container slave = node(docker, "data-2", "databases");
        slave.as("postgres", "mkdir -p data/archive data/data data/data/pg_wal wal/archive_status .hidden; touch data/data/PG_VERSION;"
                + " ln -s /tmp elsewhere").orFail();
        master.as("postgres", "head -c 1000000 /dev/urandom >/tmp/" + WAL + "; cp /tmp/" + WAL + " /tmp/00000002.history").orFail();
        for (String file : List.of("/tmp/" + WAL, "/tmp/00000002.history")) {
            // As pgxc_ctl writes it into archive_command; the second time the file is there already.
            String send = "rsync " + file + " postgres@data-2:/var/lib/postgres/data/archive/" + file.substring(5);
            master.as("postgres", send).orFail();
            master.as("postgres", send).orFail();
        }
        String sum = "sha256sum <";
        assertEquals(master.as("postgres", sum + "/tmp/" + WAL).orFail(),
                slave.as("postgres", sum + "data/archive/" + WAL).orFail());

        String before = slave.as("postgres", "find ~ /tmp -path ~/.pgxl -prune -o -print | sort").orFail();
        List<String> refused = new ArrayList<>();
        for (String target : List.of("data/archive/name", "data/archive/", "data/data/" + WAL, "data/data/pg_wal/" + WAL,
                "wal/" + WAL, ".hidden/" + WAL, "elsewhere/" + WAL, "/tmp/" + WAL, "../../../tmp/" + WAL,
                "/var/lib/postgres/" + WAL, "nowhere/" + WAL, ".bashrc")) {
            refused.add("rsync /tmp/" + WAL + " data-2:" + target);
        }
        refused.addAll(List.of(
                "rsync -r /tmp/ data-2:data/archive/" + WAL, "rsync -a --delete /tmp/ data-2:data/archive/",
                "rsync data-2:data/archive/" + WAL + " /tmp/copy", "rsync data-2:",
                "rsync --rsync-path='bash -c id;rsync' /tmp/" + WAL + " data-2:data/archive/" + WAL,
                "ssh data-2 'rsync --server -e.LsfxCIvu . /var/lib/postgres/data/archive/" + WAL + ";id'",
                "ssh data-2 'rsync --server --daemon .'", "ssh data-2"));
        for (String command : refused) {
            Shell.Result result = master.as("postgres", command + " </dev/null");
            assertNotEquals(0, result.code(), result.toString());
            assertTrue(result.output().contains("receive-archive: "), result.toString());
        }
        assertEquals(before, slave.as("postgres", "find ~ /tmp -path ~/.pgxl -prune -o -print | sort").orFail());
    }

    @Test
    void aPasswordAndAKeyThatAreAddedInControlReachTheNodesByInitSh(Docker docker) {
        Container control = docker.control();
        Container data = node(docker, "data-1", "databases");
        Container gtm = node(docker, "gtm-1", "gtm");
        control.as("postgres", "echo '*:*:*:app:word' >>~/.ssh/pgpass; ssh-keygen -q -t ed25519 -N '' -f /tmp/mine;"
                + " cat /tmp/mine.pub >>~/.ssh/authorized_keys; init.sh").orFail();
        assertEquals(control.as("postgres", "cat ~/.ssh/pgpass").orFail(), data.as("postgres", "cat ~/.ssh/pgpass").orFail());
        assertEquals("authorized_keys", gtm.as("postgres", "ls -A ~/.ssh").orFail());
        for (String host : List.of("data-1", "gtm-1")) {
            control.as("postgres", "ssh -i /tmp/mine -o IdentityFile=/tmp/mine " + host + " true").orFail();
        }
        assertEquals("", control.as("postgres", "init.sh | grep wrote || true").orFail());
    }

    @Test
    void newKeysTakeThePlaceOfTheOldOnesAtOnce(Docker docker) {
        Container control = docker.control();
        Container data = node(docker, "data-1", "databases");
        node(docker, "data-2", "databases").as("postgres", "mkdir -p data/archive").orFail();
        control.as("postgres", "cp ~/.ssh/id_ed25519 /tmp/old; echo ssh-ed25519 AAAA mine >>~/.ssh/authorized_keys").orFail();
        data.as("postgres", "cp ~/.ssh/id_archive /tmp/old; echo x >/tmp/" + WAL).orFail();
        String send = "rsync /tmp/" + WAL + " data-2:data/archive/" + WAL;
        data.as("postgres", send).orFail();
        control.as("postgres", "init.sh --new-keys").orFail();

        control.as("postgres", "ssh data-1 true").orFail();
        data.as("postgres", send).orFail();
        String with = "ssh -F /dev/null -o BatchMode=yes -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null"
                + " -o LogLevel=ERROR -i ";
        for (String host : List.of("data-1", "control")) {
            Shell.Result old = control.as("postgres", with + "/tmp/old " + host + " true");
            assertTrue(old.output().contains("Permission denied"), old.toString());
            control.as("postgres", with + "~/.ssh/id_ed25519 " + host + " true").orFail();
        }
        Shell.Result old = data.as("postgres", "rsync -e '" + with + "/tmp/old' /tmp/" + WAL + " data-2:data/archive/" + WAL);
        assertTrue(old.output().contains("Permission denied"), old.toString());
        assertEquals("1", control.as("postgres", "grep -c ' mine$' ~/.ssh/authorized_keys").orFail());
        assertEquals("authorized_keys config id_ed25519 id_ed25519.pub pgpass",
                control.as("postgres", "ls -A ~/.ssh | xargs").orFail());
    }

    /** It stays as it was made until Control has the two other volumes; then what all nodes saw opens nothing. */
    @Test
    void anOlderClusterGoesOnAndCanBeDivided(Docker docker) {
        Container control = docker.start("control", docker.sharedSsh(true));
        control.awaitHealthy();
        String said = control.as("postgres", "init.sh").orFail();
        assertTrue(said.contains("NOTE: every node"), said);
        Container data = docker.start("data-1", docker.sharedSsh(false));
        data.awaitHealthy();
        assertEquals("postgres", control.as("postgres", "ssh data-1 whoami").orFail());
        data.as("postgres", "cp ~/.ssh/id_ed25519 /tmp/seen; ssh control true").orFail();
        String password = control.as("postgres", "cat ~/.ssh/pgpass").orFail();

        control.remove();
        control = docker.start("control", docker.controlVolumes());
        control.awaitHealthy();
        assertFalse(control.as("postgres", "init.sh").orFail().contains("NOTE"));
        // Both a node that has its new volume already and one that still has the old one are reached.
        node(docker, "data-2", "databases");
        node(docker, "gtm-1", "gtm");
        for (String host : List.of("data-1", "data-2", "gtm-1")) {
            control.as("postgres", "ssh " + host + " true").orFail();
            Shell.Result seen = data.as("postgres", "ssh -F /dev/null -o BatchMode=yes -o StrictHostKeyChecking=no"
                    + " -i /tmp/seen " + host + " true");
            assertTrue(seen.output().contains("Permission denied"), seen.toString());
        }
        assertEquals(password, control.as("postgres", "cat ~/.ssh/pgpass").orFail());
        String keys = control.as("postgres", "cat ~/.ssh/id_ed25519.pub").orFail();
        control.as("postgres", "init.sh").orFail();
        assertEquals(keys, control.as("postgres", "cat ~/.ssh/id_ed25519.pub").orFail());
    }

    private static Container node(Docker docker, String name, String kind) {
        List<String> options = new ArrayList<>(Docker.hardened());
        options.addAll(docker.ssh(kind));
        Container node = docker.start(name, options);
        node.awaitHealthy();
        return node;
    }

    /** Of keys it has the public ones that let others in, and its own host keys. */
    static void assertGtmSeesWhatItNeeds(Container control, Container gtm) {
        assertEquals("authorized_keys", gtm.as("postgres", "ls -A ~/.ssh").orFail());
        assertEquals(hostKeys(gtm), gtm.as("postgres", KEYS).orFail());
        assertEquals("", filesWithPassword(control, gtm));
    }

    /** Of private keys it has its own host keys, and the one for archives. */
    static void assertDatabaseSeesWhatItNeeds(Container control, Container database) {
        assertEquals("authorized_keys config id_archive id_archive.pub pgpass",
                database.as("postgres", "ls -A ~/.ssh | xargs").orFail());
        assertEquals("/var/lib/postgres/.ssh/pgpass", filesWithPassword(control, database));
        List<String> keys = database.as("postgres", KEYS).orFail().lines().toList();
        assertTrue(keys.contains("/var/lib/postgres/.ssh/id_archive"), keys.toString());
        assertEquals(hostKeys(database), String.join("\n", without(keys, "/var/lib/postgres/.ssh/id_archive")));
    }

    private static String hostKeys(Container node) {
        Shell.await("three host keys made",
                () -> node.as("postgres", "ls ~/.pgxl/ssh | grep -c '_key$'").output().strip().equals("3"));
        return node.as("postgres", "ls ~/.pgxl/ssh/*_key").orFail();
    }

    /** @return those beside what the kernel shows of processes; the password comes by a pipe, away from them */
    private static String filesWithPassword(Container control, Container node) {
        return Shell.run("bash", "-c", "set -o pipefail; docker exec -u postgres \"$0\" cut -d: -f5 .ssh/pgpass | head -c 32 |"
                + " docker exec -i -u postgres \"$1\" sh -c 'find / \\( -path /proc -o -path /sys -o -path /tmp/word \\) -prune"
                + " -o -type f -size -64k -readable -print0 >/tmp/files 2>/dev/null; cat >/tmp/word; xargs -0 grep -lsF -f /tmp/word"
                + " </tmp/files; rm /tmp/word /tmp/files; exit 0'", control.name(), node.name()).orFail();
    }

    private static List<String> without(List<String> list, String element) {
        return list.stream().filter(each -> !each.equals(element)).toList();
    }
}
