package com.tiredpixel.pgxl.agent.ssh;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** {@code MINA.md} names what the room relies on inside MINA, each with its test. */
class MinaPageTest {
    private static final Path ROOM = Path.of("src/main/java/com/tiredpixel/pgxl/agent/ssh");
    private static final Pattern EXTENDS = Pattern.compile("\\bclass \\w+ extends ([\\w.]+)");

    private final String page = read(Path.of("MINA.md"));

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static List<Path> sources(Path top) throws IOException {
        try (Stream<Path> files = Files.walk(top)) {
            return files.filter(file -> file.toString().endsWith(".java")).toList();
        }
    }

    @Test
    void itIsAboutTheVersionThatIsUsed() {
        String version = org.apache.sshd.server.SshServer.class.getPackage().getImplementationVersion();
        assertEquals("# What we rely on inside Apache MINA SSHD " + version, page.lines().findFirst().orElse(""));
    }

    @Test
    void everyClassThatExtendsOneOfMinasHasARow() throws IOException {
        var missing = new TreeSet<String>();
        int found = 0;
        for (Path file : sources(ROOM)) {
            String text = read(file);
            Matcher declaration = EXTENDS.matcher(text);
            while (declaration.find()) {
                String parent = declaration.group(1);
                String simple = parent.substring(parent.lastIndexOf('.') + 1);
                boolean isMinas = parent.startsWith("org.apache.sshd.")
                        || Pattern.compile("import org\\.apache\\.sshd\\.[\\w.]+\\." + simple + ";").matcher(text).find();
                if (!isMinas || simple.endsWith("Exception")) {
                    continue;
                }
                found++;
                String own = file.getFileName().toString().replace(".java", "");
                if (page.lines().noneMatch(line -> line.contains("`" + own + "`") && line.contains("`" + simple + "`"))) {
                    missing.add(own + " extends " + simple);
                }
            }
        }
        assertEquals(new TreeSet<>(), missing);
        assertTrue(found >= 10, found + " found: the search finds nothing");
    }

    @Test
    void eachTestThatIsNamedExists() throws IOException {
        var tests = Stream.concat(sources(Path.of("src/test/java")).stream(), sources(Path.of("../it-tests/src/test/java")).stream())
                .map(file -> file.getFileName().toString().replace(".java", "")).collect(Collectors.toSet());
        Matcher named = Pattern.compile("`(\\w+(?:Test|IT))`").matcher(page);
        int count = 0;
        while (named.find()) {
            assertTrue(tests.contains(named.group(1)), named.group(1));
            count++;
        }
        assertTrue(count > 15, count + " tests named");
    }
}
