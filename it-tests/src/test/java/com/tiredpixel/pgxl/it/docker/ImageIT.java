package com.tiredpixel.pgxl.it.docker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is in the image, what is not, and how little it may be given to run. */
@WithDocker
class ImageIT {

    @Test
    void itHasWhatPgxcCtlRunsAndNeitherCompilersNorMaven(Docker docker) {
        Container container = docker.start("node", List.of());
        for (String program : List.of("ssh", "scp", "rsync", "ping", "pgrep", "bash", "initdb", "pg_ctl", "postgres",
                "gtm", "gtm_ctl", "gtm_proxy", "initgtm", "psql", "init.sh", "pgxl-agent", "pgxl")) {
            assertEquals(0, container.as("postgres", "command -v " + program).code(), program);
        }
        for (String program : List.of("gcc", "cc", "make", "javac", "mvn", "git", "sshd", "supervisord")) {
            assertNotEquals(0, container.as("root", "command -v " + program).code(), program);
        }
        assertEquals("UTF-8", container.as("postgres", "locale charmap").orFail());
        assertEquals("CET", container.as("postgres", "TZ=Europe/Berlin date -d '2020-01-01' +%Z").orFail());
    }

    @Test
    void aPersonsShellFindsTheServersProgramsAndCompletesPgxl(Docker docker) {
        Container container = docker.start("node", List.of());
        for (String shell : List.of("bash -l", "sh -l", "bash")) {
            assertEquals("/usr/local/lib/postgres/bin/psql", container.as("postgres",
                    "env -u PATH PATH=/usr/bin:/bin " + shell + " -i -c 'command -v psql' 2>/dev/null").orFail(), shell);
        }
        for (String shell : List.of("bash -l -i", "bash -i")) {
            assertTrue(container.as("postgres", shell + " -c 'complete -p pgxl' 2>/dev/null").orFail().contains("pgxl"), shell);
        }
    }

    @Test
    void itHoldsNoSecretNoHostKeyAndNoPassword(Docker docker) {
        String found = Docker.run("run", "--rm", "--entrypoint", "bash", Image.name(), "-c",
                "find / -xdev \\( -name 'id_*' -o -name '*host*key*' -o -name '*pgpass*' -o -name '*.pem' \\) -type f "
                        + "-not -path '/etc/ssl/*' -not -path '/usr/share/*' -not -path '/usr/lib/*' -not -path '/proc/*'; "
                        // The snakeoil key comes with the stock PostgreSQL of the stand-in's image.
                        + "grep -rlIE --exclude=ssl-cert-snakeoil.key -- '-----BEGIN [A-Z ]*PRIVATE KEY' "
                        + "/etc /root /home /var /usr/local 2>/dev/null; "
                        + "ls -A /var/lib/postgres/.ssh; grep ^postgres: /etc/shadow | cut -d: -f2");
        // Only the password field of the user, which no password matches.
        assertEquals("*", found);
        assertEquals(1, Docker.run("run", "--rm", "--entrypoint", "bash", Image.name(), "-c",
                "touch /root/id_negative; find /root -name 'id_*'").lines().count());
    }

    @Test
    void itSaysWhatItIs() {
        Map<String, String> answers = Map.of(
                "{{json .Config.Entrypoint}}", "[\"/usr/local/lib/pgxl-agent/bin/pgxl-agent\"]",
                "{{.Config.StopSignal}}", "SIGTERM",
                "{{json .Config.Volumes}}", "{\"/var/lib/postgres\":{}}",
                "{{json .Config.ExposedPorts}}", "{\"22/tcp\":{},\"5432/tcp\":{}}",
                "{{index .Config.Labels \"org.opencontainers.image.title\"}}", "Postgres-XL",
                "{{index .Config.Labels \"org.opencontainers.image.revision\"}}",
                Shell.run("git", "-C", Image.TOP.toString(), "rev-parse", "HEAD").orFail());
        answers.forEach((question, answer) ->
                assertEquals(answer, Docker.run("image", "inspect", "--format", question, Image.name()), question));
    }

    static Stream<Named<List<String>>> surroundings() {
        List<String> readOnlyAsPostgres = new ArrayList<>(
                List.of("--user", "postgres", "--read-only", "--tmpfs", "/tmp", "--tmpfs", "/run", "--cap-drop", "ALL"));
        return Stream.of(
                Named.of("Docker's default", List.of()),
                Named.of("read-only root and four capabilities", Docker.hardened()),
                Named.of("--user postgres without any capability", readOnlyAsPostgres));
    }

    @ParameterizedTest
    @MethodSource("surroundings")
    void pidOneIsHealthyAndPowerlessAndStopsCleanly(List<String> options, Docker docker) {
        Container container = docker.start("node", options);
        container.awaitHealthy();
        Map<String, String> status = container.pidOne();
        assertEquals("5432\t5432\t5432\t5432", status.get("Uid"));
        assertEquals("0000000000000000", status.get("CapEff"));
        assertEquals("0000000000000000", status.get("CapPrm"));
        assertEquals("1", status.get("NoNewPrivs"));
        assertTrue(container.as("postgres", "cat /proc/1/cmdline | tr '\\0' ' '").orFail()
                .contains("-jar /usr/local/lib/pgxl-agent/lib/pgxl-agent.jar"));
        // Made while it runs; a host key that was there before would be everybody's.
        assertEquals("700 postgres", container.as("postgres", "stat -c '%a %U' ~/.pgxl/ssh").orFail());
        assertEquals(0, container.stop());
    }

    @Test
    void aReadOnlyRootWithoutTmpIsNamedInTheLog(Docker docker) {
        String warning = "/tmp is not a directory that can be written";
        Container without = docker.start("without", List.of("--read-only"));
        Shell.await("warned of /tmp", () -> without.logs().contains(warning));
        Container with = docker.start("with", Docker.hardened());
        with.awaitHealthy();
        assertFalse(with.logs().contains(warning));
    }

    @Test
    void aBindMountThatBelongsToRootIsGivenToPostgres(Docker docker) {
        String directory = Shell.run("mktemp", "-d").orFail();
        try {
            List<String> options = new ArrayList<>(Docker.hardened());
            options.addAll(List.of("--volume", directory + ":/var/lib/postgres"));
            Container container = docker.start("node", options);
            container.awaitHealthy();
            assertEquals("5432 700", Shell.run("stat", "-c", "%u %a", directory).orFail());
            container.as("postgres", "touch ~/mine").orFail();
            container.remove();
        } finally {
            Shell.run("rm", "-rf", directory).orFail();
        }
    }

    @Test
    void theHealthCheckFailsWhereNoAgentAnswers(Docker docker) {
        Container container = docker.start("node", List.of());
        container.awaitHealthy();
        assertEquals(0, container.as("postgres", "/usr/local/lib/pgxl/healthcheck").code());
        for (String all : List.of("*", "::", "0:0:0:0:0:0:0:0", "0.0.0.0")) {
            container.as("postgres", "PGXL_SSH_LISTEN='" + all + "' /usr/local/lib/pgxl/healthcheck").orFail();
        }
        assertNotEquals(0, container.as("postgres", "PGXL_SSH_PORT=5432 /usr/local/lib/pgxl/healthcheck").code());
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.2", " 127.0.0.2 , 127.0.0.3", "0.0.0.0"})
    void theHealthCheckAsksAnAddressOnWhichTheAgentListens(String addresses, Docker docker) {
        Container container = docker.start("node", List.of("--env", "PGXL_SSH_LISTEN=" + addresses));
        container.awaitHealthy();
        String said = container.as("root", "/usr/local/lib/pgxl/healthcheck").orFail();
        assertTrue(said.contains("on " + (addresses.contains("127.0.0.2") ? "127.0.0.2" : "127.0.0.1") + " port 22"), said);
        assertNotEquals(0, container.as("postgres", "PGXL_SSH_LISTEN=127.0.0.9 PGXL_SSH_PORT=23 /usr/local/lib/pgxl/healthcheck")
                .code());
    }

    @Test
    void aServiceOfKubernetesThatIsCalledAsASettingIsStopsNothing(Docker docker) {
        Container container = docker.start("node", List.of(
                "--env", "PGXL_SSH_PORT=tcp://10.96.0.7:22", "--env", "PGXL_STATUS_PORT=tcp://10.96.0.8:9432"));
        container.awaitHealthy();
        assertEquals(2, container.logs().lines().filter(line -> line.contains("enableServiceLinks: false")).count());
        assertTrue(container.as("postgres", "init.sh && ! grep Port ~/.ssh/config").code() == 0);
    }

    /** Whoever is begun as one user stays that user, and what he begins too. */
    @Test
    void noProgramMakesWhoeverStartsItMoreThanHeIs(Docker docker) {
        assertEquals("", Docker.run("run", "--rm", "--entrypoint", "find", Image.name(),
                "/", "-xdev", "-type", "f", "-perm", "/6000"));
        Container container = docker.start("node", Docker.hardened());
        container.awaitHealthy();
        for (String user : List.of("root", "postgres")) {
            assertEquals("NoNewPrivs:\t1", container.as(user, "grep NoNewPrivs /proc/self/status").orFail());
        }
        // pgxc_ctl looks hosts up by it.
        container.as("postgres", "ping -c1 node").orFail();
        Container ordinary = docker.start("ordinary", List.of());
        ordinary.awaitHealthy();
        assertEquals("NoNewPrivs:\t0", ordinary.as("postgres", "grep NoNewPrivs /proc/self/status").orFail(), "negative control");
        ordinary.as("postgres", "ping -c1 node").orFail();
    }

    @Test
    void whatRootBeginsForTheUserIsTheUsersForGood(Docker docker) {
        Container container = docker.start("node", List.of());
        container.awaitHealthy();
        container.as("root", "mkdir /tmp/shim; printf '#!/bin/sh\\necho \"$*\" >>/tmp/seen; exec /usr/bin/setpriv \"$@\"\\n'"
                + " >/tmp/shim/setpriv; chmod -R a+rx /tmp/shim").orFail();
        for (String program : List.of("init.sh", "/usr/local/lib/pgxl/healthcheck", "pgxl reload", "psql --version")) {
            container.as("root", "rm -f /tmp/seen; PATH=/tmp/shim:$PATH " + program).orFail();
            String seen = container.as("root", "cat /tmp/seen").orFail();
            assertTrue(seen.contains("--no-new-privs"), program + ": " + seen);
        }
    }

    /** As everybody types it, without {@code -u postgres}. */
    @Test
    void whatIsTypedAsRootIsDoneAsTheUser(Docker docker) {
        Container control = docker.start("control", Docker.hardened());
        control.awaitHealthy();
        control.as("root", "init.sh --auth trust").orFail();
        control.as("root", "initdb -D data/node --nodename node1 && pg_ctl --version && echo ok").orFail();
        assertEquals("postgres", control.as("postgres", "stat -c %U data/node/PG_VERSION").orFail());
        assertTrue(control.as("root", "psql -h nowhere -c 'select 1' postgres").output().contains("nowhere"));
        assertEquals(3, control.as("root", "psql --no-such-option; [ $? = 1 ] && exit 3").code());
        assertEquals("two words", control.as("root", "echo 'two words' | psql -X -v ON_ERROR_STOP=1 -c '\\! cat' nowhere 2>/dev/null"
                + " || echo 'two words' | sort -u").orFail(), "it reads what it is given");
        // On root's terminal, in a terminal of its own.
        String typed = Shell.run("script", "-qec", "docker exec -it " + control.name()
                + " bash -c 'psql --version; echo code $?; tty'", "/dev/null").orFail();
        assertTrue(typed.contains("psql (") && typed.contains("code 0"), typed);
    }

    /** The libraries are compared with the table that says what was looked at, whoever built the agent. */
    @Test
    void anAgentWithAnotherLibraryIsNotBuiltIn() {
        String directory = Shell.run("mktemp", "-d").orFail();
        try {
            Shell.run("cp", "-a", Image.TOP.resolve("agent/target/agent") + "/.", directory).orFail();
            for (String change : List.of("printf x >>\"$(ls lib/jna-*.jar)\"", "cp lib/jna-*.jar lib/another-1.0.jar",
                    "rm lib/jna-*.jar")) {
                Shell.run("bash", "-c", "cd '" + directory + "' && rm -rf lib && cp -a '"
                        + Image.TOP.resolve("agent/target/agent/lib") + "' lib && " + change).orFail();
                Map<String, String> settings = new HashMap<>(Image.buildSettings());
                settings.put("AGENT_IMAGE", directory);
                Shell.Result build = Shell.run(Duration.ofMinutes(10), settings,
                        List.of(Image.TOP.resolve("scripts/build-image").toString(), "--tag", "it-another"));
                assertNotEquals(0, build.code(), change);
                assertTrue(build.output().contains("check-jars: "), build.toString());
            }
        } finally {
            Shell.run("rm", "-rf", directory).orFail();
        }
    }
}
