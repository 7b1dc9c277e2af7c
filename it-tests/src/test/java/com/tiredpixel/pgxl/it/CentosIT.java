package com.tiredpixel.pgxl.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What can be known of the image on CentOS Stream where none can be had: the names of its packages against published lists, the
 * way through {@code dnf} with another {@code dnf} in its place, and the versions of the C library and of OpenSSL.
 */
class CentosIT {

    private static final Path SCRIPT = Places.IMAGE.resolve("install-packages");
    private static final List<String> STAGES = List.of("runtime", "compile", "agent");
    private static final List<String> RELEASES = List.of("9", "10");

    @TempDir
    Path temporary;
    private Path asked;

    /**
     * A line of {@code centos-packages.tsv}.
     *
     * @param file without architecture, or {@code -} if nobody here has seen it in a list
     */
    private record Fact(String release, String name, String repository, String file, String source, String date) {

        boolean isSeen() {
            return !file.equals("-");
        }
    }

    private static List<Fact> facts() throws IOException {
        try (var in = CentosIT.class.getResourceAsStream("/centos-packages.tsv")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().filter(line -> !line.startsWith("#"))
                    .map(line -> line.split("\t", -1))
                    .map(field -> new Fact(field[0], field[1], field[2], field[3], field[4], field[5])).toList();
        }
    }

    private static Fact fact(String release, String name) throws IOException {
        List<Fact> found = facts().stream()
                .filter(fact -> fact.release().equals(release) && fact.name().equals(name)).toList();
        assertEquals(1, found.size(), name + " of CentOS Stream " + release);
        return found.get(0);
    }

    private static List<String> packages(String stage) {
        return List.of(Program.run(Await.LONG, List.of(SCRIPT.toString(), "--list", "dnf", stage)).orFail().text().split(" "));
    }

    @BeforeEach
    void placeAnotherDnf() throws IOException {
        asked = temporary.resolve("asked");
        program("dnf", "echo \"dnf $*\" >>'" + asked + "'\nexit ${DNF:-0}\n");
        program("rpm", "echo \"rpm $*\" >>'" + asked + "'\nexit ${RPM:-0}\n");
        program("rm", "echo \"rm $*\" >>'" + asked + "'\n");
    }

    private void program(String name, String script) throws IOException {
        Path program = Files.writeString(temporary.resolve(name), "#!/bin/sh\n" + script);
        Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private Program.Result install(String rpm, String dnf, String... arguments) throws IOException {
        Files.deleteIfExists(asked);
        var command = new ArrayList<>(List.of("env", "RPM=" + rpm, "DNF=" + dnf, "PATH=" + temporary + ":/usr/bin:/bin",
                SCRIPT.toString()));
        command.addAll(List.of(arguments));
        return Program.run(Await.LONG, command);
    }

    private List<String> asked() throws IOException {
        return Files.exists(asked) ? Files.readAllLines(asked) : List.of();
    }

    @Test
    void eachPackageHasAFactForEachReleaseAndNoFactIsLeftOver() throws IOException {
        var names = new TreeSet<String>();
        for (String stage : STAGES) {
            names.addAll(packages(stage));
        }
        int seen = 0;
        for (String release : RELEASES) {
            for (String name : names) {
                Fact fact = fact(release, name);
                assertTrue(fact.date().matches("20[0-9]{2}-[01][0-9]-[0-3][0-9]") && !fact.source().isBlank(), fact.toString());
                assertTrue(!fact.isSeen() || fact.repository().matches("BaseOS|AppStream") && fact.file().matches(".*\\.el" + release + ".*"),
                        "a repository that the image of the distribution has switched on: " + fact);
                seen += fact.isSeen() ? 1 : 0;
            }
        }
        System.out.println("MEASURED " + seen + " of " + names.size() * RELEASES.size()
                + " packages of CentOS Stream 9 and 10 were seen in a published list");
        names.add("glibc");
        assertEquals(List.of(), facts().stream().filter(fact -> !names.contains(fact.name())).toList());
    }

    /** Another name may stand for it, as zlib-ng-compat for zlib; then both are asked for by what they provide. */
    @Test
    void aPackageOfAnotherNameIsOneThatProvidesIt() throws IOException {
        for (Fact fact : facts()) {
            String name = fact.name().replace("zlib", fact.release().equals("10") ? "zlib-ng-compat" : "zlib");
            assertTrue(!fact.isSeen() || fact.file().matches(Pattern.quote(name) + "-[0-9].*"), fact.toString());
        }
        install("0", "0", "runtime").orFail();
        assertTrue(asked().get(0).startsWith("rpm -q --whatprovides bash "), asked().toString());
    }

    @ParameterizedTest
    @ValueSource(strings = {"runtime", "compile", "agent"})
    void whatIsMissingIsInstalledByOneCallAndNothingIsKeptOfIt(String stage) throws IOException {
        install("1", "0", stage, "more").orFail();
        String names = String.join(" ", packages(stage)) + " more";
        assertEquals(List.of("rpm -q --whatprovides " + names,
                "dnf install -y --allowerasing --setopt=install_weak_deps=False --setopt=tsflags=nodocs " + names,
                "dnf clean all"), asked().subList(0, 3));
        assertTrue(asked().get(3).startsWith("rm -rf /var/cache/dnf"), asked().toString());
    }

    @Test
    void whereEverythingIsThereNothingIsFetched() throws IOException {
        install("0", "1", "runtime").orFail();
        assertEquals(1, asked().size(), asked().toString());
    }

    @Test
    void aFailedInstallationEndsTheBuild() throws IOException {
        assertNotEquals(0, install("1", "1", "runtime").code());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "run", "runtime compile"})
    void aStageThatDoesNotExistIsSaidAndNothingIsInstalled(String stage) throws IOException {
        Program.Result result = install("1", "0", stage);
        assertEquals(64, result.code(), result.toString());
        assertTrue(result.error().contains("runtime|compile|agent"), result.toString());
        assertEquals(List.of(), asked());
    }

    /** The oldest is that of Stream 9: what the agent's own libraries ask of it must be there. */
    @Test
    void theCLibraryAndOpenSslAreNewEnoughForTheAgent() throws IOException {
        String wanted = "0";
        try (var files = Files.walk(Places.AGENT.resolve("native"))) {
            for (Path library : files.filter(Files::isRegularFile).toList()) {
                var versions = Pattern.compile("GLIBC_(2\\.[0-9]+)")
                        .matcher(Files.readString(library, StandardCharsets.ISO_8859_1));
                while (versions.find()) {
                    wanted = newer(wanted, versions.group(1));
                }
            }
        }
        assertNotEquals("0", wanted, "there are libraries, and they ask for something");
        String readme = Files.readString(Places.MODULE.resolveSibling("README.md"));
        assertTrue(readme.contains("glibc 2.34"), "what the README asks for");
        for (String release : RELEASES) {
            String shipped = version(fact(release, "glibc"));
            assertEquals(shipped, newer(shipped, newer(wanted, "2.34")), "glibc of Stream " + release + ", wanted " + wanted);
            assertTrue(version(fact(release, "openssl-libs")).startsWith("3."), "libcrypto.so.3");
        }
    }

    private static String version(Fact fact) {
        return fact.file().substring(fact.name().length() + 1).replaceAll("^([0-9]+\\.[0-9]+).*", "$1");
    }

    private static String newer(String one, String other) {
        Map<String, Integer> minor = new HashMap<>();
        for (String version : List.of(one, other)) {
            minor.put(version, version.startsWith("2.") ? Integer.parseInt(version.substring(2)) : 0);
        }
        return minor.get(one) >= minor.get(other) ? one : other;
    }

    /** What a fork builds on a machine that can pull the base, names only scripts and options that there are. */
    @Test
    void theWorkflowBuildsBothReleasesAndBothVersionsByScriptsThatAreThere() throws IOException {
        String workflow = Files.readString(Places.MODULE.resolveSibling(".github/workflows/image.yml"));
        for (String text : List.of("quay.io/centos/centos:stream9", "quay.io/centos/centos:stream10", "\"10\"", "\"9.5\"", "tags:")) {
            assertTrue(workflow.contains(text), text);
        }
        var called = Pattern.compile("scripts/([a-z-]+)").matcher(workflow);
        while (called.find()) {
            assertTrue(Files.isExecutable(Places.MODULE.resolveSibling("scripts").resolve(called.group(1))), called.group());
        }
        String help = Program.run(Await.LONG, List.of(Places.MODULE.resolveSibling("scripts/build-image").toString(), "--help")).text();
        for (String option : List.of("--base", "--postgres-xl", "--tag")) {
            assertTrue(workflow.contains(option + " ") && help.contains(option + " "), option);
        }
        assertFalse(workflow.contains("\t"));
    }
}
