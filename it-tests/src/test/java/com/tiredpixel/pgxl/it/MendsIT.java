package com.tiredpixel.pgxl.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What {@code image/mends/apply} does to a source tree, on a small one that is made here. With {@code
 * -Dpgxl.sources=DIR[:DIR…]} the real mends are applied to copies of real ones.
 */
class MendsIT {
    private static final Path MENDS = Places.IMAGE.resolve("mends");
    private static final String SOURCE = """
            /* a file */
            static int
            first(int a)
            {
            \tif (a == 1)
            \t\treturn 2;
            \treturn 3;
            }

            int second(int a)
            {
            \treturn 3;
            }
            """;

    @TempDir
    private Path directory;

    private Path tree;
    private Path mends;

    @BeforeEach
    void makeATree() throws IOException {
        tree = Files.createDirectories(directory.resolve("tree"));
        mends = Files.createDirectories(directory.resolve("mends"));
        Files.writeString(tree.resolve("a.c"), SOURCE);
        Files.writeString(tree.resolve("b.c"), "int b;\n");
        Files.writeString(mends.resolve("ours.c"), "int ours;\n");
    }

    @Test
    void aFragmentThatIsThereOnceIsReplacedWhateverItsSpaces() throws IOException {
        assertEquals(0, apply("replace('a.c', 'if (a == 1) return 2;', 'return a;');").code());
        assertEquals(SOURCE.replace("if (a == 1)\n\t\treturn 2;", "return a;"), Files.readString(tree.resolve("a.c")));
    }

    @Test
    void oneFunctionCanBeMeant() throws IOException {
        assertEquals(0, apply("insert_before('a.c', 'return 3;', 'a++; ', within => 'first');"
                + "insert_after('a.c', 'return 3;', ' /* never */', within => 'second');").code());
        assertEquals(SOURCE.replaceFirst("return 3;", "a++; return 3;")
                        .replaceFirst("(?s)(second.*?return 3;)", "$1 /* never */"),
                Files.readString(tree.resolve("a.c")));
    }

    @Test
    void aFunctionIsTakenOutForOneOfOurs() throws IOException {
        assertEquals(0, apply("drop_function('a.c', 'first'); put_file('ours.c', 'sub.c');").code());
        String left = Files.readString(tree.resolve("a.c"));
        assertTrue(left.startsWith("/* a file */\n/* first: see the mend \"one\" */\n\nint second"), left);
        assertEquals("int ours;\n", Files.readString(tree.resolve("sub.c")));
    }

    @Test
    void aFragmentThatIsMissingOrThereTwiceChangesNothingAndIsNamed() throws IOException {
        String sound = "replace('b.c', 'int b;', 'long b;');";
        assertRefused(sound + "replace('a.c', 'return 4;', '');", "one", "\"return 4;\"", "0 times in a.c");
        assertRefused(sound + "replace('a.c', 'return 3;', '');", "one", "\"return 3;\"", "2 times in a.c");
        assertRefused(sound + "replace_each('a.c', 'return 4;', '');", "one", "\"return 4;\"", "0 times in a.c");
        assertRefused(sound + "replace('a.c', 'return 2;', '', within => 'second');", "0 times in second of a.c");
        assertRefused(sound + "replace('a.c', 'return 2;', '', within => 'third');", "third", "0 times in a.c");
        assertRefused(sound + "replace('c.c', 'x', '');", "one", "c.c");
        assertRefused(sound + "put_file('ours.c', 'a.c');", "one", "a.c");
        assertRefused(sound + "put_file('theirs.c', 'c.c');", "one", "theirs.c");
    }

    @Test
    void aMendThatIsNoPerlIsAnError() throws IOException {
        assertRefused("replace('b.c'", "one");
    }

    @Test
    void aSecondMendThatFailsTakesTheFirstBack() throws IOException {
        Files.writeString(mends.resolve("two.pl"), "use Mend; replace('a.c', 'int b', ''); 1;");
        assertRefused("replace('b.c', 'int b;', 'long b;');", "two");
    }

    @Test
    void eachMendHasAPageWithItsFaultAndItsTest() throws IOException {
        List<String> names = Program.run(Await.LONG, List.of(MENDS.resolve("apply").toString(), "--list")).orFail()
                .text().lines().toList();
        assertTrue(names.size() > 5, names.toString());
        String index = Files.readString(MENDS.resolve("README.md"));
        for (String name : names) {
            assertTrue(index.contains("[" + name + "](" + name + ".md)"), name);
            String page = Files.readString(MENDS.resolve(name + ".md"));
            List.of("**Change.**", "**Test.**").forEach(part -> assertTrue(page.contains(part), name + ": " + part));
        }
    }

    @Test
    void theMendsApplyToRealSources() throws IOException {
        String sources = System.getProperty("pgxl.sources", "");
        assumeTrue(!sources.isEmpty(), "no source tree of Postgres-XL is given by -Dpgxl.sources");
        for (String source : sources.split(":")) {
            Path copy = Files.createDirectories(directory.resolve("copy-" + Path.of(source).getFileName()));
            Program.run(Await.LONG, List.of("git", "-C", source, "archive", "-o", copy + ".tar", "HEAD", "src")).orFail();
            Program.run(Await.LONG, List.of("tar", "-xf", copy + ".tar", "-C", copy.toString())).orFail();
            Program.Result applied = Program.run(Await.LONG, List.of(MENDS.resolve("apply").toString(), copy.toString()));
            assertEquals(0, applied.code(), source + ": " + applied.error());
            Program.Result again = Program.run(Await.LONG, List.of(MENDS.resolve("apply").toString(), copy.toString()));
            assertEquals(1, again.code(), source + " was mended twice");
        }
    }

    private void assertRefused(String edits, String... words) throws IOException {
        Program.Result result = apply(edits);
        assertEquals(1, result.code(), edits);
        List.of(words).forEach(word -> assertTrue(result.error().contains(word), word + " is not in " + result.error()));
        assertEquals(SOURCE, Files.readString(tree.resolve("a.c")), edits);
        assertEquals("int b;\n", Files.readString(tree.resolve("b.c")), edits);
        try (Stream<Path> files = Files.list(tree)) {
            assertEquals(2, files.count(), edits);
        }
        assertFalse(Files.exists(tree.resolve("c.c")));
    }

    private Program.Result apply(String edits) throws IOException {
        Files.writeString(mends.resolve("one.pl"), "use Mend; " + edits + " 1;");
        return Program.run(Await.LONG, List.of("env", "PGXL_MENDS=" + mends, MENDS.resolve("apply").toString(),
                tree.toString()));
    }
}
