package com.tiredpixel.pgxl.agent.node;

import java.util.Optional;
import java.util.OptionalLong;

/** Takes a pid file apart, as {@code CreateLockFile} of PostgreSQL, GTM and the proxy write it. */
final class PidFileParser {
    private static final int SHOWN = 200;

    private final String text;
    private final String[] lines;

    PidFileParser(String text) {
        this.text = text;
        this.lines = text.split("\n", 10);
    }

    PidFile postmaster() {
        // Pid, directory, start and port come in one write: with less the disk was full, or it is another file.
        Optional<PidFile> bad = problem(4);
        if (bad.isPresent()) {
            return bad.get();
        }
        return new PidFile.Postmaster(
                Integer.parseInt(line(1)),
                line(2),
                Port.parse(line(4)),
                nonEmpty(line(5)),
                nonEmpty(line(6)),
                status(line(8)));
    }

    PidFile gtm() {
        Optional<PidFile> bad = problem(2);
        if (bad.isPresent()) {
            return bad.get();
        }
        return new PidFile.Gtm(Integer.parseInt(line(1)), line(2));
    }

    private Optional<PidFile> problem(int linesAtLeast) {
        if (text.isEmpty()) {
            return malformed("it is empty");
        }
        String first = lines[0];
        if (first.matches("-[0-9]+")) {
            return malformed("it belongs to a stand-alone backend, not to a postmaster");
        }
        OptionalLong pid = number(first);
        if (pid.isEmpty()) {
            return malformed("its first line is not a number");
        }
        if (pid.getAsLong() < 2 || pid.getAsLong() > PidFile.HIGHEST_PID) {
            return malformed("no server can have the pid " + pid.getAsLong());
        }
        // A line counts only with its line break: a part of a path is another path.
        if (lines.length <= linesAtLeast) {
            return malformed("it is cut short");
        }
        if (!line(2).startsWith("/") || line(2).indexOf('\0') >= 0) {
            return malformed("its second line is not an absolute path");
        }
        return Optional.empty();
    }

    private Optional<PidFile> malformed(String why) {
        return Optional.of(
                new PidFile.Malformed(why, text.length() <= SHOWN ? text : text.substring(0, SHOWN)));
    }

    private String line(int number) {
        return number < lines.length ? lines[number - 1] : "";
    }

    private static Optional<String> nonEmpty(String line) {
        return line.isEmpty() ? Optional.empty() : Optional.of(line);
    }

    private static OptionalLong number(String line) {
        return line.matches("[0-9]{1,18}") ? OptionalLong.of(Long.parseLong(line)) : OptionalLong.empty();
    }

    private static PidFile.Status status(String line) {
        return switch (line.strip()) {
            case "starting" -> PidFile.Status.STARTING;
            case "stopping" -> PidFile.Status.STOPPING;
            case "ready" -> PidFile.Status.READY;
            case "standby" -> PidFile.Status.STANDBY;
            default -> PidFile.Status.UNSAID;
        };
    }
}
