package com.tiredpixel.pgxl.it;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.spi.ToolProvider;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What is delivered is what {@code agent/DEPENDENCIES.md} lists, byte by byte. */
class DependenciesIT {
    private static final Pattern ROW =
            Pattern.compile("\\| `([^:`]+):([^`]+)` \\| (\\S+) \\| ([^|]+) \\| [^|]+ \\| `([0-9a-f]{64})` \\|");

    /** Of the jar of this name only some classes are delivered. */
    private static final String PART = "bcprov-";

    private record Library(String group, String name, String version, String licence, String hash) {
        String file() {
            return name + "-" + version + ".jar";
        }
    }

    private static Map<String, Library> listed() throws IOException {
        Map<String, Library> libraries = new TreeMap<>();
        for (String line : Files.readAllLines(Places.MODULE.resolveSibling("agent/DEPENDENCIES.md"))) {
            Matcher row = ROW.matcher(line);
            if (row.matches()) {
                var library = new Library(row.group(1), row.group(2), row.group(3), row.group(4), row.group(5));
                libraries.put(library.file(), library);
            }
        }
        return libraries;
    }

    private static String hash(Path jar) throws IOException, GeneralSecurityException {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(jar)));
    }

    @Test
    void everyJarIsOneThatIsListedAndNoOther() throws IOException, GeneralSecurityException {
        Map<String, Library> listed = listed();
        Set<String> there = new TreeSet<>();
        try (Stream<Path> jars = Files.list(Places.AGENT.resolve("lib"))) {
            for (Path jar : jars.filter(path -> !path.getFileName().toString().startsWith("pgxl-agent")).toList()) {
                String name = jar.getFileName().toString();
                there.add(name);
                assertTrue(listed.containsKey(name), name + " is not listed");
                Path whole = isPart(jar) ? whole() : jar;
                assertEquals(listed.get(name).hash(), hash(whole), name);
            }
        }
        assertEquals(listed.keySet(), there);
    }

    private static boolean isPart(Path jar) {
        return jar.getFileName().toString().startsWith(PART);
    }

    /** The jar of BouncyCastle as it was published, on the class path of the tests. */
    private static Path whole() {
        String entry = DependenciesIT.class.getResource("/org/bouncycastle/crypto/params/MLKEMParameters.class").toString();
        return Path.of(URI.create(entry.substring("jar:".length(), entry.indexOf("!/"))));
    }

    private static Path part() throws IOException {
        try (Stream<Path> jars = Files.list(Places.AGENT.resolve("lib"))) {
            return jars.filter(DependenciesIT::isPart).findFirst().orElseThrow();
        }
    }

    /** Another build's compression makes another jar; what is in it stays the same. */
    @Test
    void whatIsDeliveredOfBouncyCastleIsAPartOfThePublishedJar() throws IOException {
        int classes = 0;
        try (var part = new JarFile(part().toFile()); var whole = new JarFile(whole().toFile(), false)) {
            for (JarEntry entry : part.stream().filter(entry -> entry.getName().endsWith(".class")).toList()) {
                JarEntry published = whole.getJarEntry(entry.getName());
                assertNotNull(published, entry.getName());
                try (var one = part.getInputStream(entry); var other = whole.getInputStream(published)) {
                    assertArrayEquals(other.readAllBytes(), one.readAllBytes(), entry.getName());
                }
                classes++;
            }
            assertNotNull(part.getJarEntry("META-INF/LICENSE.md"), "its licence asks to be included");
        }
        assertTrue(classes > 300 && Files.size(part()) < 1_000_000, classes + " classes in " + Files.size(part()));
    }

    @Test
    void noClassThatThePartMentionsIsMissing() throws IOException {
        assertEquals("", missing(part()));
        Path lib = Places.AGENT.resolve("lib");
        try (Stream<Path> jars = Files.list(lib)) {
            Path other = jars.filter(jar -> jar.getFileName().toString().startsWith("slf4j-tinylog")).findFirst().orElseThrow();
            assertTrue(missing(other).contains("org.slf4j."), "negative control: without its neighbours it is not whole");
        }
    }

    private static String missing(Path jar) {
        var said = new StringWriter();
        int code = ToolProvider.findFirst("jdeps").orElseThrow()
                .run(new PrintWriter(said), new PrintWriter(said), "--multi-release", "base", "--missing-deps", jar.toString());
        assertEquals(0, code, said.toString());
        return said.toString();
    }

    @Test
    void theBillOfMaterialsNamesThemAllWithTheirLicences() throws IOException {
        String bill = Files.readString(Places.AGENT.resolve("share/sbom/pgxl-agent.cdx.json"));
        assertTrue(bill.contains("\"bomFormat\" : \"CycloneDX\""), bill.substring(0, 200));
        Set<String> named = new TreeSet<>();
        for (Matcher purl = Pattern.compile("\"purl\" : \"pkg:maven/([^/\"]+)/([^@\"]+)@([^?\"]+)\\?type=jar\"").matcher(bill);
                purl.find();) {
            named.add(purl.group(1) + ":" + purl.group(2) + ":" + purl.group(3));
        }
        named.removeIf(name -> name.startsWith("com.tiredpixel.pgxl:"));
        Set<String> listed = new TreeSet<>();
        for (Library library : listed().values()) {
            listed.add(library.group() + ":" + library.name() + ":" + library.version());
            int at = bill.indexOf("\"purl\" : \"pkg:maven/" + library.group() + "/" + library.name() + "@");
            int from = bill.lastIndexOf("\"licenses\"", at);
            for (String licence : library.licence().split(" or ")) {
                assertTrue(bill.substring(from, at).contains("\"" + licence + "\""), licence + " of " + library.name());
            }
        }
        assertEquals(listed, named);
    }
}
