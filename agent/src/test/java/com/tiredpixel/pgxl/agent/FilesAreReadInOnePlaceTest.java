package com.tiredpixel.pgxl.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * Files of the volume and of {@code /proc} are what others made of them. {@code os/BoundedFiles} reads them without a wait
 * and within bounds, and {@code os/NewFile} writes none that is there already; whoever opens one by another way waits for
 * the other end of a FIFO, or takes all the memory that a file asks for.
 */
class FilesAreReadInOnePlaceTest {
    private static final Path SOURCES = Path.of("src/main/java");

    /** What opens a file or a directory, or reads one whole. */
    private static final Map<String, Pattern> FORBIDDEN = Map.of(
            "reads, lists or writes by java.nio.file.Files", Pattern.compile(
                    "\\bFiles\\s*\\.\\s*(read(String|AllBytes|AllLines)|lines|list|walk|walkFileTree|find|newInputStream"
                            + "|newBufferedReader|newBufferedWriter|newOutputStream|newByteChannel|newDirectoryStream"
                            + "|write|writeString|copy|createFile|mismatch|probeContentType)\\b"),
            "reads or lists by java.io", Pattern.compile(
                    "\\b(FileInputStream|FileReader|FileWriter|RandomAccessFile)\\s*\\(|\\.toFile\\(\\)\\s*\\.\\s*list|new File\\s*\\("),
            "opens a channel", Pattern.compile("\\b(AsynchronousFileChannel|FileChannel)\\s*\\.\\s*open\\b"),
            "reads to the end of a stream", Pattern.compile("\\.readAllBytes\\(|new Scanner\\("));

    /** The places that may, and what. */
    private static final Map<String, List<String>> ALLOWED = Map.of(
            "os/BoundedFiles.java", List.of("Files.newDirectoryStream"),
            "os/NewFile.java", List.of("FileChannel.open"),
            // Opens nothing: asks for the room there.
            "SharedMemory.java", List.of(".toFile()."),
            // Writes over its own record, by a thread of its own: on a full disk there is no room for a new one.
            "supervisor/lock/OwnerFiles.java", List.of("FileChannel.open"));

    @Test
    void nobodyElseOpensAFile() throws IOException {
        Map<String, List<String>> found = new TreeMap<>();
        List<Path> sources;
        try (var all = Files.walk(SOURCES)) {
            sources = all.filter(path -> path.toString().endsWith(".java")).toList();
        }
        assertFalse(sources.isEmpty(), "no sources below " + SOURCES.toAbsolutePath());
        for (Path source : sources) {
            String name = SOURCES.resolve("com/tiredpixel/pgxl/agent").relativize(source).toString();
            for (String what : offences(Files.readString(source))) {
                if (!ALLOWED.getOrDefault(name, List.of()).contains(what.substring(what.indexOf(": ") + 2))) {
                    found.computeIfAbsent(name, none -> new ArrayList<>()).add(what);
                }
            }
        }
        assertEquals(Map.of(), found, "use os/BoundedFiles to read or list, os/NewFile to write");
    }

    @Test
    void theRuleSeesWhatItForbids() {
        assertEquals(List.of("reads, lists or writes by java.nio.file.Files: Files.readString"),
                offences("String text = Files.readString(path);"));
        assertEquals(1, offences("try (var in = new FileInputStream(name)) {").size());
        assertEquals(1, offences("FileChannel.open(path, READ)").size());
        assertEquals(1, offences("String[] names = directory.toFile().list();").size());
        assertEquals(List.of(), offences("// Files.readAllBytes asks for the size too\n /** {@code Files.lines} */"));
        assertEquals(List.of(), offences("boolean there = Files.exists(path) && Files.isRegularFile(path);"));
    }

    private static List<String> offences(String source) {
        String code = source.replaceAll("(?s)/\\*.*?\\*/", "").replaceAll("(?m)^\\s*//.*$", "");
        List<String> offences = new ArrayList<>();
        FORBIDDEN.forEach((what, pattern) -> pattern.matcher(code).results()
                .forEach(match -> offences.add(what + ": " + match.group().replaceAll("\\s", ""))));
        return offences;
    }
}
