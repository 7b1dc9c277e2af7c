package com.tiredpixel.pgxl.it;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/** What PID 1 writes to standard output, while it does. */
public final class LogFile {

    private final Path path;

    public LogFile(Path path) {
        this.path = path;
    }

    /** @return all of it so far */
    public String text() {
        try {
            return Files.exists(path) ? Files.readString(path, StandardCharsets.ISO_8859_1) : "";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** @return a place to wait from: only what comes later counts */
    public int mark() {
        return text().length();
    }

    /** @return complete lines that contain a match of the pattern, from a mark on */
    public List<String> lines(int mark, String pattern) {
        Pattern compiled = Pattern.compile(pattern);
        return text().substring(mark).lines().filter(line -> compiled.matcher(line).find()).toList();
    }

    /**
     * Waits for a line.
     *
     * @param mark where to begin
     * @param pattern a regular expression; {@code ^} and {@code $} mean the line
     * @return the first match
     * @throws AssertionError at the deadline, with the log
     */
    public MatchResult await(int mark, String pattern, Duration deadline) {
        Pattern compiled = Pattern.compile(pattern, Pattern.MULTILINE);
        try {
            return Await.value(deadline, "line /" + pattern + "/", () -> {
                var matcher = compiled.matcher(text());
                return matcher.find(mark) ? Optional.of(matcher.toMatchResult()) : Optional.empty();
            });
        } catch (AssertionError e) {
            throw new AssertionError(e.getMessage() + " in the log:\n" + text().substring(mark), e);
        }
    }

    /** As {@link #await(int, String, Duration)}, from the beginning. */
    public MatchResult await(String pattern) {
        return await(0, pattern, Await.LONG);
    }

    /**
     * Waits for a node to enter a state.
     *
     * @param state such as {@code RUNNING}
     * @return where the line ends, as a mark
     */
    public int awaitState(int mark, Node node, String state) {
        return await(mark, "^\\S+ +[A-Z]+ +" + Pattern.quote(node.subject()) + ": " + state + ": .*$", Await.LONG)
                .end();
    }

    /** @return states the node entered, from a mark on, in order */
    public List<String> states(int mark, Node node) {
        Pattern line = Pattern.compile(
                "^\\S+ +[A-Z]+ +" + Pattern.quote(node.subject()) + ": ([A-Z_]+): .*$", Pattern.MULTILINE);
        return line.matcher(text().substring(mark)).results().map(match -> match.group(1)).toList();
    }
}
