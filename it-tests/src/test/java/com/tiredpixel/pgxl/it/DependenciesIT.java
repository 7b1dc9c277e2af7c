package com.tiredpixel.pgxl.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What is delivered is what {@code agent/DEPENDENCIES.md} lists, byte by byte. */
class DependenciesIT {
    private static final Pattern ROW =
            Pattern.compile("\\| `([^:`]+):([^`]+)` \\| (\\S+) \\| ([^|]+) \\| [^|]+ \\| `([0-9a-f]{64})` \\|");

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

    @Test
    void everyJarIsOneThatIsListedAndNoOther() throws IOException, GeneralSecurityException {
        Map<String, Library> listed = listed();
        Set<String> there = new TreeSet<>();
        try (Stream<Path> jars = Files.list(Places.AGENT.resolve("lib"))) {
            for (Path jar : jars.filter(path -> !path.getFileName().toString().startsWith("pgxl-agent")).toList()) {
                String name = jar.getFileName().toString();
                there.add(name);
                byte[] hash = MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(jar));
                assertTrue(listed.containsKey(name), name + " is not listed");
                assertEquals(listed.get(name).hash(), HexFormat.of().formatHex(hash), name);
            }
        }
        assertEquals(listed.keySet(), there);
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
