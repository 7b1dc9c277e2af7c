package com.tiredpixel.pgxl.it.docker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

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
                "{{json .Config.ExposedPorts}}", "{\"22/tcp\":{},\"5432/tcp\":{},\"6666/tcp\":{}}",
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
                Named.of("no new privileges", List.of("--security-opt", "no-new-privileges")),
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
        assertNotEquals(0, container.as("postgres", "PGXL_SSH_PORT=5432 /usr/local/lib/pgxl/healthcheck").code());
    }
}
