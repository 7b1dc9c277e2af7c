package com.tiredpixel.pgxl.it.docker;

import java.util.Arrays;
import java.util.Map;
import java.util.stream.Collectors;

/** A container of the image, seen from outside. */
record Container(String name) {

    /** Runs a command line of bash in it. */
    Shell.Result as(String user, String command) {
        return Docker.attempt("exec", "-u", user, name, "bash", "-c", command);
    }

    String inspect(String format) {
        return Docker.run("inspect", "--format", format, name);
    }

    void awaitHealthy() {
        Shell.await("healthy: " + name, () -> inspect("{{.State.Health.Status}}").equals("healthy"));
    }

    /** @return the lines "Name: value" of PID 1's {@code /proc/1/status} */
    Map<String, String> pidOne() {
        return Arrays.stream(as("postgres", "cat /proc/1/status").orFail().split("\n"))
                .map(line -> line.split(":\\s*", 2))
                .collect(Collectors.toMap(parts -> parts[0], parts -> parts[1]));
    }

    /** Stops it as {@code docker stop} does. */
    int stop() {
        Docker.run("stop", "--time", "30", name);
        return Integer.parseInt(inspect("{{.State.ExitCode}}"));
    }

    void remove() {
        Docker.run("rm", "--force", name);
    }

    String logs() {
        return Docker.run("logs", name);
    }
}
