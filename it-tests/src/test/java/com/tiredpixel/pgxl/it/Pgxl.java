package com.tiredpixel.pgxl.it;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The command {@code pgxl}, beside PID 1 as under {@code docker exec}, and HTTP from the inside. */
public final class Pgxl {
    public static final String PATH = "/usr/local/lib/pgxl-agent/bin/pgxl";

    private final Sandbox sandbox;

    public Pgxl(Sandbox sandbox) {
        this.sandbox = sandbox;
    }

    /** Runs it as {@code postgres}. */
    public Program.Result run(String... words) {
        return as("postgres", words);
    }

    public Program.Result as(String user, String... words) {
        List<String> command = Stream.concat(Stream.of(PATH), Arrays.stream(words)).toList();
        return Program.run(Await.LONG.plusSeconds(30), sandbox.inside(user, command));
    }

    /** Waits until it can be asked. */
    public Pgxl await() {
        Await.until(Await.LONG, "answer to pgxl status", () -> run("status").code() == 0);
        return this;
    }

    /** @return the lines of the table of {@code pgxl status}, without its title */
    public List<String> nodes() {
        return run("status").orFail().text().lines().dropWhile(line -> !line.startsWith("NAME ")).skip(1)
                .collect(Collectors.toList());
    }

    /** @return status code and body of a GET */
    public Program.Result get(String path) {
        return sandbox.exec("postgres", "exec 3<>/dev/tcp/127.0.0.1/9432; printf 'GET " + path
                + " HTTP/1.0\\r\\n\\r\\n' >&3; timeout 20 cat <&3");
    }

    /** @return whether a GET answers with this status; its body goes to the report of a failure */
    public boolean answers(String path, int status) {
        return get(path).text().startsWith("HTTP/1.1 " + status + " ");
    }
}
